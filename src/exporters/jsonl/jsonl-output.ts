import { appendFileSync } from 'node:fs';
import type { LogRecordData, SpanRecord } from '../../call/export.ts';
import type { LocalOutput } from '../local-output.ts';

/** Gives a span as one line of JSON. */
export const spanLine = (record: SpanRecord): string =>
  JSON.stringify({
    kind: 'span',
    name: record.name,
    traceId: record.traceId,
    spanId: record.spanId,
    parentSpanId: record.parentSpanId,
    spanKind: record.kind === 2 ? 'client' : 'internal',
    start: new Date(record.startMs).toISOString(),
    durationMs: Math.round((record.endMs - record.startMs) * 1000) / 1000,
    status: record.failed ? 'error' : 'unset',
    error: record.error,
    attributes: record.attributes,
    events: record.events.map((event) => ({ name: event.name, at: new Date(event.atMs).toISOString(), attributes: event.attributes })),
  });

/** Gives a log record as one line of JSON. */
export const logLine = (record: LogRecordData): string =>
  JSON.stringify({
    kind: 'log',
    event: record.eventName,
    at: new Date(record.atMs).toISOString(),
    severity: record.severityText,
    body: record.body,
    traceId: record.traceId,
    spanId: record.spanId,
    attributes: record.attributes,
  });

/** Appends spans and log records to a file, one a line, each batch in one synchronous write: lines never mix, and exits lose none. */
export class JsonlOutput implements LocalOutput {
  readonly name = 'jsonl';
  readonly #path: string;

  /** @param path the file; it is created for its owner alone, and may be moved away at any time */
  constructor(path: string) {
    this.#path = path;
  }

  spans(records: readonly SpanRecord[]): void {
    this.#append(records.map(spanLine));
  }

  logs(records: readonly LogRecordData[]): void {
    this.#append(records.map(logLine));
  }

  /** The file holds records; metrics are states, for the other exporters. */
  metrics(): void {}

  #append(lines: readonly string[]): void {
    if (lines.length > 0) appendFileSync(this.#path, `${lines.join('\n')}\n`, { mode: 0o600 });
  }
}
