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

const outside = (text: string, hit: Hit, marks: readonly RegExpExecArray[]): readonly Hit[] => {
  let pieces: readonly Hit[] = [hit];
  for (const mark of marks) {
    const from = mark.index;
    const to = from + mark[0].length;
    pieces = pieces.flatMap((piece) => {
      if (piece.end <= from || piece.start >= to) return [piece];
      return [
        { ...piece, end: from },
        { ...piece, start: to },
      ].filter((part) => part.end > part.start && LEFTOVER.test(text.slice(part.start, part.end)));
    });
  }
  return pieces;
};

/** Leaves out what is a mark already, so that redacting twice changes nothing more. */
export const withoutMarks = (text: string, hits: readonly Hit[]): readonly Hit[] => {
  if (hits.length === 0 || !text.includes('[')) return hits;
  const marks = [...text.matchAll(MARK)];
  return marks.length === 0 ? hits : hits.flatMap((hit) => outside(text, hit, marks));
};
