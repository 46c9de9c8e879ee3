/** What pricing costs the app: microseconds a call after the first of its kind, and the time and memory that the table takes. */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import type { PriceQuestion } from '../../src/call/cost.ts';
import { epochMs } from '../../src/call/units.ts';
import { NO_TOKENS, type UsageBuckets } from '../../src/call/usage.ts';
import { createPricer } from '../../src/pricing/pricer.ts';

const BARS = { perCallUs: 2, loadMs: 5, memoryMb: 2 };
const AT = epochMs(Date.parse('2026-11-20T12:00:00Z'));

const ask = (provider: string, model: string, buckets: Partial<UsageBuckets>, more: Partial<PriceQuestion> = {}): PriceQuestion => ({
  provider,
  requestModel: model,
  responseModel: model,
  at: AT,
  usage: { buckets: { ...NO_TOKENS, ...buckets }, flags: [] },
  context: {},
  ...more,
});

const CASES: Readonly<Record<string, PriceQuestion>> = {
  'gpt-5, cached and reasoning': ask(
    'openai',
    'gpt-5-2025-08-07',
    { input: 86, cacheRead: 1920, output: 108, reasoning: 192 },
    { context: { servedTier: 'default', baseUrl: 'https://api.openai.com/v1' } },
  ),
  'claude-sonnet-4-5, cache of both lives': ask(
    'anthropic',
    'claude-sonnet-4-5-20250929',
    { input: 5, cacheRead: 10_000, cacheWrite5m: 1200, cacheWrite1h: 800, output: 350 },
    { context: { servedTier: 'standard' } },
  ),
  'gemini-2.5-pro, over its threshold': ask('gcp.gemini', 'gemini-2.5-pro', { input: 100_000, cacheRead: 150_000, output: 1000, reasoning: 4000 }),
  'gpt-5.6-sol in the flex tier, in Europe': ask('openai', 'gpt-5.6-sol', { input: 100_000, output: 1000 }, { context: { servedTier: 'flex', geo: 'eu' } }),
  'deepseek-flash, by the hour': ask('deepseek', 'deepseek-flash', { input: 2000, cacheRead: 8000, output: 2000 }),
  'openrouter, cost stated': ask('openrouter', 'anthropic/claude-sonnet-4.5', { input: 1000, output: 100 }),
  'a model nobody knows': ask('openai', 'gpt-99-ultra', { input: 1000, output: 100 }),
};

/** Minimum over short rounds: what the code costs, without what a busy machine adds. The first rounds warm up. */
const perCallUs = (question: PriceQuestion): number => {
  const pricer = createPricer();
  let best = Infinity;
  for (let round = 0; round < 300; round++) {
    const start = performance.now();
    for (let index = 0; index < 1000; index++) pricer.price(question);
    best = Math.min(best, performance.now() - start);
  }
  return best;
};

/** In a fresh process: reading and parsing the table, and what it keeps; the first call of a kind with all its set-up. */
const CHILD = `
import { bundledTable } from '${new URL('../../src/pricing/table/bundled-table.ts', import.meta.url).href}';
import { createPricer } from '${new URL('../../src/pricing/pricer.ts', import.meta.url).href}';
const settle = () => { for (let i = 0; i < 4; i++) gc(); };
settle();
const heap = process.memoryUsage();
const t0 = performance.now();
const table = bundledTable();
const loadMs = performance.now() - t0;
settle();
const after = process.memoryUsage();
const pricer = createPricer();
const t1 = performance.now();
pricer.price({ provider: 'anthropic', requestModel: 'claude-opus-5', responseModel: 'claude-opus-5', at: Date.now(), usage: { buckets: {}, flags: [] }, context: {} });
const firstCallMs = performance.now() - t1;
console.log(JSON.stringify({ loadMs, firstCallMs, heapMb: (after.heapUsed - heap.heapUsed) / 1e6, version: table.version }));
`;

interface ChildFigures {
  readonly loadMs: number;
  readonly firstCallMs: number;
  readonly heapMb: number;
  readonly version: string;
}

const inFreshProcess = (): ChildFigures =>
  JSON.parse(execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', CHILD], { encoding: 'utf8' })) as ChildFigures;

const calls = Object.fromEntries(Object.entries(CASES).map(([name, question]) => [name, Number(perCallUs(question).toFixed(3))]));
const runs = Array.from({ length: 7 }, inFreshProcess);
const sorted = (pick: (run: ChildFigures) => number): readonly number[] => runs.map(pick).sort((a, b) => a - b);
/** The least of seven processes is what the code costs; the median beside it is what the machine of the moment made of it. */
const least = (pick: (run: ChildFigures) => number): number => Number((sorted(pick)[0] ?? Infinity).toFixed(2));
const median = (pick: (run: ChildFigures) => number): number => Number((sorted(pick)[3] ?? Infinity).toFixed(2));
const figures = {
  worstPerCallUs: Math.max(...Object.values(calls)),
  perCallUs: calls,
  loadMs: least((run) => run.loadMs),
  loadMsMedian: median((run) => run.loadMs),
  firstCallMs: least((run) => run.firstCallMs),
  memoryMb: median((run) => run.heapMb),
  table: runs[0]?.version,
};
const pass = figures.worstPerCallUs < BARS.perCallUs && figures.loadMs < BARS.loadMs && figures.memoryMb < BARS.memoryMb;
console.log(`${cpus()[0]?.model ?? 'unknown cpu'}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1) ?? '?'}, Node ${process.version}`);
console.log(JSON.stringify({ name: 'pricing', pass, figures, bars: BARS }));
process.exitCode = pass ? 0 : 1;
