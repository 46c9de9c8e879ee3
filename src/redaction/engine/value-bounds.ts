import { CLASS, classAt, INNER, TOKEN } from './char-class.ts';
import { nameStrength } from './secret-words.ts';
import type { Subject } from './subject.ts';

const MAX_BACK = 128;
const MAX_VALUE = 8192;
const AMPERSAND = 38;
const COMMA = 44;
const COLON = 58;
const EQUALS = 61;
const QUOTES = new Set(['"', "'", '`'].map((char) => char.charCodeAt(0)));

const VALUE = 1;
const SIGN = 2;
// What a value is made of, and the sign before it: these loops run over up to 128 characters at each run, so one look must do.
const KIND = Uint8Array.from({ length: 256 }, (_, code) => (code === EQUALS ? SIGN : ((CLASS[code] ?? 0) & (TOKEN | INNER)) === 0 ? 0 : VALUE));
// Every index is inside the bytes and every byte inside the table.
const kindAt = (bytes: Uint8Array, at: number): number => KIND[bytes[at] as number] as number;

/** Gives where the value around a run begins: passwords and base64 hold punctuation that ends a run. */
export const valueStart = (subject: Subject, runStart: number): number => {
  const { bytes } = subject;
  const floor = Math.max(0, runStart - MAX_BACK);
  let at = runStart - 1;
  while (at >= floor && kindAt(bytes, at) === VALUE) at--;
  const plain = at + 1;
  if (bytes[at] !== EQUALS) return plain;
  // Between quotes an equals sign may be part of the value; it is not when a name stands before it.
  let firstSign = at;
  for (; at >= floor; at--) {
    const kind = kindAt(bytes, at);
    if (kind === 0) break;
    if (kind === SIGN) firstSign = at;
  }
  if (!QUOTES.has(bytes[at] ?? 0)) return plain;
  return nameStrength(subject.text.slice(at + 1, firstSign)) === 'none' ? at + 1 : plain;
};

/** Gives where a piece of a value ends: before `&`, with base64 padding. */
const pieceEnd = (bytes: Uint8Array, from: number, ceiling: number): number => {
  let at = from;
  while (at < ceiling && kindAt(bytes, at) === VALUE && bytes[at] !== AMPERSAND) at++;
  while (at < ceiling && bytes[at] === EQUALS) at++;
  return at;
};

/** Gives where the value around a run ends. An equals sign or a colon inside belongs to it when more follows at once. */
export const valueEnd = (subject: Subject, runEnd: number, commas: boolean): number => {
  const { bytes } = subject;
  const ceiling = Math.min(subject.length, runEnd + MAX_VALUE);
  let end = pieceEnd(bytes, runEnd, ceiling);
  for (;;) {
    const byte = bytes[end];
    const joint = byte === COLON || (commas && byte === COMMA) ? 1 : 0;
    const padded = joint === 0 && end > runEnd && bytes[end - 1] === EQUALS;
    if ((joint === 0 && !padded) || end >= ceiling || (classAt(bytes, end + joint) & TOKEN) === 0) return end;
    end = pieceEnd(bytes, end + joint, ceiling);
  }
};

const MAX_NEAR = 128;

/** Gives where the characters around a run end that may belong to its value, at most 128 behind it. */
export const nearEnd = ({ bytes }: Subject, runEnd: number): number => {
  let at = runEnd;
  while (at - runEnd < MAX_NEAR && kindAt(bytes, at) !== 0) at++;
  return at;
};
