// The order in which src/ may import: a file reaches only the rows above its own, never a neighbour in its row.
// This table is the architecture; docs/ARCHITECTURE.md explains it.
const ROWS = [
  ['base'],
  ['call'],
  ['config'],
  ['pricing', 'stores', 'telemetry', 'redaction', 'exporters', 'alerts', 'ledger', 'hooks', 'providers', 'policies'],
  ['wire'], // may use providers/shared
  ['runtime'],
  ['index', 'register', 'cli', 'sidecar'],
];
const rowOf = new Map(ROWS.flatMap((names, row) => names.map((name) => [name, row])));

const place = (file) => {
  const inSrc = file.split('/src/').at(-1);
  if (inSrc === undefined || inSrc === file) return undefined;
  const parts = inSrc.split('/');
  const part = parts[0].replace(/\.[cm]?ts$/, '');
  return { part, unit: part === 'providers' && parts.length > 2 ? parts[1] : undefined };
};

const SDK = /^(openai|@anthropic-ai\/|@google\/gen)/;

const layers = {
  create(context) {
    const from = place(context.filename);
    const check = (node) => {
      const target = node.source?.value;
      if (from === undefined || typeof target !== 'string') return;
      if (SDK.test(target) && node.importKind !== 'type')
        context.report({ node, message: 'provider SDKs are imported as types only: the copy in use is the app’s' });
      if (!target.startsWith('.')) return;
      const to = place(new URL(target, `file://${context.filename}`).pathname);
      if (to === undefined) return;
      if (!rowOf.has(to.part)) context.report({ node, message: `src/${to.part} is in no row of tools/oxlint-layers.mjs` });
      else if (from.part === 'wire' && to.part === 'providers' && to.unit !== 'shared') context.report({ node, message: 'wire may use providers/shared only' });
      else if (from.part !== to.part && rowOf.get(to.part) >= rowOf.get(from.part))
        context.report({ node, message: `src/${from.part} must not import src/${to.part}: pass it in from src/runtime instead` });
      else if (from.part === to.part && from.unit && to.unit && from.unit !== to.unit && to.unit !== 'shared')
        context.report({ node, message: 'providers do not know one another: move it to providers/shared' });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check };
  },
};

// The only reader of process.env is config/, so that every setting is in one table.
const env = {
  create(context) {
    const from = place(context.filename);
    return {
      MemberExpression(node) {
        if (from === undefined || from.part === 'config') return;
        if (node.object?.name === 'process' && node.property?.name === 'env') context.report({ node, message: 'process.env is read in src/config only' });
      },
    };
  },
};

// Programs and threads of their own, in which no test of an app runs.
const OWN_PROCESS = /\/src\/(?:cli\/|sidecar|stores\/sqlite\/sqlite-worker\.ts|exporters\/exit\/sender\.ts)|\/src\/base\/timers\.ts/;
const TIMERS = new Set(['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate', 'queueMicrotask']);
const CLOCKS = new Set(['Date.now', 'performance.now']);

// Tests of an app put timers of their own in the place of the global ones.
const timers = {
  create(context) {
    if (place(context.filename) === undefined || OWN_PROCESS.test(context.filename)) return {};
    return {
      CallExpression({ callee }) {
        const name = callee.type === 'MemberExpression' ? `${callee.object.name}.${callee.property.name}` : callee.name;
        if (TIMERS.has(name) || CLOCKS.has(name))
          context.report({ node: callee, message: `${name} is taken from src/base/timers.ts, since an app's tests replace it` });
      },
    };
  },
};

export default { meta: { name: 'house' }, rules: { layers, env, timers } };
