import { BLANK, CLASS, classAt, TOKEN } from './char-class.ts';
import type { Subject } from './subject.ts';

/** What stands before a value: the name it is given, and how the two are joined. */
export interface NameBefore {
  readonly name: string;
  /** The word before the name, empty where there is none: a name may be two words. */
  readonly before: string;
  /** `assigned` by `=`, `:`, `=>`, `>` or as the next argument; `flag` after `--name`; `scheme` after a word like Bearer; `said` after "is". */
  readonly joint: 'assigned' | 'flag' | 'scheme' | 'said';
  readonly quoted: boolean;
}

const set = (chars: string): Uint8Array => {
  const table = new Uint8Array(256);
  for (let i = 0; i < chars.length; i++) table[chars.charCodeAt(i)] = 1;
  return table;
};
const OPENING = set('"\'`\\([{');
const QUOTES = set('"\'`');
const CLOSING = set('"\'`\\)]}');
const SIGN = set('=:>');
const BESIDE_SIGN = set('~?|+.');
const NAME_MORE = set('.$@');
const COMMA = 44;
const DASH = 45;

const MAX_BLANKS = 24;
const MAX_NAME = 64;

const SCHEMES = /^(?:bearer|basic|token|apikey|api-key|api-token|apikey-v1|flyv1|aivenv1|geniekey|digest|splunk|sso-key|zoho-oauthtoken|hawk|negotiate|ssws)$/i;
const SAID = /^(?:is|was|to|are|with)$/i;
const TYPE_WORD = /^(?:string|str|text|const|char|let|var|public|static|readonly|final)$/i;

const skip = (bytes: Uint8Array, from: number, table: Uint8Array, most: number): number => {
  let at = from;
  while (at >= 0 && from - at < most && table[bytes[at] ?? 0] === 1) at--;
  return at;
};
const skipBlanks = (bytes: Uint8Array, from: number, most: number): number => {
  let at = from;
  while (at >= 0 && from - at < most && ((CLASS[bytes[at] ?? 0] ?? 0) & BLANK) !== 0) at--;
  return at;
};

/** Reads the word that ends at `last`, at most 64 characters back. */
const wordBack = (subject: Subject, last: number): { readonly word: string; readonly start: number } => {
  const { bytes } = subject;
  let at = last;
  while (at >= 0 && last - at < MAX_NAME && ((classAt(bytes, at) & TOKEN) !== 0 || NAME_MORE[bytes[at] ?? 0] === 1)) at--;
  return { word: subject.text.slice(at + 1, last + 1), start: at + 1 };
};

const assigned = (subject: Subject, signAt: number, quoted: boolean): NameBefore | undefined => {
  const { bytes } = subject;
  let at = signAt;
  for (let steps = 0; steps < 8 && at >= 0; steps++) {
    const byte = bytes[at] ?? 0;
    if (SIGN[byte] !== 1 && BESIDE_SIGN[byte] !== 1 && ((CLASS[byte] ?? 0) & BLANK) === 0) break;
    at--;
  }
  at = skipBlanks(bytes, skip(bytes, at, CLOSING, 4), 4);
  const last = wordBack(subject, at);
  if (last.word === '') return undefined;
  // "var x string = …" and "License Key: …": the name may be two words.
  const before = wordBack(subject, skipBlanks(bytes, last.start - 1, 2)).word;
  if (TYPE_WORD.test(last.word)) return { name: before, before: '', joint: 'assigned', quoted };
  return { name: last.word, before: TYPE_WORD.test(before) ? '' : before, joint: 'assigned', quoted };
};

const argument = (subject: Subject, commaAt: number, quoted: boolean): NameBefore | undefined => {
  const end = skipBlanks(subject.bytes, commaAt - 1, 4);
  if (QUOTES[subject.bytes[end] ?? 0] !== 1) return undefined;
  const { word } = wordBack(subject, skip(subject.bytes, end, CLOSING, 3));
  return word === '' ? undefined : { name: word, before: '', joint: 'assigned', quoted };
};

const beside = (subject: Subject, at: number, quoted: boolean): NameBefore | undefined => {
  const { word, start } = wordBack(subject, at);
  if (word === '') return undefined;
  if (word.charCodeAt(0) === DASH) return { name: word, before: '', joint: 'flag', quoted };
  if (SCHEMES.test(word)) return { name: word, before: '', joint: 'scheme', quoted };
  if (!SAID.test(word)) return undefined;
  const said = wordBack(subject, skipBlanks(subject.bytes, start - 1, 2));
  const before = wordBack(subject, skipBlanks(subject.bytes, said.start - 1, 2)).word;
  return said.word === '' ? undefined : { name: said.word, before, joint: 'said', quoted };
};

/** Gives the name before the value that begins at `valueStart`, or `undefined` when nothing names it. */
export const nameBefore = (subject: Subject, valueStart: number): NameBefore | undefined => {
  const { bytes } = subject;
  const opened = skip(bytes, valueStart - 1, OPENING, 4);
  const quoted = opened < valueStart - 1;
  const at = skipBlanks(bytes, opened, MAX_BLANKS);
  if (at < 0) return undefined;
  const byte = bytes[at] ?? 0;
  if (SIGN[byte] === 1) return assigned(subject, at, quoted);
  if (byte === COMMA) return argument(subject, at, quoted);
  return at < opened || quoted ? beside(subject, at, quoted) : undefined;
};
