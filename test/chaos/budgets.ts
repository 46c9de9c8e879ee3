/**
 * Budgets under faults: real processes with the preload and the SDKs of OpenAI and Anthropic, whose owner wrote a config and nothing else.
 * A provider in a process of its own keeps the bill, and the bill is the truth: our own books are not asked.
 * `node test/chaos/budgets.ts [name ...]` runs the scenarios whose name contains one of the words.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { redisProgram, startRedis } from '../contract/stores/redis-server.ts';
import buildOnce from '../support/build-once.ts';
import type { Plan } from './budgets/plan.ts';
import { runLongStreams } from './budgets/policy-run.ts';
import { PRICES } from './budgets/prices.ts';
import { runApps, sleep, startProvider, startReceiver, type Tally } from './budgets/run.ts';
import { LIMIT, SCENARIOS, type Scenario } from './budgets/scenarios.ts';

const LONG_STREAMS = 'streams of 12,000 tokens, quantile and extend, at the policy';

buildOnce();
const provider = await startProvider();
const directory = mkdtempSync(join(tmpdir(), 'purser-chaos-'));
let ran = 0;

const overrides = {
  version: 1,
  prices: Object.entries(PRICES).map(([model, { input, output }]) => ({ match: { model }, per_mtok: { input: String(input), output: String(output) } })),
};

const configOf = (scenario: Scenario, folder: string, store: object, webhook: string): string => {
  const budget = { limit: LIMIT, mode: 'enforce', window: 'total', reserve: 'worst_case', leaseMs: 3000, ...scenario.budget };
  const file = join(folder, 'purser.config.json');
  const config = {
    quiet: true,
    budgets: [
      { ...budget, id: 'all' },
      { ...budget, id: 'team', match: { team: 'chaos' } },
      { ...budget, id: 'user', per: 'user' },
    ],
    store: { timeout_ms: 1000, ...store },
    labels: { team: 'chaos' },
    pricing: { overrides },
    providers: { hosts: { '127.0.0.1/v1/messages': 'anthropic', '127.0.0.1': 'openai' } },
    alerts: { outbox: join(folder, 'alerts'), channels: [{ kind: 'webhook', url: webhook }] },
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
};

const problemOf = (scenario: Scenario, tally: Tally): string | undefined => {
  const share = tally.billedUsd / LIMIT;
  if (share > 1 + scenario.over) return `billed ${((share - 1) * 100).toFixed(2)} % over the limit`;
  if (share < scenario.used) return `only ${(share * 100).toFixed(1)} % of the limit was used`;
  return scenario.alsoHolds?.(tally);
};

const run = async (scenario: Scenario): Promise<Tally> => {
  const server = scenario.store === 'redis' ? await startRedis({ appendonly: scenario.appendonly ?? false }) : undefined;
  const receiver = await startReceiver();
  const folder = join(directory, `run-${(ran += 1)}`);
  mkdirSync(folder);
  await provider.reset();
  const path = join(folder, 'budgets');
  const store = server === undefined ? { kind: scenario.store === 'journal' ? 'memory' : 'sqlite', path } : { kind: 'redis', url: server.url };
  const plan: Plan = {
    provider: provider.url,
    inFlight: 20,
    latencyMs: [50, 200],
    maxTokens: 4200,
    outputTokens: [200, 4200],
    stream: false,
    abandon: 0,
    withoutUsage: 0,
    timeOut: 0,
    untilMs: 30_000,
    ...scenario.plan,
  };
  const spent = async (share: number): Promise<void> => {
    while ((await provider.bill()).usd < share * LIMIT) await sleep(50);
  };
  const [tally, away] = await Promise.all([
    runApps(plan, configOf(scenario, folder, store, receiver.url), scenario.processes, scenario.kills ?? 0),
    server === undefined ? 0 : scenario.fault?.({ server, provider, spent }),
  ]);
  // What killed callers had asked for is billed when the provider is done with it.
  await sleep(plan.latencyMs[1] + 300);
  await server?.stop();
  receiver.stop();
  for (const [id, times] of receiver.alerts) tally.alerts.set(id, times);
  tally.billedUsd = (await provider.bill()).usd;
  tally.away = away ?? 0;
  return tally;
};

const wanted = process.argv.slice(2);
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.some((word) => name.includes(word));
const chosen = SCENARIOS.filter(({ name, store }) => isWanted(name) && (store !== 'redis' || redisProgram !== undefined));
for (const { name, store } of SCENARIOS) if (redisProgram === undefined && store === 'redis') console.log(`not run, no redis-server is installed: ${name}`);
const [cpu] = cpus();
console.log(`${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}, limit $${LIMIT}, 3 budgets a call`);

const rows: Record<string, string | number>[] = [];
const figures: Record<string, number> = {};
const bars: Record<string, string> = {};
let pass = true;

const note = (name: string, billedUsd: number, over: number, problem: string | undefined, more: Record<string, string | number>): void => {
  const overPercent = Math.round((billedUsd / LIMIT - 1) * 10_000) / 100;
  rows.push({ scenario: name, 'billed $': billedUsd.toFixed(3), 'over %': overPercent, ...more, result: problem ?? 'holds' });
  figures[`${name}: over %`] = overPercent;
  bars[`${name}: over %`] = `<= ${over * 100}`;
  pass &&= problem === undefined;
  console.log(`${name}: ${problem ?? 'holds'}`);
};

for (const scenario of chosen) {
  const began = performance.now();
  const tally = await run(scenario);
  const { answered, refused, kills, away, failed } = tally;
  note(scenario.name, tally.billedUsd, scenario.over, problemOf(scenario, tally), {
    answered,
    refused,
    killed: kills,
    'while away': away,
    errors: [...failed.values()].reduce((sum, times) => sum + times, 0),
    alerts: tally.alerts.size,
    seconds: Math.round((performance.now() - began) / 1000),
  });
  const unexpected = [...failed].filter(([what]) => !/timed out/i.test(what));
  if (unexpected.length > 0) console.log(unexpected.slice(0, 3));
}
provider.stop();

if (isWanted(LONG_STREAMS) && redisProgram !== undefined) {
  const { billedUsd, calls, refused, stopped } = await runLongStreams(LIMIT);
  const over = 0.01;
  const share = billedUsd / LIMIT;
  const problem =
    share > 1 + over ? `billed ${((share - 1) * 100).toFixed(2)} % over the limit` : share < 0.9 ? `only ${(share * 100).toFixed(1)} % used` : undefined;
  note(LONG_STREAMS, billedUsd, over, problem, { answered: calls - stopped, refused });
}
console.table(rows);
rmSync(directory, { recursive: true, force: true });
if (rows.length === 0 || (redisProgram === undefined && process.env['PURSER_REQUIRE_ALL'] === '1')) pass = false;
console.log(JSON.stringify({ name: 'budgets', pass, figures, bars }));
process.exitCode = pass ? 0 : 1;
