/**
 * Reads OTLP's protobuf form into its JSON form. It has a table of its own, apart from the writer's in src/, so that a mistake in
 * one of them shows; and it reads every message of traces, metrics and logs, not only those that Purser sends.
 * @source opentelemetry-proto 1.7
 */
type Kind =
  | 'string'
  | 'hex'
  | 'bool'
  | 'varint'
  | 'int64'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed64'
  | 'double'
  | 'bytes'
  | 'doubles'
  | 'fixed64s'
  | 'uint64s'
  | 'sint32';
type Shape = { readonly [number: number]: readonly [name: string, kind: Kind | (() => Shape), repeated?: true] };

const ANY: Shape = {
  1: ['stringValue', 'string'],
  2: ['boolValue', 'bool'],
  3: ['intValue', 'int64'],
  4: ['doubleValue', 'double'],
  5: ['arrayValue', () => ({ 1: ['values', () => ANY, true] })],
  6: ['kvlistValue', () => ({ 1: ['values', () => KEY_VALUE, true] })],
  7: ['bytesValue', 'bytes'],
};
const KEY_VALUE: Shape = { 1: ['key', 'string'], 2: ['value', () => ANY] };
const RESOURCE: Shape = { 1: ['attributes', () => KEY_VALUE, true], 2: ['droppedAttributesCount', 'varint'] };
const SCOPE: Shape = { 1: ['name', 'string'], 2: ['version', 'string'], 3: ['attributes', () => KEY_VALUE, true] };

const SPAN: Shape = {
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  3: ['traceState', 'string'],
  4: ['parentSpanId', 'hex'],
  5: ['name', 'string'],
  6: ['kind', 'varint'],
  7: ['startTimeUnixNano', 'fixed64'],
  8: ['endTimeUnixNano', 'fixed64'],
  9: ['attributes', () => KEY_VALUE, true],
  10: ['droppedAttributesCount', 'varint'],
  11: [
    'events',
    () => ({ 1: ['timeUnixNano', 'fixed64'], 2: ['name', 'string'], 3: ['attributes', () => KEY_VALUE, true], 4: ['droppedAttributesCount', 'varint'] }),
    true,
  ],
  13: ['links', () => ({ 1: ['traceId', 'hex'], 2: ['spanId', 'hex'], 3: ['traceState', 'string'], 4: ['attributes', () => KEY_VALUE, true] }), true],
  15: ['status', () => ({ 2: ['message', 'string'], 3: ['code', 'varint'] })],
  16: ['flags', 'fixed32'],
};
const EXEMPLAR: Shape = {
  2: ['timeUnixNano', 'fixed64'],
  3: ['asDouble', 'double'],
  4: ['spanId', 'hex'],
  5: ['traceId', 'hex'],
  6: ['asInt', 'sfixed64'],
  7: ['filteredAttributes', () => KEY_VALUE, true],
};
const NUMBER_POINT: Shape = {
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['asDouble', 'double'],
  5: ['exemplars', () => EXEMPLAR, true],
  6: ['asInt', 'sfixed64'],
  7: ['attributes', () => KEY_VALUE, true],
  8: ['flags', 'varint'],
};
const HISTOGRAM_POINT: Shape = {
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['count', 'fixed64'],
  5: ['sum', 'double'],
  6: ['bucketCounts', 'fixed64s'],
  7: ['explicitBounds', 'doubles'],
  8: ['exemplars', () => EXEMPLAR, true],
  9: ['attributes', () => KEY_VALUE, true],
  10: ['flags', 'varint'],
  11: ['min', 'double'],
  12: ['max', 'double'],
};
const BUCKETS = (): Shape => ({ 1: ['offset', 'sint32'], 2: ['bucketCounts', 'uint64s'] });
const EXPONENTIAL_POINT: Shape = {
  1: ['attributes', () => KEY_VALUE, true],
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['count', 'fixed64'],
  5: ['sum', 'double'],
  6: ['scale', 'sint32'],
  7: ['zeroCount', 'fixed64'],
  8: ['positive', BUCKETS],
  9: ['negative', BUCKETS],
};
const METRIC: Shape = {
  1: ['name', 'string'],
  2: ['description', 'string'],
  3: ['unit', 'string'],
  5: ['gauge', () => ({ 1: ['dataPoints', () => NUMBER_POINT, true] })],
  7: ['sum', () => ({ 1: ['dataPoints', () => NUMBER_POINT, true], 2: ['aggregationTemporality', 'varint'], 3: ['isMonotonic', 'bool'] })],
  9: ['histogram', () => ({ 1: ['dataPoints', () => HISTOGRAM_POINT, true], 2: ['aggregationTemporality', 'varint'] })],
  10: ['exponentialHistogram', () => ({ 1: ['dataPoints', () => EXPONENTIAL_POINT, true], 2: ['aggregationTemporality', 'varint'] })],
};
const LOG: Shape = {
  1: ['timeUnixNano', 'fixed64'],
  2: ['severityNumber', 'varint'],
  3: ['severityText', 'string'],
  5: ['body', () => ANY],
  6: ['attributes', () => KEY_VALUE, true],
  7: ['droppedAttributesCount', 'varint'],
  8: ['flags', 'fixed32'],
  9: ['traceId', 'hex'],
  10: ['spanId', 'hex'],
  11: ['observedTimeUnixNano', 'fixed64'],
  12: ['eventName', 'string'],
};

const envelope = (outer: string, inner: string, leaf: string, shape: Shape): Shape => ({
  1: [
    outer,
    () => ({
      1: ['resource', () => RESOURCE],
      2: [inner, () => ({ 1: ['scope', () => SCOPE], 2: [leaf, () => shape, true], 3: ['schemaUrl', 'string'] }), true],
      3: ['schemaUrl', 'string'],
    }),
    true,
  ],
});

const REQUESTS = {
  traces: envelope('resourceSpans', 'scopeSpans', 'spans', SPAN),
  metrics: envelope('resourceMetrics', 'scopeMetrics', 'metrics', METRIC),
  logs: envelope('resourceLogs', 'scopeLogs', 'logRecords', LOG),
} as const;

class Reader {
  at = 0;
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new Error('truncated varint');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
  take(size: number): Buffer {
    if (this.at + size > this.bytes.length) throw new Error('truncated field');
    const taken = this.bytes.subarray(this.at, this.at + size);
    this.at += size;
    return taken;
  }
}

const many = <T>(bytes: Buffer, read: (reader: Reader) => T): T[] => {
  const reader = new Reader(bytes);
  const values: T[] = [];
  while (reader.at < bytes.length) values.push(read(reader));
  return values;
};

const scalar = (kind: Kind, reader: Reader, wire: number): unknown => {
  if (wire === 0) {
    const value = reader.varint();
    if (kind === 'bool') return value !== 0n;
    if (kind === 'int64') return String(BigInt.asIntN(64, value));
    if (kind === 'sint32') return Number((value >> 1n) ^ -(value & 1n));
    return Number(value);
  }
  if (wire === 1) {
    const bytes = reader.take(8);
    if (kind === 'double') return bytes.readDoubleLE();
    return String(kind === 'sfixed64' ? bytes.readBigInt64LE() : bytes.readBigUInt64LE());
  }
  if (wire === 5) return reader.take(4).readUInt32LE();
  const bytes = reader.take(Number(reader.varint()));
  if (kind === 'hex') return bytes.toString('hex');
  if (kind === 'bytes') return bytes.toString('base64');
  if (kind === 'doubles') return many(bytes, (inner) => inner.take(8).readDoubleLE());
  if (kind === 'fixed64s') return many(bytes, (inner) => String(inner.take(8).readBigUInt64LE()));
  if (kind === 'uint64s') return many(bytes, (inner) => String(inner.varint()));
  return bytes.toString('utf8');
};

const message = (bytes: Buffer, shape: Shape): Record<string, unknown> => {
  const reader = new Reader(bytes);
  const result: Record<string, unknown> = {};
  while (reader.at < bytes.length) {
    const tag = Number(reader.varint());
    const field = shape[tag >>> 3];
    const wire = tag & 7;
    if (field === undefined) {
      scalar('bytes', reader, wire);
      continue;
    }
    const [name, kind, repeated] = field;
    const value = typeof kind === 'function' ? message(reader.take(Number(reader.varint())), kind()) : scalar(kind, reader, wire);
    if (repeated === true) ((result[name] ??= []) as unknown[]).push(value);
    else result[name] = value;
  }
  return result;
};

/** Gives the JSON form of a protobuf request; throws when it is not one. */
export const fromProtobuf = (body: Buffer, signal: keyof typeof REQUESTS): Record<string, unknown> => message(body, REQUESTS[signal]);
