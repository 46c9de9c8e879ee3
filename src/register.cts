// What `--require purser/register` loads. The preload itself is an ES module, which `require` can load from Node 20.19 and 22.12 on;
// below that this file says so, and the app starts all the same.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)) {
  require('./register.js');
} else {
  process.stderr.write(`purser: Node ${process.version} has no hooks that are safe to use; nothing is instrumented. Full support: 22.22.3+, 24.11.1+ or 26+\n`);
}
