import type { LogRecordData, Measurement, SpanRecord } from '../../call/export.ts';

/** What a worker thread tells the main thread of its process. */
export interface ThreadMessage {
  /** The number of the thread. */
  readonly thread: number;
  /** Secrets that it has learnt, which what follows may hold. */
  readonly secrets: readonly string[];
  readonly spans: readonly SpanRecord[];
  readonly logs: readonly LogRecordData[];
  readonly measurements: readonly Measurement[];
}
