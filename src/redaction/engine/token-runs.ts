import { CLASS, TOKEN } from './char-class.ts';

/** Called with each run: its start, the index behind its end, and all class bits that occur in it. */
export type OnRun = (start: number, end: number, bits: number) => void;

/** The shortest run of token characters that is looked at. Shorter secrets are found by the words around them. */
export const MIN_RUN = 14;

// Every index is inside the bytes and every byte inside the table: a test for undefined would cost a tenth of the pass.
const isToken = (bytes: Uint8Array, at: number): boolean => ((CLASS[bytes[at] as number] as number) & TOKEN) !== 0;

/** Gives the index of the last character from `from` back to `low` that is no token character, `low - 1` when there is none. */
const breakBack = (bytes: Uint8Array, from: number, low: number): number => {
  let at = from;
  while (at >= low && isToken(bytes, at)) at--;
  return at;
};

const runEnd = (bytes: Uint8Array, from: number): number => {
  let at = from;
  // The byte behind the text is 0, which is no token character.
  while (isToken(bytes, at)) at++;
  return at;
};

const bitsOf = (bytes: Uint8Array, start: number, end: number): number => {
  let bits = 0;
  for (let i = start; i < end; i++) bits |= CLASS[bytes[i] as number] as number;
  return bits;
};

/**
 * Finds every run of at least 14 token characters. It looks at each fourteenth character only: where that is no token character, no
 * run of the length ends before it, and the thirteen in between are never read. This is the one pass over most of a text.
 */
export const eachRun = (bytes: Uint8Array, length: number, onRun: OnRun): void => {
  // A run that is not yet seen starts at `low` or later.
  let low = 0;
  let at = MIN_RUN - 1;
  while (at < length) {
    const broken = breakBack(bytes, at, low);
    if (broken >= low) {
      low = broken + 1;
      // What is known to be token characters is not read again.
      const known = at + 1;
      at = broken + MIN_RUN;
      if (at >= length) return;
      const next = breakBack(bytes, at, known);
      if (next >= known) {
        low = next + 1;
        at = next + MIN_RUN;
        continue;
      }
    }
    const end = runEnd(bytes, at + 1);
    onRun(low, end, bitsOf(bytes, low, end));
    low = end + 1;
    at = end + MIN_RUN;
  }
};
