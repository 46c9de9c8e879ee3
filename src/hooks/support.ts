/** What module hooks this Node has: `full` sees CommonJS and ES modules, `commonjs` sees `require` only, `none` neither. */
export type HookSupport = 'full' | 'commonjs' | 'none';

type Version = readonly [major: number, minor: number, patch: number];

const parse = (version: string): Version => {
  const [major = 0, minor = 0, patch = 0] = version
    .replace(/^v/, '')
    .split('.')
    .map((part) => Number.parseInt(part, 10) || 0);
  return [major, minor, patch];
};

const atLeast = (have: Version, want: Version): boolean => {
  for (let i = 0; i < 3; i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
};

/** What each release line brought, newest first; a version has what the first row at or below it says. */
const SUPPORT: readonly { readonly from: Version; readonly support: HookSupport }[] = [
  { from: [26, 0, 0], support: 'full' },
  { from: [25, 1, 0], support: 'full' },
  { from: [25, 0, 0], support: 'commonjs' },
  { from: [24, 11, 1], support: 'full' },
  { from: [23, 0, 0], support: 'commonjs' },
  { from: [22, 22, 3], support: 'full' },
  { from: [22, 12, 0], support: 'commonjs' },
  { from: [21, 0, 0], support: 'none' },
  { from: [20, 19, 0], support: 'commonjs' },
];

/**
 * Tells what hooks a Node version supports without harm.
 * @source synchronous hooks (`module.registerHooks`) are sound from 22.22.3, 24.11.1 and 26.0.0 on; require(esm) for the preload itself from 20.19.0 on
 */
export const hookSupport = (nodeVersion: string): HookSupport => {
  const have = parse(nodeVersion);
  const row = SUPPORT.find(({ from }) => atLeast(have, from));
  return row?.support ?? 'none';
};

/**
 * Tells whether the app asks for modules of Node past all hooks: the `require` of a single executable, and of an app that starts from a snapshot, is one of
 * Node's own that gives nothing else.
 * @source nodejs.org/api/single-executable-applications.html#require-in-the-injected-main-script, nodejs.org/api/v8.html#startup-snapshot-api
 */
export const requiresPastHooks = (): boolean =>
  process.execArgv.some((flag) => flag.startsWith('--snapshot-blob')) || process.getBuiltinModule('node:sea').isSea();

/** The Node versions with full support, in words. */
export const FULL_SUPPORT = '22.22.3+, 24.11.1+ or 26+';

/**
 * Tells why nothing can be instrumented in this process, as a sentence; `undefined` where it can. The house loads its own modules by `require` when they are needed.
 * @source nodejs.org/api/process.html#processfeaturesrequire_module: false where `--no-experimental-require-module` switches it off
 */
export const whyAbsent = (): string | undefined => {
  const { require_module: canRequire } = process.features as { readonly require_module?: boolean };
  if (hookSupport(process.versions.node) === 'none')
    return `Node ${process.version} has no hooks that are safe to use; nothing is instrumented. Full support: ${FULL_SUPPORT}`;
  if (canRequire !== false) return undefined;
  return 'Node is told not to load ES modules by require (--no-experimental-require-module), which Purser needs; nothing is instrumented';
};
