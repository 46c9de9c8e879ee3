import type { Meter } from './event.ts';

/** The value of an attribute; records and arrays of records only where content was opted in. */
export type ExportValue = string | number | boolean | null | readonly ExportValue[] | { readonly [key: string]: ExportValue };

/** Attributes by name; those that stand as `undefined` are absent. */
export type ExportAttributes = Readonly<Record<string, ExportValue | undefined>>;

/** Gives attributes without the absent ones, for whoever looks at the names. */
export const presentAttributes = (attributes: ExportAttributes): Readonly<Record<string, ExportValue>> => {
  const present: Record<string, ExportValue> = {};
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) present[name] = value;
  return present;
};

/** Something that happened while a span ran. */
export interface SpanEventRecord {
  readonly name: string;
  /** Milliseconds since the epoch, with a fraction. */
  readonly atMs: number;
  readonly attributes: ExportAttributes;
}

/** A span that has ended, as plain data; not yet redacted. */
export interface SpanRecord {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly traceState: string | undefined;
  /** W3C trace flags; 1 is sampled. */
  readonly traceFlags: number;
  readonly name: string;
  /** As in `@opentelemetry/api`: 0 internal, 1 server, 2 client. */
  readonly kind: number;
  /** Milliseconds since the epoch, with a fraction. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: ExportAttributes;
  readonly droppedAttributes: number;
  readonly events: readonly SpanEventRecord[];
  /** An error with its cleaned sentence, or nothing: success is never stated. */
  readonly error: string | undefined;
  readonly failed: boolean;
  /** True when the host's own OpenTelemetry exports the span already, so that only local outputs want it. */
  readonly byHost: boolean;
}

/** A log record, as plain data; not yet redacted. */
export interface LogRecordData {
  readonly atMs: number;
  /** As OpenTelemetry counts: 5 debug, 9 info, 13 warn, 17 error. */
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: string | undefined;
  readonly attributes: ExportAttributes;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly traceFlags: number;
  readonly byHost: boolean;
}

/** The counts of a histogram series. */
export interface HistogramState {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** One count for each bound and one for what is above the last; not cumulative. */
  readonly counts: readonly number[];
}

/** A measured value with the trace that it came from. */
export interface ExemplarRecord {
  readonly value: number;
  readonly atMs: number;
  readonly traceId: string;
  readonly spanId: string;
}

/** The trace that a measurement comes from; kept as an exemplar. */
export interface Origin {
  readonly traceId: string;
  readonly spanId: string;
  readonly atMs: number;
}

/** One measurement, as one thread of a process tells another of it. */
export interface Measurement {
  /** Its name in the catalog. */
  readonly metric: string;
  /** None where nothing is told of a gauge any more. */
  readonly value: number | undefined;
  /** Already redacted. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly origin: Origin | undefined;
}

/** The state of one series of a metric. */
export interface MetricPoint {
  /** Already redacted; others where another rule of redaction holds than before. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** When the series began to count, in milliseconds since the epoch. */
  readonly startMs: number;
  readonly value: number;
  readonly histogram: HistogramState | undefined;
  /** The latest exemplar of each bucket that has one, by bucket index. */
  readonly exemplars: ReadonlyMap<number, ExemplarRecord> | undefined;
  /** The former series whose counts are part of this one, because redaction leaves nothing that tells them apart. */
  readonly joined?: readonly MetricPoint[] | undefined;
}

/** How the values that several threads or workers have of a gauge become one: they add up, the latest counts, or, since they see the same thing, the greatest. */
export type Together = 'sum' | 'latest' | 'greatest';

/** One metric with the present state of all its series. */
export interface MetricFamily {
  readonly name: string;
  readonly prometheusName: string;
  readonly description: string;
  readonly unit: string;
  readonly kind: 'counter' | 'updown' | 'gauge' | 'histogram';
  readonly together: Together;
  readonly bounds: readonly number[];
  /** The attributes that a series may carry. */
  readonly attributes: readonly string[];
  readonly points: readonly MetricPoint[];
}

/** Where exporters read the metrics of this process. */
export interface MetricSource {
  /** True while a meter provider of the host's own exports them; then only what the owner pulls is served. */
  byHost(): boolean;
  /** Gives the state of every metric, those without a series included. */
  collect(): readonly MetricFamily[];
}

/** How one signal fared on its way out. */
export interface SignalHealth {
  readonly exported: number;
  readonly dropped: number;
  readonly failures: number;
  readonly queued: number;
  /** The last failure in words free of secrets. */
  readonly lastError: string | undefined;
}

/** How the exports fare, for `purser status`. */
export interface ExportHealth {
  readonly signals: Readonly<Record<'traces' | 'metrics' | 'logs', SignalHealth>>;
  /** Where the signals go, without credentials. */
  readonly destinations: readonly string[];
}

/** Carries telemetry out of the process. No method throws or writes to stdout unless the owner asked for a console exporter. */
export interface ExportPort {
  /** False when no local output wants the spans and logs that the host exports itself, which spares building them. */
  readonly wantsHostRecords: boolean;
  /** Queues a span; cheap. */
  span(record: SpanRecord): void;
  /** Queues a log record; cheap. */
  log(record: LogRecordData): void;
  /** Told once, before the first span: where the metrics are read and where the exports count themselves. */
  connect(source: MetricSource, meter: Meter): void;
  /** There where the metrics are added up elsewhere: told of each measurement. */
  readonly measured?: (measurement: Measurement) => void;
  /** Models are called in this process, or will be. What the first export needs is loaded in the background. */
  warmUp(): void;
  /** Sends what is queued; resolves when it is sent or after `timeoutMs`. */
  flush(timeoutMs: number): Promise<void>;
  /** Says whether the process is about to end: then nothing is waited for where nobody listens. */
  hurry(hurried: boolean): void;
  /** Hands over what is queued before the process is gone; blocks for at most `timeoutMs`. */
  flushAtExit(timeoutMs: number): void;
  /** Flushes and takes nothing more. */
  shutdown(timeoutMs: number): Promise<void>;
  health(): ExportHealth;
}
