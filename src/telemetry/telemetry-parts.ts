import type { ExportPort } from '../call/export.ts';
import type { Profile } from './catalog/profile.ts';
import type { RecordCleaner } from './clean-records.ts';
import type { LogEmitter } from './log-emitter.ts';
import type { CallMetrics } from './metric/call-metrics.ts';
import type { MetricRegistry } from './metric/metric-registry.ts';
import type { SpanOpener } from './span/open-span.ts';
import type { ApiModule, ContentTarget } from './telemetry-settings.ts';

/** What the stations of telemetry share. */
export interface TelemetryParts {
  readonly api: ApiModule;
  readonly profiles: readonly Profile[];
  readonly content: ContentTarget;
  readonly opener: SpanOpener;
  readonly metrics: CallMetrics;
  readonly registry: MetricRegistry;
  readonly logs: LogEmitter;
  readonly cleaner: RecordCleaner;
  readonly exporter: ExportPort;
  /** Gives the time in milliseconds since the epoch, with a fraction where the clock has one. */
  now(): number;
  /** Whether measurements go to instruments of the host's own. */
  countsForHost(): boolean;
  /** Cleans the labels of metrics anew where other rules or secrets hold than before. */
  renewLabels(): void;
  /** Looks whether the host has a meter provider of its own by now; run before each call. */
  findHost(): void;
}
