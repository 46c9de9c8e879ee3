import { randomFillSync } from 'node:crypto';

/** Random bytes are made for many ids at once: one by one they would cost more than all else that a span is made of. */
const POOL = Buffer.allocUnsafeSlow(4096);
let hex = '';
let at = 0;

const digits = (count: number): string => {
  if (at + count > hex.length) {
    hex = randomFillSync(POOL).toString('hex');
    at = 0;
  }
  const id = hex.slice(at, (at += count));
  // An id of zeros means none.
  return /[^0]/.test(id) ? id : digits(count);
};

/** Makes a span id: 16 hex digits, never all zero. */
export const newSpanId = (): string => digits(16);

/** Makes a trace id: 32 hex digits, never all zero. */
export const newTraceId = (): string => digits(32);
