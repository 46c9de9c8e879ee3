/** The preload in every module form on every Node line: real child processes, all four SDKs and Node's own clients, one span a call, and the app's own output untouched. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { hookSupport } from '../../src/hooks/support.ts';
import { installFolder } from '../support/install-folder.ts';
import { startLocalProvider } from '../support/local-provider/start.ts';
import { reportBench } from '../support/report.ts';
import { runNode } from '../support/run-node.ts';

const nodes = 'test/matrix/nodes';
installFolder(nodes);
const NODES = ['node20', 'node18', 'node22old', 'node22floor', 'node22', 'node24floor', 'node26'].map((name) =>
  resolve(nodes, 'node_modules', name, 'bin/node'),
);
const register = resolve('dist/register.js');
const required = resolve('dist/register.cjs');
const folder = mkdtempSync(join(tmpdir(), 'purser-modules-'));
const loader = join(folder, 'loader.mjs');
writeFileSync(loader, 'export const resolve = (specifier, context, next) => next(specifier, context);');
const provider = await startLocalProvider();

const printed = (node: string, what: string): string => execFileSync(node, ['--no-warnings', '-p', what], { encoding: 'utf8' }).trim();
const source = (app: string): string => readFileSync(`test/modules/${app}`, 'utf8');

interface Form {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What the form needs of Node besides hooks. */
  readonly needs?: 'sqlite' | 'sea';
  /** How many calls the app makes. @default 4 */
  readonly calls?: number;
}

const budgeted = join(folder, 'purser.config.json');
const budgets = [{ id: 'all', limit: '1000', window: 'total', mode: 'enforce' }];
writeFileSync(budgeted, JSON.stringify({ budgets, store: { kind: 'sqlite', path: join(folder, 'budgets.sqlite'), timeout_ms: '5s' } }));

/** Node's own require is all that the app has in there. */
const executable = join(folder, 'executable');
const recipe = join(folder, 'sea.json');
writeFileSync(recipe, JSON.stringify({ main: resolve('test/modules/builtins.cjs'), output: executable, disableExperimentalSEAWarning: true }));

const forms: readonly Form[] = [
  { name: '--require app.cjs', args: ['--require', required, 'test/modules/app.cjs', provider.url] },
  { name: '--require app.mjs', args: ['--require', required, 'test/modules/app.mjs', provider.url] },
  { name: '--import app.cjs', args: ['--import', register, 'test/modules/app.cjs', provider.url] },
  { name: '--import app.mjs', args: ['--import', register, 'test/modules/app.mjs', provider.url] },
  { name: 'NODE_OPTIONS app.cjs', args: ['test/modules/app.cjs', provider.url], env: { NODE_OPTIONS: `--require ${required}` } },
  { name: 'NODE_OPTIONS app.mjs', args: ['test/modules/app.mjs', provider.url], env: { NODE_OPTIONS: `--require ${required}` } },
  { name: '--require -e', args: ['--require', required, '-e', source('app.cjs')], env: { BASE: provider.url } },
  { name: '--import -e module', args: ['--import', register, '--input-type=module', '-e', source('app.mjs')], env: { BASE: provider.url } },
  // Node runs preloads in the thread of such a loader as well.
  { name: '--loader app.cjs', args: ['--no-warnings', '--require', required, '--experimental-loader', loader, 'test/modules/app.cjs', provider.url] },
  { name: '--loader app.mjs', args: ['--no-warnings', '--require', required, '--experimental-loader', loader, 'test/modules/app.mjs', provider.url] },
  // A store that does not answer refuses every call.
  { name: 'budgets in sqlite', args: ['--require', required, 'test/modules/app.cjs', provider.url], env: { PURSER_CONFIG: budgeted }, needs: 'sqlite' },
  { name: '--require builtins.cjs', args: ['--require', required, 'test/modules/builtins.cjs'], env: { BASE: provider.url }, calls: 2 },
  { name: 'a single executable', args: [], env: { BASE: provider.url, NODE_OPTIONS: `--require ${required}` }, needs: 'sea', calls: 2 },
];

const failures: string[] = [];
let cells = 0;
for (const node of [process.execPath, ...NODES]) {
  const version = printed(node, 'process.versions.node');
  const support = hookSupport(version);
  const results: string[] = [];
  const hasSqlite = printed(node, 'typeof process.getBuiltinModule?.("node:sqlite")') === 'object';
  // Node 25.5 and later, which writes the whole file itself.
  const writesExecutables = printed(node, 'Number.parseFloat(process.versions.node) >= 25.5') === 'true';
  if (writesExecutables) execFileSync(node, ['--build-sea', recipe], { stdio: 'ignore' });
  for (const form of forms) {
    if (form.needs === 'sqlite' && (support === 'none' || !hasSqlite)) continue;
    if (form.needs === 'sea' && !writesExecutables) continue;
    cells++;
    const file = join(folder, `${cells}.jsonl`);
    const env = { ...form.env, PURSER_JSONL_FILE: file, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
    const { code, stdout, stderr } = await runNode(form.args, { node: form.needs === 'sea' ? executable : node, env });
    const spans = existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line.includes('"kind":"span"')).length
      : 0;
    // An ES module's SDKs are out of the hooks' reach below `full`; the tap on the wire sees their calls.
    const wanted = support === 'none' ? 0 : (form.calls ?? 4);
    const said = support === 'full' ? stderr === '' : stderr.includes('purser: Node');
    results.push(`${form.name}: ${spans}`);
    if (code !== 0 || stdout !== 'done\n' || spans !== wanted || !said)
      failures.push(
        `${version} ${form.name}: exit ${code}, ${spans} spans instead of ${wanted}, stdout ${JSON.stringify(stdout.slice(0, 80))}, stderr ${JSON.stringify(stderr.slice(0, 300))}`,
      );
  }
  console.log(`Node ${version} (${support}): ${results.join(', ')}`);
}
await provider.close();
rmSync(folder, { recursive: true, force: true });
for (const failure of failures) console.log(failure);
reportBench('modules', { cells, failed: failures.length }, { failed: 0 }, failures.length === 0);
