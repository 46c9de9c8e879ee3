import { isUnusual } from './unusual-units.ts';

/**
 * A text on its way through the scan. `bytes[i]` is the character `original.charCodeAt(i)` where that is Latin-1, and a blank where it
 * is not; the byte behind the last is 0. `text` says the same as a string of one byte a character, on which V8 searches twice as fast. So
 * an index in one is the same index in all, and detectors work on `text` and `bytes`.
 */
export interface Subject {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly original: string;
  /** Whether the original holds signs that do not show, or letters that look like those of ASCII. */
  readonly unusual: boolean;
}

// V8 answers this at once for one-byte strings: such a string cannot hold the class.
const WIDE = /[\u0100-\uffff]/g;
// Below this length a loop is faster than the call into the runtime.
const SHORT = 48;
// Where more than one character in so many is wide, a loop over all is faster than jumping from one to the next.
const DENSE = 24;
const KEPT_BYTES = 1 << 20;
const BLANK_BYTE = 32;
const SOFT_HYPHEN = '\u00ad';

let shared = Buffer.alloc(1 << 14);
let busy = false;

const room = (length: number): Buffer => {
  if (length > KEPT_BYTES) return Buffer.allocUnsafe(length);
  if (shared.length < length) shared = Buffer.alloc(Math.min(KEPT_BYTES, Math.max(length, shared.length * 2)));
  return shared;
};

const PLAIN = 0;
const WIDE_UNITS = 1;
const UNUSUAL_UNITS = 2;

const copyEach = (text: string, from: number, bytes: Uint8Array): number => {
  let seen = PLAIN;
  for (let i = from; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[i] = unit < 256 ? unit : BLANK_BYTE;
    if (unit > 127) seen |= (unit > 255 ? WIDE_UNITS : PLAIN) | (isUnusual(unit) ? UNUSUAL_UNITS : PLAIN);
  }
  return seen;
};

/** Writes the low byte of every unit, then blanks those of wide characters, which would read as other letters. */
const copyAll = (text: string, bytes: Buffer): number => {
  bytes.write(text, 0, text.length, 'latin1');
  // Plain ASCII, which most texts are, holds nothing to look for. The count runs at memory speed.
  if (Buffer.byteLength(text, 'utf8') === text.length) return PLAIN;
  let seen = text.includes(SOFT_HYPHEN) ? UNUSUAL_UNITS : PLAIN;
  WIDE.lastIndex = 0;
  let blanked = 0;
  while (WIDE.test(text)) {
    const at = WIDE.lastIndex - 1;
    bytes[at] = BLANK_BYTE;
    seen |= WIDE_UNITS | (isUnusual(text.charCodeAt(at)) ? UNUSUAL_UNITS : PLAIN);
    if (++blanked * DENSE > at + 4 * DENSE * DENSE) return seen | copyEach(text, at, bytes);
  }
  return seen;
};

/** Whether V8 keeps the string in two bytes a character, as it does with every piece of a text that holds one wide character somewhere. */
export const isWide = (text: string): boolean => {
  WIDE.lastIndex = 0;
  return WIDE.test(text);
};

/**
 * Loads `text` and hands it to `work`. The bytes are shared between texts: `work` must not keep them.
 * @param narrow whether the text is a piece of a wide one, and so is made anew in one byte a character
 */
export const withSubject = <T>(original: string, work: (subject: Subject) => T, narrow = false): T => {
  const { length } = original;
  // A scan inside a scan, such as of decoded base64, gets bytes of its own.
  const nested = busy;
  const bytes = nested ? Buffer.allocUnsafe(length + 1) : room(length + 1);
  const seen = length > SHORT ? copyAll(original, bytes) : copyEach(original, 0, bytes);
  bytes[length] = 0;
  const text = (seen & WIDE_UNITS) === 0 && !narrow ? original : bytes.toString('latin1', 0, length);
  busy = true;
  try {
    return work({ text, bytes, length, original, unusual: (seen & UNUSUAL_UNITS) !== 0 });
  } finally {
    busy = nested;
  }
};
