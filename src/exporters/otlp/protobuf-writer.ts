import type { ExportAttributes, ExportValue, SpanEventRecord, SpanRecord } from '../../call/export.ts';
import { BackwardWriter } from './backward-writer.ts';
import { OtlpAttributes, otlpValue, type OtlpMessage } from './otlp-message.ts';
import { FLAGS_KNOWN, OtlpSpans, STATUS_ERROR } from './otlp-records.ts';
import { OTLP_SCHEMA, type Field } from './otlp-schema.ts';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Members whose zero must be written, because they are one of several or may be told from absent. @source opentelemetry-proto, `oneof` and `optional` */
const EXPLICIT = new Set(['boolValue', 'intValue', 'doubleValue', 'stringValue', 'asDouble', 'sum', 'min', 'max']);

const tag = (writer: BackwardWriter, field: Field, wire: number): void => writer.varint((field.number << 3) | wire);

const writePacked = (writer: BackwardWriter, field: Field, values: readonly (string | number)[]): void => {
  const before = writer.length;
  for (let index = values.length - 1; index >= 0; index -= 1) {
    const value = values[index] ?? 0;
    if (field.kind === 'packed_double') writer.double(Number(value));
    else writer.fixed64(value);
  }
  writer.varint(writer.length - before);
  tag(writer, field, BYTES);
};

const writeNested = (writer: BackwardWriter, field: Field, value: OtlpMessage): void => {
  const before = writer.length;
  writeMessage(writer, value, field.message ?? '');
  writer.varint(writer.length - before);
  tag(writer, field, BYTES);
};

const writeNumber = (writer: BackwardWriter, field: Field, value: string | number): void => {
  const { kind } = field;
  if (kind === 'double') writer.double(Number(value));
  else if (kind === 'fixed64') writer.fixed64(value);
  else if (kind === 'fixed32') writer.fixed32(Number(value));
  else if (kind === 'int64') writer.bigVarint(BigInt(value));
  else writer.varint(Number(value));
  if (kind === 'fixed32') return tag(writer, field, FIXED32);
  tag(writer, field, kind === 'double' || kind === 'fixed64' ? FIXED64 : VARINT);
};

const writeScalar = (writer: BackwardWriter, field: Field, value: unknown): void => {
  if (field.kind === 'string' || field.kind === 'hex') {
    writer[field.kind](String(value));
    return tag(writer, field, BYTES);
  }
  if (field.kind === 'message') return writeNested(writer, field, value as OtlpMessage);
  writeNumber(writer, field, field.kind === 'bool' ? Number(value) : (value as string | number));
};

const STRING_VALUE = 0x0a;
const BOOL_VALUE = 0x10;
const INT_VALUE = 0x18;
const DOUBLE_VALUE = 0x21;
const VALUE_OF_KEY = 0x12;
const KEY = 0x0a;

const writeNumberValue = (writer: BackwardWriter, value: number): void => {
  if (!Number.isSafeInteger(value)) {
    writer.double(value);
    return writer.varint(DOUBLE_VALUE);
  }
  if (value >= 0) writer.varint(value);
  else writer.bigVarint(BigInt(value));
  writer.varint(INT_VALUE);
};

/** Writes `AnyValue`: the plain kinds at once, structure through the schema. */
const writeAny = (writer: BackwardWriter, value: ExportValue | undefined): void => {
  if (typeof value === 'string') {
    writer.string(value);
    writer.varint(STRING_VALUE);
  } else if (typeof value === 'number') writeNumberValue(writer, value);
  else if (typeof value === 'boolean') {
    writer.varint(value ? 1 : 0);
    writer.varint(BOOL_VALUE);
  } else writeMessage(writer, otlpValue(value), 'AnyValue');
};

/** Attributes whose few values come again on every span, encoded once: the key's and the value's bytes as they stand in the message. */
interface Blocks {
  readonly values: Map<string, Uint8Array>;
  missed: number;
}

const blocks = new Map<string, Blocks>();
const MOST_KEYS = 500;
const MOST_BLOCKS = 64;
const LONGEST_BLOCK = 64;
/** After so many values that were new, a key's values are not looked up any more: they are ids. */
const MOST_MISSES = 512;

/** Gives the blocks of a key while there is a point in them. */
const blocksOf = (key: string): Blocks | undefined => {
  const known = blocks.get(key);
  if (known !== undefined) return known.missed > MOST_MISSES ? undefined : known;
  if (blocks.size >= MOST_KEYS) return undefined;
  const made = { values: new Map<string, Uint8Array>(), missed: 0 };
  blocks.set(key, made);
  return made;
};

const writeAttribute = (writer: BackwardWriter, key: string, value: ExportValue): void => {
  const before = writer.length;
  writeAny(writer, value);
  writer.varint(writer.length - before);
  writer.varint(VALUE_OF_KEY);
  writer.string(key);
  writer.varint(KEY);
};

/** Writes an attribute whose value may have come before. */
const writeShort = (writer: BackwardWriter, key: string, value: string): void => {
  const known = blocksOf(key);
  const block = known?.values.get(value);
  if (block !== undefined) return writer.bytes(block);
  const before = writer.length;
  writeAttribute(writer, key, value);
  if (known === undefined) return;
  known.missed += 1;
  if (known.values.size < MOST_BLOCKS) known.values.set(value, writer.since(before));
};

/** The attributes that are being written, since they are written from the last to the first. None are written inside others. */
const keys: string[] = [];
const present: ExportValue[] = [];

/** Writes each attribute as a `KeyValue`; nine tenths of a span are attributes. */
const writeAttributes = (writer: BackwardWriter, tagByte: number, values: ExportAttributes): void => {
  let count = 0;
  // Read in the order in which they stand: reading them by name takes V8 several times as long.
  for (const key in values) {
    if (!Object.hasOwn(values, key)) continue;
    const value = values[key];
    if (value === undefined) continue;
    keys[count] = key;
    present[count++] = value;
  }
  for (let index = count - 1; index >= 0; index -= 1) {
    const key = keys[index] ?? '';
    const value = present[index] ?? null;
    const before = writer.length;
    if (typeof value === 'string' && value.length <= LONGEST_BLOCK) writeShort(writer, key, value);
    else writeAttribute(writer, key, value);
    writer.varint(writer.length - before);
    writer.varint(tagByte);
  }
};

/** Tags of `Span`, `Event` and `Status`. @source opentelemetry-proto 1.7, trace/v1/trace.proto */
const SPAN = {
  traceId: 0x0a,
  spanId: 0x12,
  traceState: 0x1a,
  parentSpanId: 0x22,
  name: 0x2a,
  kind: 0x30,
  start: 0x39,
  end: 0x41,
  attributes: 0x4a,
  dropped: 0x50,
  events: 0x5a,
  status: 0x7a,
} as const;
const EVENT = { time: 0x09, name: 0x12, attributes: 0x1a } as const;
const STATUS = { message: 0x12, code: 0x18 } as const;

const writeString = (writer: BackwardWriter, tagByte: number, value: string | undefined): void => {
  if (value === undefined || value === '') return;
  writer.string(value);
  writer.varint(tagByte);
};

const writeHex = (writer: BackwardWriter, tagByte: number, value: string | undefined): void => {
  if (value === undefined) return;
  writer.hex(value);
  writer.varint(tagByte);
};

const writeTime = (writer: BackwardWriter, tagByte: number, ms: number): void => {
  writer.nanos(ms);
  writer.varint(tagByte);
};

const writeEvent = (writer: BackwardWriter, { atMs, name, attributes }: SpanEventRecord): void => {
  const before = writer.length;
  writeAttributes(writer, EVENT.attributes, attributes);
  writeString(writer, EVENT.name, name);
  writeTime(writer, EVENT.time, atMs);
  writer.varint(writer.length - before);
  writer.varint(SPAN.events);
};

const writeStatus = (writer: BackwardWriter, { failed, error }: SpanRecord): void => {
  const before = writer.length;
  if (failed) {
    writer.varint(STATUS_ERROR);
    writer.varint(STATUS.code);
    writeString(writer, STATUS.message, error);
  }
  writer.varint(writer.length - before);
  writer.varint(SPAN.status);
};

/** Writes a span without the detour over a message: there are many of them. The last field comes first. */
const writeSpan = (writer: BackwardWriter, record: SpanRecord): void => {
  writer.fixed32(record.traceFlags | FLAGS_KNOWN);
  // The tag of field 16 takes two bytes.
  writer.varint((16 << 3) | FIXED32);
  writeStatus(writer, record);
  for (let index = record.events.length - 1; index >= 0; index -= 1) {
    const event = record.events[index];
    if (event !== undefined) writeEvent(writer, event);
  }
  if (record.droppedAttributes > 0) {
    writer.varint(record.droppedAttributes);
    writer.varint(SPAN.dropped);
  }
  writeAttributes(writer, SPAN.attributes, record.attributes);
  writeTime(writer, SPAN.end, record.endMs);
  writeTime(writer, SPAN.start, record.startMs);
  writer.varint(record.kind + 1);
  writer.varint(SPAN.kind);
  writeString(writer, SPAN.name, record.name);
  writeHex(writer, SPAN.parentSpanId, record.parentSpanId);
  writeString(writer, SPAN.traceState, record.traceState);
  writeHex(writer, SPAN.spanId, record.spanId);
  writeHex(writer, SPAN.traceId, record.traceId);
};

const writeSpans = (writer: BackwardWriter, field: Field, records: readonly SpanRecord[]): void => {
  for (let index = records.length - 1; index >= 0; index -= 1) {
    const record = records[index];
    if (record === undefined) continue;
    const before = writer.length;
    writeSpan(writer, record);
    writer.varint(writer.length - before);
    tag(writer, field, BYTES);
  }
};

const isDefault = (name: string, field: Field, value: unknown): boolean => {
  if (EXPLICIT.has(name)) return false;
  return value === 0 || value === '' || value === false || (value === '0' && field.kind === 'fixed64');
};

const writeField = (writer: BackwardWriter, name: string, field: Field, value: unknown): void => {
  if (value === undefined || isDefault(name, field, value)) return;
  if (value instanceof OtlpAttributes) return writeAttributes(writer, (field.number << 3) | BYTES, value.values);
  if (value instanceof OtlpSpans) return writeSpans(writer, field, value.records);
  if (!Array.isArray(value)) return writeScalar(writer, field, value);
  if (field.kind === 'packed_double' || field.kind === 'packed_fixed64') {
    if (value.length > 0) writePacked(writer, field, value as readonly (string | number)[]);
    return;
  }
  for (let index = value.length - 1; index >= 0; index -= 1) writeScalar(writer, field, value[index]);
};

function writeMessage(writer: BackwardWriter, message: OtlpMessage, type: string): void {
  const schema = OTLP_SCHEMA[type] ?? {};
  const names = Object.keys(message);
  for (let index = names.length - 1; index >= 0; index -= 1) {
    const name = names[index] ?? '';
    const field = schema[name];
    if (field !== undefined) writeField(writer, name, field, message[name]);
  }
}

/** Gives the protobuf form of a message; `type` is its name in the schema. */
export const toProtobuf = (message: OtlpMessage, type: string): Buffer => {
  const writer = new BackwardWriter();
  writeMessage(writer, message, type);
  return writer.finish();
};
