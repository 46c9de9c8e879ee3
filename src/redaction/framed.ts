import type { Hit } from './engine/hits.ts';

/** A value as it reads in a text behind its name. */
export interface Framed {
  readonly text: string;
  /** Gives of findings in `text` what lies in the value, by its own places. */
  inside(hits: readonly Hit[]): readonly Hit[];
}

const QUOTES = ['"', "'", '`'];
const LONGEST_NAME = 64;
const NO_NAME = /[^\w.$@-]/g;

/** Writes a value behind its name the way JSON does, or as the next member of a list, so that what reads names in a text reads this one too. */
export const framed = (name: string, value: string, listed: boolean): Framed => {
  // A quote in the value would end it.
  const quote = QUOTES.find((sign) => !value.includes(sign)) ?? '"';
  const opening = `"${name.slice(-LONGEST_NAME).replace(NO_NAME, '_')}"${listed ? ',' : ':'} ${quote}`;
  const from = opening.length;
  const to = from + value.length;
  const inside = (hits: readonly Hit[]): readonly Hit[] =>
    hits.flatMap((hit) => (hit.end <= from || hit.start >= to ? [] : [{ ...hit, start: Math.max(hit.start, from) - from, end: Math.min(hit.end, to) - from }]));
  return { text: `${opening}${value}${quote}`, inside };
};
