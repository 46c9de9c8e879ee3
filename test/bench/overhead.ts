/**
 * What the preload adds to an app's calls, against a local provider in a process of its own: the same app bare and preloaded, in turn.
 * Added wall and CPU time of a plain call and of a stream of 500 chunks, throughput with 50 calls in flight, memory after many calls; and what the
 * tap on the wire costs by itself.
 */
import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { reportBench } from '../support/report.ts';
import { startLocalProviderProcess, startOtlpSink } from '../support/server-process.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 15);
const WARM_CALLS = Number(process.env['WARM'] ?? 30_000);
const CALLS_FOR_MEMORY = Number(process.env['CALLS'] ?? 100_000);
const provider = await startLocalProviderProcess();
const sink = await startOtlpSink();

const start = async (flags: readonly string[]): Promise<ChildProcess> => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = fork('test/bench/apps/load.mjs', [provider.url], {
    execArgv: ['--expose-gc', ...flags],
    env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_SERVICE_NAME: 'bench' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return child;
};

interface Answer {
  readonly medianMs: number;
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly heap: number;
}

const ask = async (child: ChildProcess, message: Record<string, unknown>): Promise<Answer> => {
  child.send(message);
  const [answer] = (await once(child, 'message')) as [Answer];
  return answer;
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const bare = await start([]);
const loaded = await start(['--import', resolve('dist/register.js')]);
const figures: Record<string, number> = {};

/** Measures calls one by one, bare and loaded in turn, and puts down what the preload adds. */
const measure = async (kind: 'plain' | 'stream', count: number, age: '' | '_young'): Promise<void> => {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const without = await ask(bare, { job: 'one', kind, count });
    const withIt = await ask(loaded, { job: 'one', kind, count });
    wall.push((withIt.medianMs - without.medianMs) * 1000);
    cpu.push(withIt.cpuUs - without.cpuUs);
  }
  figures[`${kind}${age}_wall_us`] = Math.round(median(wall) * 10) / 10;
  figures[`${kind}${age}_cpu_us`] = Math.round(median(cpu) * 10) / 10;
  const who = age === '' ? kind : `${kind}, in a young process`;
  console.log(`${who}: +${median(wall).toFixed(1)} µs wall, +${median(cpu).toFixed(1)} µs CPU (medians of ${ROUNDS} rounds of ${count})`);
};

// V8 goes on compiling what runs often for some tens of thousands of calls. The bars are for the service that has run for a minute; what the first
// calls of a process cost stands beside them.
const warm = async (calls: number): Promise<void> => {
  for (const child of [bare, loaded]) {
    await ask(child, { job: 'together', kind: 'plain', count: calls, inFlight: 50 });
    await ask(child, { job: 'one', kind: 'plain', count: calls / 3 });
    await ask(child, { job: 'one', kind: 'stream', count: calls / 20 });
  }
};
await warm(1500);
await measure('plain', 300, '_young');
await measure('stream', 40, '_young');
await warm(WARM_CALLS);
await measure('plain', 300, '');
await measure('stream', 40, '');
const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const without = await ask(bare, { job: 'together', kind: 'plain', count: 1500, inFlight: 50 });
  const withIt = await ask(loaded, { job: 'together', kind: 'plain', count: 1500, inFlight: 50 });
  ratios.push(withIt.perSecond / without.perSecond);
}
figures['throughput_ratio'] = Math.round(median(ratios) * 1000) / 1000;
console.log(`throughput with 50 in flight: ${median(ratios).toFixed(3)} of bare`);

await ask(loaded, { job: 'together', kind: 'plain', count: CALLS_FOR_MEMORY / 5, inFlight: 50 });
const early = (await ask(loaded, { job: 'memory' })).heap;
await ask(loaded, { job: 'together', kind: 'plain', count: (CALLS_FOR_MEMORY / 5) * 4, inFlight: 50 });
const late = (await ask(loaded, { job: 'memory' })).heap;
figures['heap_growth_mb'] = Math.round(((late - early) / 2 ** 20) * 100) / 100;
console.log(`heap after ${CALLS_FOR_MEMORY / 5} calls ${(early / 2 ** 20).toFixed(1)} MB, after ${CALLS_FOR_MEMORY} calls ${(late / 2 ** 20).toFixed(1)} MB`);

bare.kill();
loaded.kill();
await provider.close();
await sink.close();

// The tap alone, without any adapter: the same figures as `npm run bench:wire`, under names of their own.
const tap = JSON.parse(
  spawnSync(process.execPath, ['test/bench/wire.ts'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    .stdout.trim()
    .split('\n')
    .at(-1) ?? '{}',
) as { readonly pass: boolean; readonly figures: Readonly<Record<string, number>>; readonly bars: Readonly<Record<string, number>> };
for (const [name, figure] of Object.entries(tap.figures)) figures[`tap_${name}`] = figure;
const tapBars = Object.fromEntries(Object.entries(tap.bars).map(([name, bar]) => [`tap_${name}`, bar]));

const bars = { plain_wall_us: 75, stream_wall_us: 150, throughput_ratio: 0.88, heap_growth_mb: 2 };
const pass =
  tap.pass &&
  (figures['plain_wall_us'] ?? Infinity) <= bars.plain_wall_us &&
  (figures['stream_wall_us'] ?? Infinity) <= bars.stream_wall_us &&
  (figures['throughput_ratio'] ?? 0) >= bars.throughput_ratio &&
  (figures['heap_growth_mb'] ?? Infinity) <= bars.heap_growth_mb;
reportBench('overhead', figures, { ...bars, ...tapBars }, pass);
