import { BLANK, CLASS, classAt, TOKEN } from './char-class.ts';
import type { Subject } from './subject.ts';

/** A table of which byte is one of these characters. */
export const charSet = (chars: string): Uint8Array => {
  const table = new Uint8Array(256);
  for (let i = 0; i < chars.length; i++) table[chars.charCodeAt(i)] = 1;
  return table;
};

const NAME_MORE = charSet('.$@');
const MAX_NAME = 64;

/** Goes back from `from` over characters of a table, `most` at most; gives where the first other one is. */
export const skip = (bytes: Uint8Array, from: number, table: Uint8Array, most: number): number => {
  let at = from;
  while (at >= 0 && from - at < most && table[bytes[at] ?? 0] === 1) at--;
  return at;
};
/** Tells whether a blank, a tab or a line break is at a place. */
export const isBlank = (bytes: Uint8Array, at: number): boolean => ((CLASS[bytes[at] ?? 0] ?? 0) & BLANK) !== 0;
/** Goes back over blanks, `most` at most. */
export const skipBlanks = (bytes: Uint8Array, from: number, most: number): number => {
  let at = from;
  while (at >= 0 && from - at < most && isBlank(bytes, at)) at--;
  return at;
};

/** Gives where the word begins that ends at `last`, at most 64 characters back. */
export const wordStart = (bytes: Uint8Array, last: number): number => {
  let at = last;
  while (at >= 0 && last - at < MAX_NAME && ((classAt(bytes, at) & TOKEN) !== 0 || NAME_MORE[bytes[at] ?? 0] === 1)) at--;
  return at + 1;
};

/** Reads the word that ends at `last`. */
export const wordBack = (subject: Subject, last: number): { readonly word: string; readonly start: number } => {
  const start = wordStart(subject.bytes, last);
  return { word: subject.text.slice(start, last + 1), start };
};
