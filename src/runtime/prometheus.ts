import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { workingFolder } from '../base/working-folder.ts';
import { once } from '../base/once.ts';
import type { ExportPort } from '../call/export.ts';
import type { Config } from '../config/config.ts';
import { environment } from '../config/environment.ts';
import { createPrometheus } from '../exporters/prometheus/create-prometheus.ts';
import type { PromClientModule, PrometheusEndpoint } from '../exporters/prometheus/prometheus-settings.ts';
import { exportsWith } from './exports-with.ts';

/** The app's copy of prom-client where it has one, so that its own page shows our metrics too; else ours. */
const load = (): PromClientModule => {
  for (const from of [process.argv[1], join(workingFolder(), 'noop.js')]) {
    if (from === undefined) continue;
    try {
      return createRequire(from)('prom-client') as PromClientModule;
    } catch {
      // The app has no copy there.
    }
  }
  return createRequire(import.meta.url)('prom-client') as PromClientModule;
};

/**
 * The number of this process among those of its app, where pm2 runs it. Its workers are not the children of a process that could serve the sum, so each
 * serves a page of its own, on ports in a row.
 * @source pm2 6, lib/God.js, injectVariables
 */
const pm2Instance = ({ pm_id: id, NODE_APP_INSTANCE: instance }: Readonly<Record<string, string | undefined>>): number | undefined => {
  const number = Number(instance);
  return id === undefined || instance === undefined || !Number.isSafeInteger(number) ? undefined : number;
};

/** Makes the page of metrics. It listens where a port is configured; the handler that the app may mount works in any case. */
export const createMetricsPage = ({ prometheus, exporters }: Config): PrometheusEndpoint => {
  const instance = pm2Instance(environment());
  const first = prometheus.port ?? (exporters.metrics.includes('prometheus') ? 9464 : undefined);
  // 0 takes a free one.
  const port = first === undefined || first === 0 ? first : first + (instance ?? 0);
  const listens = port === undefined || !isMainThread ? {} : { port };
  return createPrometheus({ load, ...listens, host: prometheus.host, path: prometheus.path, alone: instance !== undefined });
};

/** The page, and the export port through which it learns of the metrics. */
export interface PagedExports {
  readonly port: ExportPort;
  /** Serves the page to a request; prom-client is loaded at the first one, where no port is open. */
  readonly handler: PrometheusEndpoint['handler'];
}

/** An export port that also hands the metrics to the page: at once where the page listens, else when it is first asked for. */
export const withPage = (exports: ExportPort, page: PrometheusEndpoint, atOnce: boolean): PagedExports => {
  let show: (() => void) | undefined;
  let ends = false;
  const port = exportsWith(exports, {
    connect(source, meter) {
      exports.connect(source, meter);
      show = once(() => page.connect(source));
      if (atOnce) show();
    },
    warmUp() {
      page.needed();
      exports.warmUp();
    },
    flush(timeoutMs) {
      if (ends) page.ending();
      return exports.flush(timeoutMs);
    },
    hurry(hurried) {
      ends = hurried;
      exports.hurry(hurried);
    },
    flushAtExit(timeoutMs) {
      page.ending();
      exports.flushAtExit(timeoutMs);
    },
  });
  return {
    port,
    handler(request, response) {
      show?.();
      page.handler(request, response);
    },
  };
};
