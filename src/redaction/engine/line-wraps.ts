import { classAt, DIGIT, LOWER, TOKEN, UPPER } from './char-class.ts';
import { shapeOf } from './randomness.ts';
import type { Subject } from './subject.ts';
import type { Replacement } from './view.ts';

// A line break, real or escaped, with the indent or quote mark of the next line.
const BREAK = /(?:\r?\n|\\r\\n|\\n)[ \t]*(?:[>|#*][ \t]?)?/y;
const MAX_FRAGMENT = 256;
const MAX_WRAPS = 2000;
// The first line of a wrapped key is long, or the key begins near its end.
const MIN_FIRST = 4;
const MIN_JOINED = 16;
const SHORT_FIRST = 12;
const SPACE = 32;
const BASE64 = new Set(['+', '/', '=', '.', '~'].map((char) => char.charCodeAt(0)));
const NEWLINE = 10;
const RETURN = 13;
const BACKSLASH = 92;

const isPart = (bytes: Uint8Array, at: number): boolean => at >= 0 && ((classAt(bytes, at) & TOKEN) !== 0 || BASE64.has(bytes[at] ?? 0));

const fragment = (bytes: Uint8Array, from: number, step: 1 | -1): number => {
  let at = from;
  while (Math.abs(at - from) < MAX_FRAGMENT && isPart(bytes, at)) at += step;
  return at;
};

/** Tells whether a fragment reads like a piece of a key rather than a word. */
const isPiece = (text: string, start: number, end: number): boolean => {
  const shape = shapeOf(text, start, end);
  if (shape.digits > 0 && shape.letters > 0) return shape.surprise >= 3;
  return shape.letters > 4 && shape.surprise >= 4.3;
};

/** A tail of a few letters says nothing by itself: it counts when it stands alone on its line behind a long piece. */
const isTail = ({ bytes, length }: Subject, start: number, at: number, next: number, end: number): boolean =>
  end - next <= 4 && at - start >= 20 && (end >= length || (classAt(bytes, end) & TOKEN) === 0) && bytes[end] !== SPACE;

const isCut = (subject: Subject, at: number, next: number): boolean => {
  const { text, bytes } = subject;
  const start = fragment(bytes, at - 1, -1) + 1;
  const end = fragment(bytes, next, 1);
  if (at - start < MIN_FIRST || at - start + end - next < MIN_JOINED) return false;
  if (!isTail(subject, start, at, next, end) && !isPiece(text, next, end)) return false;
  return at - start < SHORT_FIRST || isPiece(text, start, at);
};

const wrapAt = (subject: Subject, at: number): Replacement | undefined => {
  if (!isPart(subject.bytes, at - 1)) return undefined;
  BREAK.lastIndex = at;
  if (!BREAK.test(subject.text)) return undefined;
  const next = BREAK.lastIndex;
  return isPart(subject.bytes, next) && isCut(subject, at, next) ? { start: at, end: next, by: '' } : undefined;
};

const hasDigitNear = (bytes: Uint8Array, at: number): boolean => {
  let bits = 0;
  for (let i = Math.max(0, at - 8); i < at; i++) bits |= classAt(bytes, i);
  return (bits & DIGIT) !== 0 || ((bits & LOWER) !== 0 && (bits & UPPER) !== 0);
};

const follows = (bytes: Uint8Array, at: number): boolean => {
  let bits = 0;
  for (let i = at + 1; i < at + 14; i++) bits |= classAt(bytes, i);
  return (bits & (DIGIT | UPPER)) !== 0;
};

/** Finds the line breaks that cut a key in two. */
export const lineWraps = (subject: Subject): readonly Replacement[] => {
  const { text, bytes } = subject;
  const found: Replacement[] = [];
  const consider = (at: number): void => {
    const before = bytes[at - 1] === RETURN ? at - 1 : at;
    if (!isPart(bytes, before - 1) || !(hasDigitNear(bytes, before) || follows(bytes, at))) return;
    const wrap = wrapAt(subject, before);
    if (wrap !== undefined) found.push(wrap);
  };
  for (let at = text.indexOf('\n'); at >= 0 && found.length < MAX_WRAPS; at = text.indexOf('\n', at + 1)) if (bytes[at] === NEWLINE) consider(at);
  const real = found.length;
  for (let at = text.indexOf('\\n'); at >= 0 && found.length < MAX_WRAPS; at = text.indexOf('\\n', at + 2)) {
    const escaped = text.startsWith('\\r', at - 2) ? at - 2 : at;
    if (bytes[escaped] === BACKSLASH && isPart(bytes, escaped - 1)) {
      const wrap = wrapAt(subject, escaped);
      if (wrap !== undefined) found.push(wrap);
    }
  }
  return real > 0 && found.length > real ? [...found].sort((a, b) => a.start - b.start) : found;
};
