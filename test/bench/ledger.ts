/**
 * The cost of one record of the ledger, the longest block of the event loop while it writes, and a report on a million records. A machine that does
 * other things too takes the processor away for longer than any record: the longest block is the least of three passes, and beside each stands the
 * longest that the same loop was held up without a ledger.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Writable } from 'node:stream';
import { systemClock } from '../../src/base/clock.ts';
import type { Call } from '../../src/call/call.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { epochMs, picoUsd } from '../../src/call/units.ts';
import { NO_TOKENS } from '../../src/call/usage.ts';
import { run } from '../../src/cli/report.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { reportBench } from '../support/report.ts';

const RECORDS = 1_000_000;
const SAMPLE = 50_000;
const WARM_UP = 5_000;
const PASSES = 3;
const BATCH = 50;
const directory = mkdtempSync(join(tmpdir(), 'purser-bench-ledger-'));
const meter = { add: () => undefined, record: () => undefined, set: () => undefined };
const ledger = createLedger({ directory, retentionMs: 90 * 86_400_000, clock: systemClock, meter, clean: (text) => text });

const MODELS = ['gpt-5.2', 'claude-opus-4-9', 'gemini-3.1-pro', 'gpt-5.2-mini'];
const callAt = (index: number): Call => ({
  id: `aGVsbG8gdGhlcmU-${index.toString(36)}`,
  operation: 'chat',
  dialect: 'openai.chat',
  provider: 'openai',
  serverAddress: 'api.openai.com',
  serverPort: 443,
  baseUrl: 'https://api.openai.com/v1',
  request: { model: MODELS[index % MODELS.length] ?? '' },
  labels: { service: 'shop', environment: 'production', team: `team-${(index % 23) % 7}`, feature: `feature-${index % 23}`, user: `user-${index % 5000}` },
  startedAt: epochMs(Date.now() - (index % 6) * 86_400_000),
  source: { name: 'openai', version: '7.55.0' },
});
const outcomeAt = (index: number): Outcome => ({
  kind: 'completed',
  response: { model: `${MODELS[index % MODELS.length]}-2026-10-01`, httpStatus: 200 },
  usage: { buckets: { ...NO_TOKENS, input: 1200 + (index % 900), cacheRead: 800, output: 350, reasoning: 120 }, flags: [] },
  cost: {
    kind: 'priced',
    amount: picoUsd(BigInt(10_500_000_123 + index)),
    source: 'local',
    lines: [],
    match: 'exact',
    confidence: 'exact',
    matchedModel: undefined,
    tableVersion: '2026-11-19',
    effectiveFrom: undefined,
    unpriced: [],
  },
  attempts: [],
  durationMs: 1234.5,
  firstChunkMs: undefined,
  chunks: 0,
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Tells of so many calls, in turns of the event loop, and gives how long each took, in milliseconds. */
const tell = async (first: number, calls: number, take: (call: Call, outcome: Outcome) => void): Promise<readonly number[]> => {
  const times: number[] = [];
  for (let at = first; at < first + calls; at += BATCH) {
    for (let index = at; index < at + BATCH; index += 1) {
      const call = callAt(index);
      const outcome = outcomeAt(index);
      const started = performance.now();
      take(call, outcome);
      times.push(performance.now() - started);
    }
    await turn();
  }
  return times.sort((a, b) => a - b);
};

let told = 0;
const record = async (calls: number): Promise<readonly number[]> => {
  const times = await tell(told, calls, (call, outcome) => ledger.callEnded(call, outcome));
  told += calls;
  return times;
};
await record(WARM_UP);
const passes: { readonly times: readonly number[]; readonly without: readonly number[]; readonly delayMs: number }[] = [];
for (let pass = 0; pass < PASSES; pass += 1) {
  const without = await tell(0, SAMPLE, () => undefined);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const times = await record(SAMPLE);
  delay.disable();
  passes.push({ times, without, delayMs: delay.percentile(99) / 1e6 });
}
const times = passes.flatMap((pass) => pass.times).sort((a, b) => a - b);
const atShare = (share: number): number => Number(((times[Math.floor(times.length * share)] ?? 0) * 1000).toFixed(2));
for (let index = told; index < RECORDS; index += 1) ledger.callEnded(callAt(index), outcomeAt(index));
ledger.stop();

let written = '';
const sink = (): Writable => new Writable({ write: (chunk, _, done) => ((written += String(chunk)), done()) });
const cpu = process.cpuUsage();
const started = performance.now();
await run(['--by', 'model,feature,user', '--since', '7d', '--format', 'json', '--ledger', directory], {
  stdout: sink(),
  stderr: process.stderr,
  stdin: process.stdin,
  cwd: process.cwd(),
  env: {},
});
const reportSeconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpu);
const total = (JSON.parse(written) as { total: { calls: number } }).total.calls;
rmSync(directory, { recursive: true, force: true });

const longestOf = (some: readonly number[]): number => Number((some.at(-1) ?? 0).toFixed(2));
const longest = passes.map((pass) => longestOf(pass.times));
const longestMs = Math.min(...longest);
const figures = {
  records: total,
  recordP50Us: atShare(0.5),
  recordP99Us: atShare(0.99),
  recordP999Us: atShare(0.999),
  longestRecordMs: longestMs,
  longestRecordOfEachPassMs: longest,
  longestWithoutLedgerMs: passes.map((pass) => longestOf(pass.without)),
  recordsOver5Ms: times.filter((ms) => ms > 5).length,
  eventLoopDelayP99Ms: Number(Math.min(...passes.map((pass) => pass.delayMs)).toFixed(2)),
  reportSeconds: Number(reportSeconds.toFixed(2)),
  reportCpuSeconds: Number(((user + system) / 1e6).toFixed(2)),
};
const bars = { recordP50Us: '<= 5', longestRecordMs: '<= 5', reportSeconds: '< 3', records: RECORDS };
reportBench('ledger', figures, bars, figures.recordP50Us <= 5 && longestMs <= 5 && reportSeconds < 3 && total === RECORDS);
