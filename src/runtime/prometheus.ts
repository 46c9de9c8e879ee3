import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import type { ExportPort } from '../call/export.ts';
import type { Config } from '../config/config.ts';
import { createPrometheus } from '../exporters/prometheus/create-prometheus.ts';
import type { PromClientModule, PrometheusEndpoint } from '../exporters/prometheus/prometheus-settings.ts';

/** The app's copy of prom-client where it has one, so that its own page shows our metrics too; else ours. */
const load = (): PromClientModule => {
  for (const from of [process.argv[1], join(process.cwd(), 'noop.js')]) {
    if (from === undefined) continue;
    try {
      return createRequire(from)('prom-client') as PromClientModule;
    } catch {
      // The app has no copy there.
    }
  }
  return createRequire(import.meta.url)('prom-client') as PromClientModule;
};

/** Makes the page of metrics. It listens where a port is configured; the handler that the app may mount works in any case. */
export const createMetricsPage = ({ prometheus, exporters }: Config): PrometheusEndpoint => {
  const port = prometheus.port ?? (exporters.metrics.includes('prometheus') ? 9464 : undefined);
  return createPrometheus({ load, ...(port === undefined || !isMainThread ? {} : { port }), host: prometheus.host, path: prometheus.path });
};

/** An export port that also hands the metrics to the page. */
export const withPage = (exports: ExportPort, page: PrometheusEndpoint, wanted: boolean): ExportPort => {
  const port = Object.create(exports) as ExportPort & { connect: ExportPort['connect'] };
  port.connect = (source, meter) => {
    exports.connect(source, meter);
    if (wanted) page.connect(source);
  };
  return port;
};
