import { BudgetSpent } from './hits.ts';
import type { Subject } from './subject.ts';
import { HIDDEN, LOOKALIKE, PAIR, unusualKind } from './unusual-units.ts';
import { Replacements } from './view.ts';
import { MANY } from './wide-units.ts';

const MAX_REPLACEMENTS = 400_000;
const GONE = -1;
const LINE_END = 10;

const DIGIT_OF = new Int8Array(256).fill(-1);
for (const [i, digit] of '0123456789abcdef'.split('').entries()) {
  DIGIT_OF[digit.charCodeAt(0)] = i;
  DIGIT_OF[digit.toUpperCase().charCodeAt(0)] = i;
}
const hexAt = (bytes: Uint8Array, at: number): number => DIGIT_OF[bytes[at] ?? 0] ?? -1;

// Printable ASCII reads as it is, blanks as a line end, and what does not show as nothing; any other code is no disguise.
const isHidden = (code: number): boolean => code === 0xad || (code >= 0x200b && code <= 0x200f) || code === 0x2060 || code === 0xfeff;
const readAs = (code: number): number | undefined => {
  if (code >= 32 && code < 127) return code;
  if (code === 9 || code === 10 || code === 13) return LINE_END;
  return isHidden(code) ? GONE : undefined;
};

const percents = ({ text, bytes }: Subject, found: Replacements): void => {
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
    const high = hexAt(bytes, at + 1);
    const low = hexAt(bytes, at + 2);
    const code = high < 0 || low < 0 ? undefined : readAs(high * 16 + low);
    if (code !== undefined) found.add(at, at + 3, code);
  }
};

const LETTER_U = 117;
const LETTER_X = 120;
const SLASH = 47;
const BRACED = /\{0{0,4}([0-9A-Fa-f]{1,4})\}/y;

const hexCode = (bytes: Uint8Array, from: number, digits: number): number => {
  let code = 0;
  for (let i = from; i < from + digits; i++) {
    const digit = hexAt(bytes, i);
    if (digit < 0) return -1;
    code = code * 16 + digit;
  }
  return code;
};

const BACKSLASH = 92;
const ESCAPE = 27;
// What follows an escape where a terminal is told a color.
const COLOR = /\[[\d;]{0,20}m/y;

/** Gives where the color that an escape opens ends, or -1: logs of terminals glue its last letter to what they show. */
const colorEnd = (text: string, from: number): number => {
  COLOR.lastIndex = from;
  return COLOR.test(text) ? COLOR.lastIndex : -1;
};

const colors = ({ text }: Subject, found: Replacements): void => {
  for (let at = text.indexOf('\u001b'); at >= 0; at = text.indexOf('\u001b', at + 1)) {
    const end = colorEnd(text, at + 1);
    if (end > 0) found.add(at, end, GONE);
  }
};

const MAX_BACKSLASHES = 8;

/** Gives where the backslashes that end at `at` begin: JSON within JSON has two before a letter, and in another more of them. */
const firstBackslash = (bytes: Uint8Array, at: number): number => {
  let first = at;
  while (first > 0 && at - first < MAX_BACKSLASHES && bytes[first - 1] === BACKSLASH) first--;
  return first;
};

/** What an escape behind a backslash stands for, and where it ends; the code is -1 when it is none. */
const escaped = ({ text, bytes }: Subject, at: number, kind: number): { readonly code: number; readonly end: number } => {
  const digits = kind === LETTER_U ? 4 : 2;
  const code = hexCode(bytes, at + 2, digits);
  if (code >= 0 || kind !== LETTER_U) return { code, end: at + 2 + digits };
  BRACED.lastIndex = at + 2;
  const braced = BRACED.exec(text);
  return braced === null ? { code, end: at } : { code: Number.parseInt(braced[1] ?? '', 16), end: BRACED.lastIndex };
};

const backslashes = (subject: Subject, found: Replacements): void => {
  const { text, bytes } = subject;
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', at + 1)) {
    const kind = bytes[at + 1];
    if (kind === SLASH) found.add(at, at + 2, SLASH);
    if (kind !== LETTER_U && kind !== LETTER_X) continue;
    const { code, end } = escaped(subject, at, kind);
    const read = code === ESCAPE ? GONE : readAs(code);
    const last = code === ESCAPE ? colorEnd(text, end) : end;
    if (read !== undefined && last > 0) found.add(firstBackslash(bytes, at), last, read);
  }
};

const ENTITY = /&(?:#(?:0{0,4}(\d{2,5})|[xX]0{0,4}([0-9A-Fa-f]{2,4}))|([A-Za-z]{2,14}));/y;
const ENTITIES: Readonly<Record<string, number>> = {
  amp: 38,
  lt: 60,
  gt: 62,
  quot: 34,
  apos: 39,
  hyphen: 45,
  dash: 45,
  lowbar: 95,
  period: 46,
  sol: 47,
  colon: 58,
  equals: 61,
  plus: 43,
};
const GONE_ENTITIES = new Set(['shy', 'zwnj', 'zwj', 'ZeroWidthSpace']);

const entities = ({ text }: Subject, found: Replacements): void => {
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    ENTITY.lastIndex = at;
    const match = ENTITY.exec(text);
    if (match === null) continue;
    const [, decimal, hex, name] = match;
    const code =
      name === undefined ? readAs(decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)) : GONE_ENTITIES.has(name) ? GONE : ENTITIES[name];
    if (code !== undefined) found.add(at, ENTITY.lastIndex, code);
  }
};

const MATHEMATICAL = 0xd835;
const FIRST_UNUSUAL = 0xad;

const compatible = (letter: string): number => {
  const code = letter.normalize('NFKC').charCodeAt(0);
  return code < 127 ? code : GONE;
};

/** Notes the sign at a place when it is unusual; gives how many units it has. */
const unusualAt = (original: string, at: number, found: Replacements): number => {
  const unit = original.charCodeAt(at);
  const kind = unit < FIRST_UNUSUAL ? 0 : unusualKind(unit);
  if (kind === HIDDEN) found.add(at, at + 1, GONE);
  else if (kind === LOOKALIKE) found.add(at, at + 1, unit >= 0xff01 && unit <= 0xff5e ? unit - 0xfee0 : compatible(original.charAt(at)));
  if (kind !== PAIR) return 1;
  found.add(at, at + 2, unit === MATHEMATICAL ? compatible(original.slice(at, at + 2)) : GONE);
  return 2;
};

const unusual = ({ original, length, unusual: places }: Subject, found: Replacements): void => {
  if (places.length >= MANY) {
    for (let at = 0; at < length;) at += unusualAt(original, at, found);
    return;
  }
  let next = 0;
  for (const at of places) if (at >= next) next = at + unusualAt(original, at, found);
};

/**
 * Finds what hides a secret from a plain reading, and what each place says when read as it is meant: escapes of URLs, JavaScript, JSON,
 * HTML and terminals, signs that do not show, letters that look like those of ASCII. @throws BudgetSpent beyond 400,000 places
 */
export const disguises = (subject: Subject): Replacements => {
  const found = new Replacements();
  percents(subject, found);
  colors(subject, found);
  backslashes(subject, found);
  entities(subject, found);
  unusual(subject, found);
  if (found.count > MAX_REPLACEMENTS) throw new BudgetSpent('findings');
  return found;
};
