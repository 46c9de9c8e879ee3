/**
 * The end of a line and the blank line behind it, in any form that an event stream allows. A carriage return in front of a line feed is one end with it;
 * one that a text ends in, behind a line feed, may be the first half of such a pair.
 */
const BLANK_LINE = /(?:\r\n|\n)(?:\r?\n|\r(?=[^\n]))|\r\r\n?/;

/** The same, to find them all. */
export const BLANK_LINES: RegExp = new RegExp(BLANK_LINE, 'g');

/** Where the first complete event of a text of an event stream ends, or 0. */
export const firstEventEnd = (text: string): number => {
  if (text.includes('\r')) {
    const found = BLANK_LINE.exec(text);
    return found === null ? 0 : found.index + found[0].length;
  }
  const at = text.indexOf('\n\n');
  return at < 0 ? 0 : at + 2;
};

/** Where the last complete event of a text of an event stream ends, or 0. */
export const lastEventEnd = (text: string): number => {
  let at = text.lastIndexOf('\n\n');
  if (text.includes('\r')) {
    at = Math.max(at, text.lastIndexOf('\r\r'), text.length < 3 ? -1 : text.lastIndexOf('\n\r', text.length - 3));
    if (at >= 0 && text.startsWith('\r\n', at + 1)) return at + 3;
  }
  return at < 0 ? 0 : at + 2;
};
