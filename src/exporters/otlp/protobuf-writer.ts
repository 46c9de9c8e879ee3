import type { OtlpMessage } from './otlp-message.ts';
import { OTLP_SCHEMA, type Field } from './otlp-schema.ts';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Members whose zero must be written, because they are one of several or may be told from absent. @source opentelemetry-proto, `oneof` and `optional` */
const EXPLICIT = new Set(['boolValue', 'intValue', 'doubleValue', 'stringValue', 'asDouble', 'sum', 'min', 'max']);

/**
 * Writes protobuf backwards into one growing buffer, so that the length of a nested message is known when it is written.
 * @source https://protobuf.dev/programming-guides/encoding/
 */
class BackwardWriter {
  #bytes = Buffer.allocUnsafe(16_384);
  #at = this.#bytes.length;

  /** How many bytes are written. */
  get length(): number {
    return this.#bytes.length - this.#at;
  }

  finish(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  varint(value: number): void {
    if (value > 0x7fffffff) return this.bigVarint(BigInt(value));
    let size = 1;
    for (let rest = value >>> 7; rest > 0; rest >>>= 7) size += 1;
    let at = this.#reserve(size);
    let rest = value;
    for (; size > 1; size -= 1, at += 1, rest >>>= 7) this.#bytes[at] = (rest & 0x7f) | 0x80;
    this.#bytes[at] = rest;
  }

  bigVarint(value: bigint): void {
    const digits: number[] = [];
    let rest = BigInt.asUintN(64, value);
    do {
      digits.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
      rest >>= 7n;
    } while (rest > 0n);
    const at = this.#reserve(digits.length);
    for (let index = 0; index < digits.length; index += 1) this.#bytes[at + index] = digits[index] ?? 0;
  }

  fixed64(value: string | number): void {
    const at = this.#reserve(8);
    this.#bytes.writeBigUInt64LE(BigInt(value), at);
  }

  fixed32(value: number): void {
    const at = this.#reserve(4);
    this.#bytes.writeUInt32LE(value, at);
  }

  double(value: number): void {
    const at = this.#reserve(8);
    this.#bytes.writeDoubleLE(value, at);
  }

  string(value: string): void {
    const size = Buffer.byteLength(value);
    const at = this.#reserve(size);
    this.#bytes.write(value, at, size, 'utf8');
    this.varint(size);
  }

  hex(value: string): void {
    const size = value.length >> 1;
    const at = this.#reserve(size);
    this.#bytes.write(value, at, size, 'hex');
    this.varint(size);
  }

  #reserve(size: number): number {
    if (this.#at < size) this.#grow(size);
    this.#at -= size;
    return this.#at;
  }

  #grow(size: number): void {
    const used = this.length;
    const next = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, used + size + 1024));
    this.#bytes.copy(next, next.length - used, this.#at);
    this.#bytes = next;
    this.#at = next.length - used;
  }
}

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

const isDefault = (name: string, field: Field, value: unknown): boolean => {
  if (EXPLICIT.has(name)) return false;
  return value === 0 || value === '' || value === false || (value === '0' && field.kind === 'fixed64');
};

const writeField = (writer: BackwardWriter, name: string, field: Field, value: unknown): void => {
  if (value === undefined || isDefault(name, field, value)) return;
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
