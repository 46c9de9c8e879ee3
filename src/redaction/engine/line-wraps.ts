import { classAt, TOKEN } from './char-class.ts';
import { shapeOf } from './randomness.ts';
import type { Subject } from './subject.ts';
import { Replacements } from './view.ts';

// A line break, real or escaped, with the indent or quote mark of the next line.
const BREAK = /(?:\r?\n|\\r\\n|\\n)[ \t]*(?:[>|#*][ \t]?)?/y;
const MAX_FRAGMENT = 256;
const MAX_WRAPS = 2000;
// The first line of a wrapped key is long, or the key begins near its end.
const MIN_FIRST = 4;
const MIN_JOINED = 16;
const SHORT_FIRST = 12;
const SPACE = 32;
const COLON = 58;
const NO_WORD = /[A-Z0-9_]/;
const BASE64 = new Set(['+', '/', '=', '.', '~'].map((char) => char.charCodeAt(0)));
const INDENT = new Set([' ', '\t', '>', '|', '#', '*'].map((char) => char.charCodeAt(0)));
const MAX_INDENT = 24;
const LETTER_N = 110;
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

/** A tail of a few letters says nothing by itself: it counts when it stands alone on its line behind a long piece and is no small word. */
const isTail = ({ text, bytes, length }: Subject, start: number, at: number, next: number, end: number): boolean =>
  end - next <= 4 && at - start >= 20 && (end >= length || (classAt(bytes, end) & TOKEN) === 0) && bytes[end] !== SPACE && NO_WORD.test(text.slice(next, end));

const isCut = (subject: Subject, at: number, next: number): boolean => {
  const { text, bytes } = subject;
  const start = fragment(bytes, at - 1, -1) + 1;
  const end = fragment(bytes, next, 1);
  // The next line names something itself.
  if (bytes[end] === COLON) return false;
  if (at - start < MIN_FIRST || at - start + end - next < MIN_JOINED) return false;
  if (!isTail(subject, start, at, next, end) && !isPiece(text, next, end)) return false;
  return at - start < SHORT_FIRST || isPiece(text, start, at);
};

/** Gives where the line behind the break at `at` begins when the break cuts a key, or -1. */
const wrapEnd = (subject: Subject, at: number): number => {
  if (!isPart(subject.bytes, at - 1)) return -1;
  BREAK.lastIndex = at;
  if (!BREAK.test(subject.text)) return -1;
  const next = BREAK.lastIndex;
  return isPart(subject.bytes, next) && isCut(subject, at, next) ? next : -1;
};

/** Gives the line break that ends directly before a run, over an indent, or -1. */
const breakBefore = (bytes: Uint8Array, start: number): number => {
  let at = start - 1;
  while (at >= 0 && start - at < MAX_INDENT && INDENT.has(bytes[at] ?? 0)) at--;
  if (bytes[at] === NEWLINE) return bytes[at - 1] === RETURN ? at - 1 : at;
  return bytes[at] === LETTER_N && bytes[at - 1] === BACKSLASH ? at - 1 : -1;
};

/**
 * Collects line breaks that cut a key in two. It is asked at each run of the scan: of the two pieces of a cut key at least one is a run.
 */
export class LineWraps {
  /** The breaks found, in order, each to be read as nothing. */
  readonly found = new Replacements();
  readonly #subject: Subject;
  #last = -1;

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  /** Looks at the breaks before and behind a run. */
  consider(start: number, end: number): void {
    const { bytes } = this.#subject;
    const before = breakBefore(bytes, start);
    if (before > this.#last) this.#try(before);
    // An escaped break glues its letter to the run: "\nAbC".
    if (bytes[start - 1] === BACKSLASH && bytes[start] === LETTER_N && start - 1 > this.#last) this.#try(start - 1);
    let behind = end;
    while (BASE64.has(bytes[behind] ?? 0)) behind++;
    const byte = bytes[behind];
    if ((byte === NEWLINE || byte === RETURN || byte === BACKSLASH) && behind > this.#last) this.#try(behind);
  }

  #try(at: number): void {
    if (this.found.count >= MAX_WRAPS) return;
    const next = wrapEnd(this.#subject, at);
    if (next < 0) return;
    this.found.add(at, next, -1);
    this.#last = at;
  }
}
