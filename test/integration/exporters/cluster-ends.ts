// A primary whose workers end in every way between two scrapes. Prints a line for each scrape: what it shows, and how long it took.
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setDiagSink } from '../../../src/base/diag.ts';
import { createPrometheus } from '../../../src/exporters/prometheus/create-prometheus.ts';
import type { PromClientModule } from '../../../src/exporters/prometheus/prometheus-settings.ts';
import { chatCall, completed, memoryTelemetry } from '../../unit/telemetry/samples.ts';

const say = (_: string, message: string): void => void process.stderr.write(`${message}\n`);
setDiagSink({ fault: say, notice: say });

const client = createRequire(import.meta.url)('prom-client') as PromClientModule;
const { telemetry } = memoryTelemetry();
const prometheus = createPrometheus({ load: () => client, port: 0, holdFirst: false });
prometheus.connect(telemetry.metrics);

const call = (count: number): void => {
  for (let at = 0; at < count; at += 1) telemetry.start(chatCall()).end(completed(), {});
};

const primary = async (): Promise<void> => {
  const port = await prometheus.listening();
  const scrape = async (what: string): Promise<void> => {
    const startedMs = performance.now();
    const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const value = (name: string): number => Number(new RegExp(`^${name}\\{.*\\} (.*)$`, 'm').exec(page)?.[1]);
    const seconds = Math.floor((performance.now() - startedMs) / 1000);
    const said = {
      what,
      calls: value('purser_calls_total'),
      count: value('gen_ai_client_inference_duration_seconds_count'),
      inFlight: value('purser_calls_in_flight'),
      seconds,
    };
    process.stdout.write(`${JSON.stringify(said)}\n`);
  };
  const start = async (): Promise<Worker> => {
    const worker = cluster.fork();
    await once(worker, 'message');
    return worker;
  };
  const order = async (worker: Worker, what: string): Promise<void> => {
    worker.send(what);
    await once(worker, what === 'exit' || what === 'disconnect' ? 'disconnect' : 'message');
  };
  const [first, second, third] = [await start(), await start(), await start()];
  const atOnce = 'three workers, a call each, and one that runs';
  await Promise.all([scrape(atOnce), scrape(atOnce)]);
  await order(second, 'two calls');
  await order(second, 'exit');
  await scrape('one ended by process.exit() after two calls more');
  first.kill('SIGKILL');
  await once(first, 'disconnect');
  await scrape('one was killed');
  await order(third, 'disconnect');
  await scrape('the last one left');
  const fourth = await start();
  await scrape('a new one');
  fourth.send('block');
  await Promise.all([scrape('it is blocked'), scrape('it is blocked')]);
  fourth.kill('SIGKILL');
  process.exitCode = 0;
};

if (cluster.isPrimary) await primary();
else {
  call(1);
  telemetry.start(chatCall()).begun();
  process.on('message', (what) => {
    if (what === 'two calls') call(2);
    if (what === 'two calls') process.send?.('done');
    if (what === 'exit') {
      prometheus.ending();
      process.exit();
    }
    if (what === 'disconnect') process.disconnect();
    if (what === 'block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
  });
  process.send?.('ready');
}
