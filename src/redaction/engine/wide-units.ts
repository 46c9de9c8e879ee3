import { Buffer } from 'node:buffer';
import { isUnusual } from './unusual-units.ts';

/** Nothing but Latin-1 that reads as it is. */
export const PLAIN_UNITS = 0;
/** Characters beyond Latin-1. */
export const WIDE_UNITS = 1;
/** Signs that do not show, or letters that look like those of ASCII. */
export const UNUSUAL_UNITS = 2;

// A piece of a text and its units stay in the processor's first cache.
const PIECE = 8192;
// How many units are looked at together.
const STEP = 16;
const BLANK_BYTE = 32;

// The bytes that are zero in a unit of Latin-1, of two units at a time, in this processor's order.
const HIGH_BYTES = new Uint32Array(Uint8Array.of(0, 255, 0, 255).buffer)[0] ?? 0;
let units: { readonly buffer: Buffer; readonly doubles: Uint32Array } | undefined;

const roomForUnits = (): { readonly buffer: Buffer; readonly doubles: Uint32Array } => {
  const memory = new ArrayBuffer(PIECE * 2);
  return { buffer: Buffer.from(memory), doubles: new Uint32Array(memory) };
};

const blankStep = (text: string, from: number, to: number, bytes: Uint8Array): number => {
  let seen = PLAIN_UNITS;
  for (let i = from; i < to; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 256) continue;
    bytes[i] = BLANK_BYTE;
    seen |= WIDE_UNITS | (isUnusual(unit) ? UNUSUAL_UNITS : PLAIN_UNITS);
  }
  return seen;
};

/**
 * Blanks the bytes of wide characters from `from` on; gives what kinds of units there are. The units are copied as they are and their high
 * bytes looked at sixteen at a time, which is several times as fast as any search in the string itself.
 */
export const blankWide = (text: string, from: number, bytes: Uint8Array): number => {
  units ??= roomForUnits();
  const { buffer, doubles } = units;
  let seen = PLAIN_UNITS;
  for (let start = from; start < text.length; start += PIECE) {
    const stop = Math.min(text.length, start + PIECE);
    const count = stop - start;
    buffer.write(count === text.length ? text : text.slice(start, stop), 0, count * 2, 'utf16le');
    let at = 0;
    for (; at + STEP <= count; at += STEP) {
      const i = at >> 1;
      const left = (doubles[i] as number) | (doubles[i + 1] as number) | (doubles[i + 2] as number) | (doubles[i + 3] as number);
      const right = (doubles[i + 4] as number) | (doubles[i + 5] as number) | (doubles[i + 6] as number) | (doubles[i + 7] as number);
      if (((left | right) & HIGH_BYTES) !== 0) seen |= blankStep(text, start + at, start + at + STEP, bytes);
    }
    seen |= blankStep(text, start + at, stop, bytes);
  }
  return seen;
};
