/**
 * What the preload adds to an app's calls, against a local provider in a process of its own: the same app bare and preloaded, in turn.
 * Added wall and CPU time of a plain call and of a stream of 500 chunks, throughput with 50 calls in flight, memory after many calls; and what the
 * tap on the wire costs by itself. Two processes of one kind differ by more than many a change does, so several sets are compared and the median set counts.
 * Beside them runs the app with the OpenTelemetry SDK alone, which makes one span of each HTTP request and knows nothing of models: no bar, but a measure of the machine.
 */
import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { reportBench } from '../support/report.ts';
import { startLocalProviderProcess, startOtlpSink } from '../support/server-process.ts';

const SETS = Number(process.env['SETS'] ?? 5);
const ROUNDS = Number(process.env['ROUNDS'] ?? 9);
const WARM_CALLS = Number(process.env['WARM'] ?? 30_000);
const WARM_TURN = 1500;
const EXPORTED_MS = 2000;
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

/** The app as it is, with Purser, and with the OpenTelemetry SDK alone. */
interface Processes {
  readonly bare: ChildProcess;
  readonly loaded: ChildProcess;
  readonly otel: ChildProcess;
}

/** What each set of processes gave, by the name of the figure. */
const seen: Record<string, number[]> = {};

const note = (name: string, value: number, digits: number): void => {
  (seen[name] ??= []).push(Math.round(value * 10 ** digits) / 10 ** digits);
};

/** Measures calls one by one, in each process in turn, and puts down what is added to the bare one. */
const measure = async ({ bare, loaded, otel }: Processes, kind: 'plain' | 'stream', count: number, age: '' | '_young'): Promise<void> => {
  const added = { wall: [] as number[], cpu: [] as number[], otel: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    const without = await ask(bare, { job: 'one', kind, count });
    const withIt = await ask(loaded, { job: 'one', kind, count });
    const withOtel = await ask(otel, { job: 'one', kind, count });
    added.wall.push((withIt.medianMs - without.medianMs) * 1000);
    added.cpu.push(withIt.cpuUs - without.cpuUs);
    added.otel.push((withOtel.medianMs - without.medianMs) * 1000);
  }
  note(`${kind}${age}_wall_us`, median(added.wall), 1);
  note(`${kind}${age}_cpu_us`, median(added.cpu), 1);
  if (age === '') note(`otel_alone_${kind}_wall_us`, median(added.otel), 1);
};

// In short turns: a process that waits for long while the others are warmed up loses what it had compiled, and the first of them would be the slowest.
const warm = async ({ bare, loaded, otel }: Processes, calls: number): Promise<void> => {
  for (let left = calls; left > 0; left -= WARM_TURN) {
    for (const child of [bare, loaded, otel]) {
      await ask(child, { job: 'together', kind: 'plain', count: WARM_TURN, inFlight: 50 });
      await ask(child, { job: 'one', kind: 'plain', count: WARM_TURN / 3 });
      await ask(child, { job: 'one', kind: 'stream', count: WARM_TURN / 20 });
    }
  }
};

const measureTogether = async ({ bare, loaded, otel }: Processes): Promise<void> => {
  const ratios: number[] = [];
  const ofOtel: number[] = [];
  const perSecond = async (child: ChildProcess): Promise<number> => (await ask(child, { job: 'together', kind: 'plain', count: 1500, inFlight: 50 })).perSecond;
  for (let round = 0; round < ROUNDS; round++) {
    const without = await perSecond(bare);
    ratios.push((await perSecond(loaded)) / without);
    ofOtel.push((await perSecond(otel)) / without);
  }
  note('throughput_ratio', median(ratios), 3);
  note('otel_alone_throughput_ratio', median(ofOtel), 3);
};

/** The heap after so many more calls. Spans that wait for their export, which may be 3 MB of them, are no growth. */
const heapAfter = async (child: ChildProcess, count: number): Promise<number> => {
  await ask(child, { job: 'together', kind: 'plain', count, inFlight: 50 });
  await new Promise((exported) => setTimeout(exported, EXPORTED_MS));
  return (await ask(child, { job: 'memory' })).heap;
};

const measureMemory = async ({ loaded }: Processes): Promise<void> => {
  const early = await heapAfter(loaded, CALLS_FOR_MEMORY / 5);
  const late = await heapAfter(loaded, (CALLS_FOR_MEMORY / 5) * 4);
  note('heap_growth_mb', (late - early) / 2 ** 20, 2);
  console.log(`heap after ${CALLS_FOR_MEMORY / 5} calls ${(early / 2 ** 20).toFixed(1)} MB, after ${CALLS_FOR_MEMORY} calls ${(late / 2 ** 20).toFixed(1)} MB`);
};

for (let set = 1; set <= SETS; set++) {
  const processes = {
    bare: await start([]),
    loaded: await start(['--import', resolve('dist/register.js')]),
    otel: await start(['--import', resolve('test/bench/apps/otel-alone.mjs')]),
  };
  // V8 goes on compiling what runs often for some tens of thousands of calls. The bars are for the service that has run for a minute; what the first
  // calls of a process cost stands beside them.
  await warm(processes, 1500);
  await measure(processes, 'plain', 300, '_young');
  await measure(processes, 'stream', 40, '_young');
  await warm(processes, WARM_CALLS);
  await measure(processes, 'plain', 300, '');
  await measure(processes, 'stream', 40, '');
  await measureTogether(processes);
  const latest = (name: string): number => seen[name]?.at(-1) ?? Number.NaN;
  console.log(
    `set ${set} of ${SETS}: plain ${latest('plain_wall_us')} µs, stream ${latest('stream_wall_us')} µs, throughput with 50 in flight ` +
      `${latest('throughput_ratio')} of bare; OpenTelemetry alone ${latest('otel_alone_plain_wall_us')} µs, ${latest('otel_alone_stream_wall_us')} µs, ` +
      `${latest('otel_alone_throughput_ratio')}`,
  );
  if (set === SETS) await measureMemory(processes);
  for (const child of Object.values(processes)) child.kill();
}
await provider.close();
await sink.close();

const figures: Record<string, number> = {};
for (const [name, values] of Object.entries(seen)) figures[name] = median(values);
figures['throughput_ratio_least'] = Math.min(...(seen['throughput_ratio'] ?? []));
figures['throughput_ratio_most'] = Math.max(...(seen['throughput_ratio'] ?? []));

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
