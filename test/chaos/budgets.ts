/**
 * Budgets under faults. A provider in a process of its own keeps the bill, and the bill is the truth: our own books are not asked.
 * `node test/chaos/budgets.ts [name ...]` runs the scenarios whose name contains one of the words.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { redisProgram, type RedisServer, startRedis } from '../contract/stores/redis-server.ts';
import type { WorkerPlan } from './budgets/plan.ts';
import { runWorkers, sleep, startProvider, type Tally } from './budgets/run.ts';

interface Scenario {
  readonly name: string;
  readonly store: 'redis' | 'sqlite' | 'journal';
  readonly processes: number;
  readonly kills?: number;
  readonly appendonly?: boolean;
  readonly budget?: object;
  readonly plan?: Partial<WorkerPlan>;
  /** What is done to the server while the workers run. */
  readonly fault?: (server: RedisServer, spent: (share: number) => Promise<void>) => Promise<void>;
  /** How far over the limit the bill may be, as a share. */
  readonly over: number;
  /** How much of the limit must be used at least, as a share. */
  readonly used: number;
  readonly alsoHolds?: (tally: Tally) => string | undefined;
}

const LIMIT = 20;

const flushAll = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write('FLUSHALL\r\n'));
    socket.once('data', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });

const eachOnce = (tally: Tally): string | undefined => {
  const thresholds = [...tally.events].filter(([key]) => key.startsWith('purser.budget.threshold all/'));
  const twice = thresholds.filter(([, times]) => times > 1);
  if (twice.length > 0) return `told twice: ${twice.map(([key]) => key).join(', ')}`;
  return thresholds.length >= 2 ? undefined : `only ${thresholds.length} thresholds were told`;
};

const toldLoss = (tally: Tally): string | undefined =>
  [...tally.events.keys()].some((key) => key.startsWith('purser.store.data_lost')) ? undefined : 'the loss of data was not told';

const SLOW: Partial<WorkerPlan> = { latencyMs: [1000, 2500], untilMs: 40_000 };

const scenarios: readonly Scenario[] = [
  { name: 'redis', store: 'redis', processes: 6, over: 0, used: 0.97, alsoHolds: eachOnce },
  { name: 'redis, 12 × kill -9', store: 'redis', processes: 6, kills: 12, plan: SLOW, over: 0, used: 0.6 },
  {
    name: 'redis kill -9 with AOF',
    store: 'redis',
    processes: 6,
    appendonly: true,
    plan: SLOW,
    over: 0.001,
    used: 0.9,
    fault: async (server, spent) => {
      await spent(0.4);
      await server.kill();
      await sleep(1000);
      await server.restart();
    },
  },
  {
    name: 'redis paused 30 s, local slices',
    store: 'redis',
    processes: 6,
    budget: { onStoreUnavailable: 'local', localShare: 0.05 },
    plan: { latencyMs: [1500, 4000], untilMs: 70_000 },
    over: 0,
    // Six processes keep a slice of 5 % each to the end.
    used: 0.6,
    fault: async (server, spent) => {
      await spent(0.25);
      server.pause();
      await sleep(30_000);
      server.resume();
    },
    alsoHolds: (tally) => (tally.away > 0 ? undefined : 'no call went out on a slice while the server was paused'),
  },
  {
    name: 'FLUSHALL half way',
    store: 'redis',
    processes: 6,
    plan: SLOW,
    over: 0.02,
    used: 0.9,
    fault: async (server, spent) => {
      await spent(0.5);
      await flushAll(server.port);
    },
    alsoHolds: toldLoss,
  },
  { name: 'sqlite, 4 processes', store: 'sqlite', processes: 4, over: 0, used: 0.97, alsoHolds: eachOnce },
  { name: 'sqlite, 4 processes, 8 × kill -9', store: 'sqlite', processes: 4, kills: 8, plan: SLOW, over: 0, used: 0.6 },
  { name: 'journal, 6 × kill -9', store: 'journal', processes: 1, kills: 6, plan: { ...SLOW, inFlight: 60 }, over: 0, used: 0.5 },
  {
    name: 'streams abandoned',
    store: 'redis',
    processes: 6,
    plan: { stream: true, abandon: 0.4, latencyMs: [400, 1200] },
    over: 0,
    used: 0.5,
  },
  {
    name: 'streams, quantile and extend',
    store: 'redis',
    processes: 6,
    budget: { reserve: 'quantile' },
    plan: { stream: true, maxTokens: 64_000, outputTokens: [200, 12_000], latencyMs: [400, 1600] },
    // One unread grant for each stream in flight at most; in truth far less.
    over: 0.01,
    used: 0.9,
  },
  { name: 'usage missing in half of the answers', store: 'redis', processes: 6, plan: { withoutUsage: 0.5 }, over: 0, used: 0.5 },
];

const provider = await startProvider();
const directory = mkdtempSync(join(tmpdir(), 'purser-chaos-'));
let ran = 0;

const run = async (scenario: Scenario): Promise<{ readonly tally: Tally; readonly problem: string | undefined }> => {
  const server = scenario.store === 'redis' ? await startRedis({ appendonly: scenario.appendonly ?? false }) : undefined;
  const path = join(directory, `run-${(ran += 1)}`);
  await provider.reset();
  const budget = { limit: LIMIT, mode: 'enforce', window: 'total', reserve: 'worst_case', leaseMs: 3000, ...scenario.budget };
  const plan: WorkerPlan = {
    provider: provider.port,
    store: server === undefined ? { kind: scenario.store === 'journal' ? 'journal' : 'sqlite', path } : { kind: 'redis', url: server.url, namespace: 'chaos' },
    budgets: [
      { ...budget, id: 'all' },
      { ...budget, id: 'team', match: { team: 'chaos' } },
      { ...budget, id: 'user', per: 'user' },
    ],
    inFlight: 20,
    latencyMs: [50, 200],
    maxTokens: 4200,
    outputTokens: [200, 4200],
    stream: false,
    abandon: 0,
    withoutUsage: 0,
    untilMs: 30_000,
    ...scenario.plan,
  };
  const spent = async (share: number): Promise<void> => {
    while ((await provider.bill()) < share * LIMIT) await sleep(50);
  };
  const [tally] = await Promise.all([
    runWorkers(plan, scenario.processes, scenario.kills ?? 0, 500),
    server === undefined ? undefined : scenario.fault?.(server, spent),
  ]);
  // Streams that were left by killed callers end when the provider notices.
  await sleep(300);
  tally.billedUsd = await provider.bill();
  await server?.stop();
  const share = tally.billedUsd / LIMIT;
  if (share > 1 + scenario.over) return { tally, problem: `billed ${((share - 1) * 100).toFixed(2)} % over the limit` };
  if (share < scenario.used) return { tally, problem: `only ${(share * 100).toFixed(1)} % of the limit was used` };
  return { tally, problem: scenario.alsoHolds?.(tally) };
};

const wanted = process.argv.slice(2);
const chosen = scenarios.filter(
  ({ name, store }) => (wanted.length === 0 || wanted.some((word) => name.includes(word))) && (store !== 'redis' || redisProgram !== undefined),
);
for (const { name } of scenarios) if (redisProgram === undefined && name.includes('redis')) console.log(`not run, no redis-server is installed: ${name}`);
const [cpu] = cpus();
console.log(`${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}, limit $${LIMIT}, 3 budgets a call`);

const rows: Record<string, string | number>[] = [];
const figures: Record<string, number> = {};
const bars: Record<string, string> = {};
let pass = chosen.length > 0;
for (const scenario of chosen) {
  const { tally, problem } = await run(scenario);
  console.log(`${scenario.name}: ${problem ?? 'holds'}`);
  const over = Math.round((tally.billedUsd / LIMIT - 1) * 10_000) / 100;
  rows.push({
    scenario: scenario.name,
    'billed $': tally.billedUsd.toFixed(3),
    'over %': over,
    calls: tally.calls,
    refused: tally.refused,
    killed: tally.kills,
    'while away': tally.away,
    'cut short': tally.stopped,
    result: problem ?? 'holds',
  });
  figures[`${scenario.name}: over %`] = over;
  bars[`${scenario.name}: over %`] = `<= ${scenario.over * 100}`;
  pass &&= problem === undefined;
}
console.table(rows);
provider.stop();
rmSync(directory, { recursive: true, force: true });
if (redisProgram === undefined && process.env['PURSER_REQUIRE_ALL'] === '1') pass = false;
console.log(JSON.stringify({ name: 'budgets', pass, figures, bars }));
process.exitCode = pass ? 0 : 1;
