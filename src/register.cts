// What `--require purser/register` loads. The preload itself is an ES module, which `require` can load from Node 20.19 and 22.12 on, unless Node is told
// not to; where it can't, or may not read it, this file says so, and the app starts all the same.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const { require_module: canRequire } = process.features as { readonly require_module?: boolean };

const load = (): void => {
  // Node's own thread for `--loader` and `module.register()` runs preloads too. No code of the app runs there, and Node 22 cannot load an ES module by
  // `require` in it: the app would not start.
  const { isInternalThread } = process.getBuiltinModule('node:worker_threads') as { readonly isInternalThread?: boolean };
  if (isInternalThread === true) return;
  try {
    require('./register.js');
  } catch (error) {
    process.stderr.write(`purser: not started: its modules cannot be loaded (${error instanceof Error ? error.message : String(error)})\n`);
  }
};

if (!(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19))) {
  process.stderr.write(`purser: Node ${process.version} has no hooks that are safe to use; nothing is instrumented. Full support: 22.22.3+, 24.11.1+ or 26+\n`);
} else if (canRequire === false) {
  process.stderr.write(
    'purser: Node is told not to load ES modules by require (--no-experimental-require-module), which Purser needs; nothing is instrumented\n',
  );
} else {
  load();
}
