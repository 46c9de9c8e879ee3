/** Everything that is checked without running the product: types, lint with the import table, formatting, and the package as users get it. */
import { spawn } from 'node:child_process';

const CHECKS: Readonly<Record<string, readonly string[]>> = {
  types: ['tsc', '-p', 'tsconfig.json'],
  lint: ['oxlint', '--type-aware'],
  format: ['oxfmt', '--check', 'src', 'test', 'tools', 'demo', 'examples', 'dashboards', 'collector', 'deploy'],
  'unused code': ['knip', '--no-progress', '--no-config-hints'],
  package: ['publint', '--strict'],
  'types of the package': ['attw', '--pack', '.', '--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm'],
};

const run = ([command = '', ...args]: readonly string[]): Promise<{ readonly ok: boolean; readonly output: string }> =>
  new Promise((resolve) => {
    const child = spawn(`node_modules/.bin/${command}`, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data) => (output += String(data)));
    child.stderr.on('data', (data) => (output += String(data)));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });

const started = performance.now();
const results = await Promise.all(Object.entries(CHECKS).map(async ([name, command]) => ({ name, ...(await run(command)) })));
for (const { name, ok, output } of results) {
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`);
  if (!ok) console.log(output.trim().split('\n').slice(-60).join('\n'));
}
const failed = results.filter(({ ok }) => !ok).length;
console.log(`${results.length - failed} of ${results.length} checks passed in ${((performance.now() - started) / 1000).toFixed(1)} s`);
process.exitCode = failed === 0 ? 0 : 1;
