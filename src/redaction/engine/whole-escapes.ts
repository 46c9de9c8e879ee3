import type { Hit } from './hits.ts';

const BACKSLASH = 92;
const ESCAPE = /u[0-9a-fA-F]{4}|[nrtbf"/]/y;

/** Tells whether the character at `at` is escaped: an odd number of backslashes stands before it. */
const isEscaped = (text: string, at: number): boolean => {
  let first = at;
  while (first > 0 && text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (at - first) % 2 === 1;
};

/** Gives where the escape ends whose backslash stands before `at`. @source RFC 8259, section 7 */
const escapeEnd = (text: string, at: number): number => {
  ESCAPE.lastIndex = at;
  return ESCAPE.test(text) ? ESCAPE.lastIndex : at;
};

/**
 * Gives a finding without the halves of escapes at its ends: in JSON the letter of a line break stands before a mail address as if it were part of it, and a
 * mark in the place of half an escape would leave a text that is no JSON any more.
 */
export const withoutHalfEscapes = (text: string, hit: Hit): Hit => {
  const start = isEscaped(text, hit.start) ? escapeEnd(text, hit.start) : hit.start;
  const end = hit.end < text.length && isEscaped(text, hit.end) ? hit.end - 1 : hit.end;
  return (start === hit.start && end === hit.end) || start >= end ? hit : { ...hit, start, end };
};
