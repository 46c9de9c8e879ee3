import type { ExportAttributes, ExportValue } from '../../call/export.ts';
import { BackwardWriter } from './backward-writer.ts';
import { OtlpAttributes, otlpValue, type OtlpMessage } from './otlp-message.ts';
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
const blocks = new Map<string, Map<string, Uint8Array>>();
const MOST_BLOCKS = 64;
const LONGEST_BLOCK = 64;

/** Gives the encoded attribute where it was written before; keys whose values never repeat stop being remembered. */
const blockOf = (key: string, value: string): Uint8Array | undefined => blocks.get(key)?.get(value);

const remember = (key: string, value: string, block: Uint8Array): void => {
  let values = blocks.get(key);
  if (values === undefined) {
    if (blocks.size >= 500) return;
    values = new Map();
    blocks.set(key, values);
  }
  if (values.size < MOST_BLOCKS) values.set(value, block);
};

/** Writes each attribute as a `KeyValue`; nine tenths of a span are attributes. */
const writeAttributes = (writer: BackwardWriter, field: Field, values: ExportAttributes): void => {
  const keys = Object.keys(values);
  for (let index = keys.length - 1; index >= 0; index -= 1) {
    const key = keys[index] ?? '';
    const value = values[key];
    const short = typeof value === 'string' && value.length <= LONGEST_BLOCK;
    const known = short ? blockOf(key, value) : undefined;
    const before = writer.length;
    if (known === undefined) {
      writeAny(writer, value);
      writer.varint(writer.length - before);
      writer.varint(VALUE_OF_KEY);
      writer.string(key);
      writer.varint(KEY);
      if (short) remember(key, value, writer.since(before));
    } else writer.bytes(known);
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
  if (value instanceof OtlpAttributes) return writeAttributes(writer, field, value.values);
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
