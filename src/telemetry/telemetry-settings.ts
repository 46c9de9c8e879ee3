import type * as Api from '@opentelemetry/api';
import type { Clock } from '../base/clock.ts';
import type { EmitEvent, Meter } from '../call/event.ts';
import type { ExportHealth, ExportPort, Measurement, MetricSource } from '../call/export.ts';
import type { Recorder } from '../call/recorder.ts';
import type { Redactor } from '../call/redactor.ts';
import type { Profile } from './catalog/profile.ts';

/** The module `@opentelemetry/api`; the host's copy where it has one. */
export type ApiModule = typeof Api;

/** How root spans are sampled; spans with a parent follow it unless the name does not start with `parentbased_`. */
export interface SamplerSettings {
  /** @source OTEL_TRACES_SAMPLER */
  readonly name: 'always_on' | 'always_off' | 'traceidratio' | 'parentbased_always_on' | 'parentbased_always_off' | 'parentbased_traceidratio';
  /** The share of traces that are kept, 0 to 1; for the ratio samplers. @source OTEL_TRACES_SAMPLER_ARG */
  readonly ratio: number;
}

/** Bounds of one span. */
export interface SpanLimits {
  /** @source OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT */
  readonly attributes: number;
  /** Longest string, in UTF-16 units; content is never cut, it would no longer parse. @source OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT */
  readonly valueLength: number;
  /** @source OTEL_SPAN_EVENT_COUNT_LIMIT */
  readonly events: number;
}

/** Where captured content is written. */
export type ContentTarget = 'none' | 'span' | 'event' | 'both';

/** What telemetry is made of; set by code, never read from the environment here. */
export interface TelemetrySettings {
  readonly api: ApiModule;
  /** The version of Purser, for the instrumentation scope. */
  readonly version: string;
  readonly profiles: readonly Profile[];
  readonly exporter: ExportPort;
  readonly redactor: Redactor;
  readonly content: ContentTarget;
  /** Longest text inside captured content, in UTF-16 units; longer ones are cut and say so. @default unbounded */
  readonly contentLength?: number | undefined;
  /** How many values of one label are told apart on metrics before `other`. */
  readonly labelCap: number;
  readonly sampler: SamplerSettings;
  readonly limits: SpanLimits;
  readonly clock: Clock;
  /** False never looks for providers of the host's own. */
  readonly attach: boolean;
}

/** How telemetry fares, for `purser status`. */
export interface TelemetryHealth extends ExportHealth {
  readonly mode: 'own' | 'host';
  readonly spansStarted: number;
  readonly spansEnded: number;
  readonly spansOpen: number;
  readonly series: number;
}

/** Spans, metrics and events of the house, and their way out. No method throws. */
export interface Telemetry extends Recorder {
  readonly meter: Meter;
  /** Where exporters that are asked for metrics read them. */
  readonly metrics: MetricSource;
  /** Counts what another thread of this process has measured. */
  take(measurement: Measurement, thread: number): void;
  /** Lets go of what stood for a thread that has ended; gives how many of its calls nobody will tell of. */
  letGo(thread: number): number;
  readonly emit: EmitEvent;
  warmUp(): void;
  flush(timeoutMs: number): Promise<void>;
  /** Says whether the process is about to end: then nothing is waited for where nobody listens. */
  hurry(hurried: boolean): void;
  flushAtExit(timeoutMs: number): void;
  shutdown(timeoutMs: number): Promise<void>;
  health(): TelemetryHealth;
}
