import { createHmac } from 'node:crypto';
import type { Hit } from './engine/hits.ts';

const MARK =
  /\[REDACTED:[a-z0-9-]{1,40}\]|\[[a-z][a-z0-9-]{0,39}:h_[0-9a-f]{20}\]|\[[a-z]{1,16}\/[\w.+-]{1,64} \d{1,9} K?B sha256:[0-9a-f]{12}\]|\[\+\d{1,12} characters\]/g;
const HASH_LETTERS = 20;
const LEFTOVER = /(?=[A-Za-z0-9_-]{0,63}\d)[A-Za-z0-9_-]{12,}/;

/** The mark in place of a value that could not be scanned. */
export const FAILED_MARK = '[REDACTED:failed]';

/** Gives the mark that tells what stood in its place. */
export const markOf = (detector: string): string => `[REDACTED:${detector}]`;

/** Gives a mark with 80 bits of a keyed digest, the same for the same secret and key: one can join on it and not guess from it. */
export const hashMark = (detector: string, secret: string, key: string): string =>
  `[${detector}:h_${createHmac('sha256', key).update(secret).digest('hex').slice(0, HASH_LETTERS)}]`;

/** Tells whether a text is one mark and nothing else. */
export const isMark = (text: string): boolean => {
  MARK.lastIndex = 0;
  const match = MARK.exec(text);
  return match?.index === 0 && match[0].length === text.length;
};

/** A mark in a text. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Gives the index of the first mark that ends behind `at`: there may be thousands of marks, and of hits. */
const firstBehind = (marks: readonly Span[], at: number): number => {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.to ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
};

const outside = (text: string, hit: Hit, marks: readonly Span[]): readonly Hit[] => {
  const first = firstBehind(marks, hit.start);
  if ((marks[first]?.from ?? Infinity) >= hit.end) return [hit];
  const pieces: Hit[] = [];
  const keep = (start: number, end: number): void => {
    if (end > start && LEFTOVER.test(text.slice(start, end))) pieces.push({ ...hit, start, end });
  };
  let { start } = hit;
  for (let i = first; (marks[i]?.from ?? Infinity) < hit.end; i++) {
    keep(start, marks[i]?.from ?? start);
    start = marks[i]?.to ?? start;
  }
  keep(start, hit.end);
  return pieces;
};

/** Leaves out what is a mark already, so that redacting twice changes nothing more. */
export const withoutMarks = (text: string, hits: readonly Hit[]): readonly Hit[] => {
  if (hits.length === 0 || !text.includes('[')) return hits;
  const marks = Array.from(text.matchAll(MARK), ({ index, 0: mark }): Span => ({ from: index, to: index + mark.length }));
  return marks.length === 0 ? hits : hits.flatMap((hit) => outside(text, hit, marks));
};
