import type { OtlpSettings } from '../exporter-settings.ts';

const varint = (bytes: Buffer, start: number): { value: number; next: number } => {
  let value = 0;
  let at = start;
  for (let shift = 0; at < bytes.length; shift += 7) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    at += 1;
    if (byte < 0x80) break;
  }
  return { value, next: at };
};

const FIRST_NESTED = 0x0a;
const FIRST_VARINT = 0x08;

/** Field 1 of the answer is the partial success, whose field 1 is the number of rejected items. */
const fromProtobuf = (body: Buffer): number => {
  if (body[0] !== FIRST_NESTED) return 0;
  const inner = varint(body, 1).next;
  return body[inner] === FIRST_VARINT ? varint(body, inner + 1).value : 0;
};

const fromJson = (body: Buffer): number => {
  const answer = JSON.parse(body.toString('utf8')) as { partialSuccess?: Readonly<Record<string, unknown>> };
  const partial = answer.partialSuccess ?? {};
  const rejected = Number(partial['rejectedSpans'] ?? partial['rejectedLogRecords'] ?? partial['rejectedDataPoints'] ?? 0);
  return Number.isFinite(rejected) ? Math.max(0, rejected) : 0;
};

/**
 * Gives how many items a receiver took no part of though it answered 200; 0 for an answer that cannot be read.
 * @source https://opentelemetry.io/docs/specs/otlp/#partial-success-1
 */
export const rejectedItems = (body: Buffer, protocol: OtlpSettings['protocol']): number => {
  if (body.length === 0) return 0;
  try {
    return protocol === 'http/json' ? fromJson(body) : fromProtobuf(body);
  } catch {
    return 0;
  }
};
