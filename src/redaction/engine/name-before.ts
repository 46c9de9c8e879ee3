import { mayStandBeside } from './secret-words.ts';
import type { Subject } from './subject.ts';
import { kindOf, mayTell, roleOf } from './telling-words.ts';
import { charSet, isBlank, skip, skipBlanks, wordBack, wordStart } from './word-back.ts';

/** What stands before a value: the name it is given, and how the two are joined. */
export interface NameBefore {
  readonly name: string;
  /** The word before the name, empty where there is none: a name may be two words. */
  readonly before: string;
  /**
   * `assigned` by `=`, `:`, `=>`, `>`, `||`, a dash or as the next argument; `flag` after `--name`; `scheme` after a word like Bearer; `said`
   * after "is"; `beside` with nothing but a blank, a bracket or a quote between.
   */
  readonly joint: 'assigned' | 'flag' | 'scheme' | 'said' | 'beside';
}

const BLANKS = ' \t\r\n';
const OPENING = charSet('"\'`\\([{<');
const QUOTES = charSet('"\'`');
const CLOSING = charSet('"\'`\\)[]}');
// Besides signs, what stands for one: `a || "x"`, `a ?? "x"`, the border of a cell.
const ASSIGNING = charSet('=:>|?');
// Behind a name, up to its sign: `?=`, `+=`, `!==`, `->`, and the stars of a bold word.
const BESIDE_SIGN = charSet(`=:>~?|+.!-*${BLANKS}`);
const BRACKETS = charSet('{([');
// YAML says with these how a block of lines is read: `key: >-`, `key: |+`.
const BLOCK = charSet('>|');
const CHOMPING = charSet('-+');
// Between a name and its type, and between the two members of a pair.
const TYPE_JOINT = charSet(`${BLANKS}&*:?|<>[]`);
const PAIR_JOINT = charSet(`${BLANKS}"'\\,{`);
const HEADER_JOINT = charSet('"\'\\:=, ');
const STARS = charSet('*_');
// What ends an argument with a quoted name: `"token"`, `headers['token']`.
const CLOSED_ARGUMENT = charSet('"\'`\\]');
const MAY_END_NAME = charSet('ABCDEFGHIJKLMNOPQRSTUVWXYZnstydel');
const COMMA = 44;
const DASH = 45;

const MAX_BLANKS = 24;
// A quote of JSON has fifteen backslashes when it was put into JSON four times.
const MAX_QUOTES = 17;
const MAX_PAIR_JOINT = 48;
const MAX_PHRASE = 64;

const AUTHORIZATION = /authorization$/i;
const CONSTANT = /^[A-Z][A-Z\d]*_[A-Z\d_]+$/;
// The last words of a sentence: "the API key that I use".
const PHRASE = /(?:^|[.!?;:,\n])([^.!?;:,\n]*)$/;

/** Gives the word that has the type which begins at `typeStart`: "var x string", "x: &str", "x: string | undefined". */
const typedWord = (subject: Subject, typeStart: number): string => {
  let start = typeStart;
  for (let types = 0; types < 3; types++) {
    const last = wordBack(subject, skip(subject.bytes, start - 1, TYPE_JOINT, 6));
    if (roleOf(last.word) !== 'type') return last.word;
    ({ start } = last);
  }
  return '';
};

const assigned = (subject: Subject, signAt: number): NameBefore | undefined => {
  const { bytes } = subject;
  const named = skip(bytes, signAt, BESIDE_SIGN, 8);
  const last = wordBack(subject, skipBlanks(bytes, skip(bytes, named, CLOSING, MAX_QUOTES), MAX_BLANKS));
  if (last.word === '') return undefined;
  const role = roleOf(last.word);
  if (role === 'type') return { name: typedWord(subject, last.start), before: '', joint: 'assigned' };
  if (role === 'value') {
    const name = wordBack(subject, skip(bytes, last.start - 1, PAIR_JOINT, MAX_PAIR_JOINT)).word;
    return { name, before: '', joint: 'assigned' };
  }
  // "License Key: …": the name may be two words.
  const before = wordBack(subject, skipBlanks(bytes, last.start - 1, 2)).word;
  return { name: last.word, before: roleOf(before) === 'type' ? '' : before, joint: 'assigned' };
};

const argument = (subject: Subject, commaAt: number, quoted: boolean): NameBefore | undefined => {
  const { bytes } = subject;
  const end = skipBlanks(bytes, commaAt - 1, 4);
  const closed = skip(bytes, end, CLOSED_ARGUMENT, MAX_QUOTES);
  // Without quotes only a constant or the name of a secret names its neighbor: `setopt(handle, OPT_PASSWORD, "x")`.
  if (closed === end && (!quoted || MAY_END_NAME[bytes[end] ?? 0] !== 1)) return undefined;
  const { word } = wordBack(subject, closed);
  return word === '' || (closed === end && !CONSTANT.test(word) && !mayStandBeside(word)) ? undefined : { name: word, before: '', joint: 'assigned' };
};

/** Reads what is said to be something: "the token is", "the API key that I use is". */
const said = (subject: Subject, verbStart: number): NameBefore | undefined => {
  const { word: name, start } = wordBack(subject, skipBlanks(subject.bytes, verbStart - 1, 2));
  if (name === '') return undefined;
  const phrase = PHRASE.exec(subject.text.slice(Math.max(0, start - MAX_PHRASE), start))?.[1] ?? '';
  return { name, before: phrase, joint: 'said' };
};

/** Tells whether the word at `start` stands where a header says by which scheme one is authorized. */
const isHeader = (subject: Subject, start: number, digits: boolean): boolean => {
  if (!digits) return false;
  const sign = skipBlanks(subject.bytes, start - 1, 2);
  const byte = subject.bytes[sign] ?? 0;
  return HEADER_JOINT[byte] === 1 && AUTHORIZATION.test(wordBack(subject, skip(subject.bytes, sign, HEADER_JOINT, 8)).word);
};

/** Gives where what opens a value begins: quotes and brackets, and a blank inside of them. */
const openingStart = (bytes: Uint8Array, valueStart: number): number => {
  const opened = skip(bytes, valueStart - 1, OPENING, MAX_QUOTES);
  if (opened < valueStart - 1 || !isBlank(bytes, opened)) return opened;
  const inside = skipBlanks(bytes, opened, 2);
  return QUOTES[bytes[inside] ?? 0] === 1 ? skip(bytes, inside, OPENING, MAX_QUOTES) : opened;
};

/** Tells what a word that ends at `at` says of the value behind it. */
const told = (subject: Subject, start: number, at: number, digits: boolean): NameBefore | undefined => {
  const word = subject.text.slice(start, at + 1);
  const kind = kindOf(word);
  if (kind === 'scheme') return { name: word, before: '', joint: 'scheme' };
  if (kind === 'said') return said(subject, start);
  // The rest is for values that hold a digit: most words of prose stand beside others.
  if (!digits || !mayStandBeside(word)) return undefined;
  return { name: word, before: wordBack(subject, skipBlanks(subject.bytes, start - 1, 2)).word, joint: 'beside' };
};

/** Reads the word that ends at `at`, directly before the value or what opens it. */
const beside = (subject: Subject, at: number, digits: boolean): NameBefore | undefined => {
  const { bytes, text } = subject;
  const start = wordStart(bytes, at);
  if (start > at) return undefined;
  if (bytes[start] === DASH) return { name: text.slice(start, at + 1), before: '', joint: 'flag' };
  if (isHeader(subject, start, digits)) return { name: text.slice(start, at + 1), before: '', joint: 'scheme' };
  return mayTell(bytes[at - 1] ?? 0, bytes[at] ?? 0) ? told(subject, start, at, digits) : undefined;
};

/** Goes back over what may stand between a joint and the value: blanks, the stars of bold words, a bracket with a blank behind it, how YAML reads lines. */
const jointBefore = (bytes: Uint8Array, opened: number): number => {
  const at = skipBlanks(bytes, opened, MAX_BLANKS);
  const byte = bytes[at] ?? 0;
  if (STARS[byte] === 1) return skipBlanks(bytes, skip(bytes, at, STARS, 3), 2);
  if (at < opened && BRACKETS[byte] === 1) return skipBlanks(bytes, at - 1, 2);
  return CHOMPING[byte] === 1 && BLOCK[bytes[at - 1] ?? 0] === 1 ? at - 1 : at;
};

/** Tells whether the character at `at` assigns: a sign, another choice, a dash between blanks. */
const assigns = (bytes: Uint8Array, at: number, opened: number): boolean => {
  const byte = bytes[at] ?? 0;
  return ASSIGNING[byte] === 1 || (byte === DASH && at < opened && isBlank(bytes, at - 1));
};

/**
 * Gives the name before the value that begins at `valueStart`, or `undefined` when nothing names it.
 * @param digits whether the value holds a digit
 */
export const nameBefore = (subject: Subject, valueStart: number, digits: boolean): NameBefore | undefined => {
  const { bytes } = subject;
  const opened = openingStart(bytes, valueStart);
  const at = jointBefore(bytes, opened);
  if (at < 0) return undefined;
  if (assigns(bytes, at, opened)) return assigned(subject, at);
  if (bytes[at] === COMMA) return argument(subject, at, opened < valueStart - 1);
  return at < valueStart - 1 ? beside(subject, at, digits) : undefined;
};
