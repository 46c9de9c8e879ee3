import type * as PromClient from 'prom-client';
import type { MetricSource } from '../../call/export.ts';

/** The module prom-client; the app's copy where it has one, so that its own /metrics shows ours too. */
export type PromClientModule = typeof PromClient;

/** How metrics are offered to Prometheus. */
export interface PrometheusSettings {
  /** Gives the module when it is first needed. May throw. */
  readonly load: () => PromClientModule;
  /** The port to listen on; none to serve by `handler` or the app's own registry only. 0 takes a free one. */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** @default '/metrics' */
  readonly path?: string;
  /** Whether a worker of a cluster serves a page of its own, because no primary would. @default false */
  readonly alone?: boolean;
  /** Whether a new counter is served at 0 once, so that `increase()` sees its first step. @default true */
  readonly holdFirst?: boolean;
}

/** A page of metrics. */
export interface MetricsPage {
  readonly contentType: string;
  readonly body: string;
}

/** Metrics for Prometheus. */
export interface PrometheusEndpoint {
  /** Puts the metrics into the registry of prom-client, and listens when there is a port. Told once. Never throws. */
  connect(source: MetricSource): void;
  /** Gives the page; OpenMetrics with exemplars when `accept` asks for it. Rejects only before `connect`. */
  page(accept?: string): Promise<MetricsPage>;
  /** Serves the page: for node:http, Express and Fastify alike. */
  readonly handler: (request: unknown, response: unknown) => void;
  /** The process is about to end: a worker of a cluster tells its primary what it has counted. Never throws. */
  ending(): void;
  /** Models are called in this process: another one that has the port and calls none gives it up. */
  needed(): void;
  /** Resolves with the port once it listens, with `undefined` when it does not. */
  listening(): Promise<number | undefined>;
  /** Stops listening. */
  close(): Promise<void>;
}
