import type { Subject } from './subject.ts';
import { charSet } from './word-back.ts';

const LESS = 60;
const SLASH = 47;
const CLOSED = charSet('}])"\' \t\r\n');
const CLOSING_TAG = /<\/([A-Za-z][\w.:-]{0,47})/y;

/** Gives the name of the element of XML that is closed behind a value which ends at `end`: an element may hold attributes, or more than the value. */
export const nameBehind = ({ bytes, text }: Subject, end: number): string => {
  let at = end;
  while (at - end < 4 && CLOSED[bytes[at] ?? 0] === 1) at++;
  if (bytes[at] !== LESS || bytes[at + 1] !== SLASH) return '';
  CLOSING_TAG.lastIndex = at;
  return CLOSING_TAG.exec(text)?.[1] ?? '';
};
