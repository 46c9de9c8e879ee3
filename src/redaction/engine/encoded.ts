import { classAt, TOKEN } from './char-class.ts';
import type { Subject } from './subject.ts';

/** A stretch of base64 or hex that decodes to text. */
export interface Decoded {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly how: 'base64' | 'hex';
}

const MIN_BASE64 = 16;
const MIN_HEX = 24;
const MAX_ENCODED = 262_144;
const PLUS = 43;
const SLASH = 47;
const EQUALS = 61;
const MINUS = 45;

const VALUES = new Uint8Array(256).fill(255);
for (const [i, char] of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.split('').entries()) VALUES[char.charCodeAt(0)] = i;
VALUES[MINUS] = 62;
VALUES[95] = 63;

const NO_DIGIT = 255;
const DIGIT_VALUES = new Uint8Array(256).fill(NO_DIGIT);
for (const [i, char] of '0123456789abcdef'.split('').entries()) {
  DIGIT_VALUES[char.charCodeAt(0)] = i;
  DIGIT_VALUES[char.toUpperCase().charCodeAt(0)] = i;
}

const isText = (byte: number): boolean => (byte >= 32 && byte < 127) || byte === 10 || byte === 13 || byte === 9;

const isBase64 = (bytes: Uint8Array, at: number): boolean => VALUES[bytes[at] ?? 0] !== 255;

/** Tells from eight letters, by six bytes, whether a stretch may decode to text: one in three hundred of random stretches does. */
export const opensAsText = (bytes: Uint8Array, at: number): boolean => {
  const valueAt = (i: number): number => VALUES[bytes[i] ?? 0] ?? 255;
  for (let i = at; i < at + 8; i += 4) {
    const a = valueAt(i);
    const b = valueAt(i + 1);
    const c = valueAt(i + 2);
    const d = valueAt(i + 3);
    if ((a | b | c | d) > 63) return false;
    if (!isText((a << 2) | (b >> 4)) || !isText(((b & 15) << 4) | (c >> 2)) || !isText(((c & 3) << 6) | d)) return false;
  }
  return true;
};

/** Tells from eight digits whether a stretch of hex may decode to text. */
export const opensAsHexText = (bytes: Uint8Array, at: number): boolean => {
  for (let i = at; i < at + 8; i += 2) {
    const high = DIGIT_VALUES[bytes[i] ?? 0] ?? NO_DIGIT;
    const low = DIGIT_VALUES[bytes[i + 1] ?? 0] ?? NO_DIGIT;
    if (high === NO_DIGIT || low === NO_DIGIT || !isText(high * 16 + low)) return false;
  }
  return true;
};

const readable = (text: string): boolean => {
  let odd = 0;
  for (let i = 0; i < text.length; i++) if (!isText(text.charCodeAt(i))) odd++;
  return odd * 10 <= text.length;
};

/** Gives where the base64 that begins at or before a run ends. */
const blobEnd = (bytes: Uint8Array, start: number, length: number): number => {
  let at = start;
  const most = Math.min(length, start + MAX_ENCODED);
  while (at < most && isBase64(bytes, at)) at++;
  while (at < most && bytes[at] === EQUALS) at++;
  return at;
};

const blobStart = (bytes: Uint8Array, runStart: number): number => {
  let at = runStart;
  while (at > 0 && runStart - at < 256 && ((classAt(bytes, at - 1) & TOKEN) !== 0 || bytes[at - 1] === PLUS || bytes[at - 1] === SLASH)) at--;
  return at;
};

const decodedBase64 = (text: string, start: number, end: number): Decoded | undefined => {
  if (end - start < MIN_BASE64) return undefined;
  const decoded = Buffer.from(text.slice(start, end), 'base64').toString('latin1');
  return readable(decoded) ? { text: decoded, start, end, how: 'base64' } : undefined;
};

const decodedHex = ({ text, bytes }: Subject, start: number, end: number): Decoded | undefined => {
  if (end - start < MIN_HEX || (end - start) % 2 !== 0 || !opensAsHexText(bytes, start)) return undefined;
  const decoded = Buffer.from(text.slice(start, end), 'hex').toString('latin1');
  return decoded.length * 2 === end - start && readable(decoded) ? { text: decoded, start, end, how: 'hex' } : undefined;
};

/** What a run says in base64 or hex, and the stretch that was looked at. */
export interface Stretch {
  readonly decoded: Decoded | undefined;
  readonly start: number;
  readonly until: number;
}

/** Decodes the stretch around a run when it is text in base64 or hex. */
export const decodedRun = (subject: Subject, runStart: number, runEnd: number): Stretch => {
  const { bytes, text, length } = subject;
  const hex = decodedHex(subject, runStart, runEnd);
  if (hex !== undefined) return { decoded: hex, start: runStart, until: runEnd };
  const start = blobStart(bytes, runStart);
  const end = blobEnd(bytes, runEnd, length);
  return { decoded: opensAsText(bytes, start) ? decodedBase64(text, start, end) : undefined, start, until: end };
};
