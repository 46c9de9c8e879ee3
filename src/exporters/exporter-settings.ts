import type { Clock } from '../base/clock.ts';
import type { ExportAttributes, LogRecordData, SpanRecord } from '../call/export.ts';

/** Where and how one signal is sent over OTLP. */
export interface OtlpSettings {
  /** The full address with path, such as `http://localhost:4318/v1/traces`; with gRPC the path is the method. @source OTEL_EXPORTER_OTLP_ENDPOINT */
  readonly url: string;
  /** @default 'http/protobuf' @source OTEL_EXPORTER_OTLP_PROTOCOL */
  readonly protocol: 'http/json' | 'http/protobuf' | 'grpc';
  /** @source OTEL_EXPORTER_OTLP_HEADERS */
  readonly headers: Readonly<Record<string, string>>;
  /** For one export with all its retries. @default 10000 @source OTEL_EXPORTER_OTLP_TIMEOUT */
  readonly timeoutMs: number;
  /** @default 'none' @source OTEL_EXPORTER_OTLP_COMPRESSION */
  readonly compression: 'none' | 'gzip';
  /** PEM texts. @source OTEL_EXPORTER_OTLP_CERTIFICATE, _CLIENT_CERTIFICATE, _CLIENT_KEY */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** How records are gathered before they are sent. */
export interface BatchSettings {
  /** What waits beyond this is dropped. @default 2048 @source OTEL_BSP_MAX_QUEUE_SIZE */
  readonly maxQueue: number;
  /** @default 512 @source OTEL_BSP_MAX_EXPORT_BATCH_SIZE */
  readonly maxBatch: number;
  /** Longest wait before a batch is sent. @default 5000 @source OTEL_BSP_SCHEDULE_DELAY */
  readonly delayMs: number;
}

/** How often and in which form metrics are pushed. */
export interface MetricPushSettings {
  /** @default 60000 @source OTEL_METRIC_EXPORT_INTERVAL */
  readonly intervalMs: number;
  /** @default 'cumulative' @source OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE */
  readonly temporality: 'cumulative' | 'delta' | 'lowmemory';
}

/** Signals written as text to a stream of the process, because the owner asked. @source OTEL_TRACES_EXPORTER=console */
export interface ConsoleSettings {
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly logs: boolean;
  /** @default 'stdout' */
  readonly stream: 'stdout' | 'stderr';
}

/** Takes secrets and personal data out of records before they leave. Must not throw. */
export interface Cleaner {
  /** Told before each batch: a secret may have been learnt since the last. */
  startBatch(): void;
  span(record: SpanRecord): SpanRecord;
  log(record: LogRecordData): LogRecordData;
  attributes(attributes: ExportAttributes, place: 'resource'): ExportAttributes;
  /** Cleans a sentence about an error. */
  status(message: string): string;
}

/** All that exporters are made of; set by code, never read from the environment here. */
export interface ExporterSettings {
  /** The version of Purser, for the instrumentation scope and the user agent. */
  readonly version: string;
  /** The resource: `service.name` and what OTEL_RESOURCE_ATTRIBUTES adds. */
  readonly resource: ExportAttributes;
  readonly cleaner: Cleaner;
  readonly clock: Clock;
  readonly otlp: { readonly traces?: OtlpSettings; readonly metrics?: OtlpSettings; readonly logs?: OtlpSettings };
  readonly batch: { readonly traces: BatchSettings; readonly logs: BatchSettings };
  readonly push: MetricPushSettings;
  readonly console?: ConsoleSettings;
  /** A file that gets one span or log record a line. */
  readonly jsonl?: { readonly path: string };
}
