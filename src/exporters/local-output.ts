import type { LogRecordData, MetricFamily, SpanRecord } from '../call/export.ts';

/** An output on this machine, written at once: a file or a stream. May throw; the caller reports it. */
export interface LocalOutput {
  readonly name: string;
  spans(records: readonly SpanRecord[]): void;
  logs(records: readonly LogRecordData[]): void;
  metrics(families: readonly MetricFamily[]): void;
}
