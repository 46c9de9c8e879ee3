import type { ExportAttributes, LogRecordData, SpanRecord } from '../../call/export.ts';
import { nanos, OtlpAttributes, type OtlpMessage } from './otlp-message.ts';

/** What stands around the records of an export: who sends, on whose behalf. */
export interface Envelope {
  /** Already clean. */
  readonly resource: ExportAttributes;
  readonly version: string;
}

/** Bit 8 says that bit 9, whether the parent is in another process, is meant; the low byte holds the W3C flags. */
export const FLAGS_KNOWN = 0x100;
/** The code of a status that tells of an error. */
export const STATUS_ERROR = 2;

const span = (record: SpanRecord): OtlpMessage => ({
  traceId: record.traceId,
  spanId: record.spanId,
  ...(record.traceState === undefined ? {} : { traceState: record.traceState }),
  ...(record.parentSpanId === undefined ? {} : { parentSpanId: record.parentSpanId }),
  name: record.name,
  kind: record.kind + 1,
  startTimeUnixNano: nanos(record.startMs),
  endTimeUnixNano: nanos(record.endMs),
  attributes: new OtlpAttributes(record.attributes),
  droppedAttributesCount: record.droppedAttributes,
  events: record.events.map((event) => ({ timeUnixNano: nanos(event.atMs), name: event.name, attributes: new OtlpAttributes(event.attributes) })),
  status: record.failed ? { code: STATUS_ERROR, ...(record.error === undefined ? {} : { message: record.error }) } : {},
  flags: record.traceFlags | FLAGS_KNOWN,
});

/** Spans inside a message: written as JSON in OTLP's form, and as protobuf without that detour. */
export class OtlpSpans {
  readonly records: readonly SpanRecord[];

  /** @param records the spans, already clean */
  constructor(records: readonly SpanRecord[]) {
    this.records = records;
  }

  /** Gives the spans in OTLP's JSON form. */
  toJSON(): readonly OtlpMessage[] {
    return this.records.map(span);
  }
}

const log = (record: LogRecordData): OtlpMessage => ({
  timeUnixNano: nanos(record.atMs),
  observedTimeUnixNano: nanos(record.atMs),
  severityNumber: record.severityNumber,
  severityText: record.severityText,
  ...(record.body === undefined ? {} : { body: { stringValue: record.body } }),
  attributes: new OtlpAttributes(record.attributes),
  ...(record.traceId === undefined || record.spanId === undefined ? {} : { traceId: record.traceId, spanId: record.spanId, flags: record.traceFlags }),
  eventName: record.eventName,
});

/** Gives the resource of an export. */
export const otlpResource = (envelope: Envelope): OtlpMessage => ({ attributes: new OtlpAttributes(envelope.resource) });

/** Gives the scope of an export. */
export const otlpScope = (envelope: Envelope): OtlpMessage => ({ name: 'purser', version: envelope.version });

/** Gives the request that carries spans. @source opentelemetry-proto 1.7, collector/trace/v1 */
export const traceRequest = (records: readonly SpanRecord[], envelope: Envelope): OtlpMessage => ({
  resourceSpans: [{ resource: otlpResource(envelope), scopeSpans: [{ scope: otlpScope(envelope), spans: new OtlpSpans(records) }] }],
});

/** Gives the request that carries log records. @source opentelemetry-proto 1.7, collector/logs/v1 */
export const logRequest = (records: readonly LogRecordData[], envelope: Envelope): OtlpMessage => ({
  resourceLogs: [{ resource: otlpResource(envelope), scopeLogs: [{ scope: otlpScope(envelope), logRecords: records.map(log) }] }],
});
