// A primary that serves the metrics of its two workers and its own: each worker makes as many calls as its number, the primary four, and one for another tenant.
import cluster from 'node:cluster';
import { createRequire } from 'node:module';
import { createPrometheus } from '../../../src/exporters/prometheus/create-prometheus.ts';
import type { PromClientModule } from '../../../src/exporters/prometheus/prometheus-settings.ts';
import { chatCall, completed, memoryTelemetry } from '../../unit/telemetry/samples.ts';

const client = createRequire(import.meta.url)('prom-client') as PromClientModule;
const { telemetry } = memoryTelemetry();
const prometheus = createPrometheus({ load: () => client, port: 0, holdFirst: false });
client.register.setDefaultLabels({ shop: 'north' });
prometheus.connect(telemetry.metrics);

if (cluster.isPrimary) {
  const workers = [1, 2].map((calls) => cluster.fork({ CALLS: String(calls) }));
  await Promise.all(workers.map((worker) => new Promise((resolve) => void worker.once('message', resolve))));
  for (let call = 0; call < 4; call += 1) telemetry.start(chatCall()).end(completed(), {});
  telemetry.start(chatCall({ labels: { tenant: 'of the "primary"' } })).end(completed(), {});
  const port = await prometheus.listening();
  const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  for (const worker of workers) worker.kill();
  process.stdout.write(page);
  process.exitCode = 0;
} else {
  for (let call = 0; call < Number(process.env['CALLS']); call += 1) telemetry.start(chatCall()).end(completed(), {});
  process.stderr.write(`port ${await prometheus.listening()}\n`);
  process.send?.('ready');
}
