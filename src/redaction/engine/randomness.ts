import { CLASS, DIGIT, LOWER, UPPER } from './char-class.ts';
import { PAIR_BITS } from './letter-pairs.ts';

/** What a value is made of, as far as telling keys from words needs it. */
export interface Shape {
  readonly length: number;
  readonly digits: number;
  readonly letters: number;
  readonly distinct: number;
  /** Mean surprise in bits of a step from one character to the next: words under 3, keys over 4. */
  readonly surprise: number;
}

/** How many characters of a long value are judged: a key is random from the first to the last. */
export const JUDGED = 256;
const DIGIT_STEP_BITS = 3.3;
const CLASS_STEP_BITS = 5;
const CASE_STEP_BITS = 5;
const LOWER_A = 97;

const seen = new Uint8Array(128);

/** Tells the surprise of one step between two characters; `bits` are their classes. */
const stepBits = (before: number, beforeBits: number, now: number, nowBits: number): number => {
  const letters = LOWER | UPPER;
  if ((beforeBits & letters) !== 0 && (nowBits & letters) !== 0) {
    // A hump of camel case starts a new word: the pair across it says nothing.
    if ((beforeBits & LOWER) !== 0 && (nowBits & UPPER) !== 0) return CASE_STEP_BITS;
    return PAIR_BITS[((before | 32) - LOWER_A) * 26 + ((now | 32) - LOWER_A)] ?? 0;
  }
  if ((beforeBits & DIGIT) !== 0 && (nowBits & DIGIT) !== 0) return DIGIT_STEP_BITS;
  if ((beforeBits & DIGIT) !== 0 && (nowBits & letters) !== 0) return CLASS_STEP_BITS;
  return (beforeBits & letters) !== 0 && (nowBits & DIGIT) !== 0 ? CLASS_STEP_BITS : 1;
};

/** Measures the characters of `text` from `start` to `end`. */
export const shapeOf = (text: string, start: number, end: number): Shape => {
  seen.fill(0);
  const stop = Math.min(end, start + JUDGED);
  let digits = 0;
  let letters = 0;
  let distinct = 0;
  let total = 0;
  let before = 0;
  let beforeBits = 0;
  for (let i = start; i < stop; i++) {
    const now = text.charCodeAt(i);
    const bits = now < 128 ? (CLASS[now] ?? 0) : 0;
    if (now < 128 && seen[now] === 0) {
      seen[now] = 1;
      distinct++;
    }
    if ((bits & DIGIT) !== 0) digits++;
    else if ((bits & (LOWER | UPPER)) !== 0) letters++;
    if (i > start) total += stepBits(before, beforeBits, now, bits);
    before = now;
    beforeBits = bits;
  }
  const length = stop - start;
  return { length, digits, letters, distinct, surprise: length > 1 ? total / (length - 1) : 0 };
};

/** Tells whether a value looks made by chance rather than by a person; `least` is the surprise wanted, in bits a character. */
export const looksRandom = (text: string, start: number, end: number, least = 3.4): boolean => {
  const shape = shapeOf(text, start, end);
  if (shape.distinct < Math.min(8, shape.length / 2)) return false;
  return shape.surprise >= least;
};
