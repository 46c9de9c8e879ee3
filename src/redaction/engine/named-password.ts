import type { HitList } from './hits.ts';
import { type Joint, jointAt } from './password-joint.ts';
import { isLoosePassword, isPassword } from './password-test.ts';
import { isOwnName, nameStrength } from './secret-words.ts';

// An ampersand ends a value only where another parameter, or the name of a sign, follows.
const PARAMETER = /&(?:(?:amp;)?[\w.%[\]-]{1,40}=|#?[A-Za-z0-9]{2,8};)/y;
const ENDS = Uint8Array.from({ length: 128 }, (_, code) => (/[\s"'`,;<>)}\]\\]/.test(String.fromCharCode(code)) ? 1 : 0));
const LINE_END = 10;
const BACKSLASH = 92;
const AMPERSAND = 38;
const MAX_VALUE = 200;

/** Gives where a value between quotes ends, or `undefined` where none closes it. An escaped one belongs to the value, unless the first is escaped as well. */
const quotedEnd = (text: string, from: number, most: number, quote: string): number | undefined => {
  const close = quote.charCodeAt(quote.length - 1);
  const escaped = quote.length > 1;
  let end = from;
  for (let unit = text.charCodeAt(end); unit !== close; unit = text.charCodeAt(end)) {
    end += !escaped && unit === BACKSLASH ? 2 : 1;
    if (end >= most || unit === LINE_END) return undefined;
  }
  if (escaped) while (end > from && text.charCodeAt(end - 1) === BACKSLASH) end--;
  return end;
};

const plainEnd = (text: string, from: number, most: number): number => {
  let end = from;
  for (; end < most && ENDS[text.charCodeAt(end)] !== 1; end++) {
    if (text.charCodeAt(end) !== AMPERSAND || text.charCodeAt(end + 1) === AMPERSAND) continue;
    PARAMETER.lastIndex = end;
    if (PARAMETER.test(text)) break;
  }
  return end;
};

/** Gives where a value ends: at its quote, or before what ends it without one. */
const valueEnd = (text: string, from: number, quote: string | undefined): number => {
  const most = Math.min(text.length, from + MAX_VALUE);
  return (quote === undefined ? undefined : quotedEnd(text, from, most, quote)) ?? plainEnd(text, from, most);
};

// Behind one word of a sentence stands the next.
const NEXT_WORD = /[ \t][A-Za-z]/y;

const SENTENCE_END = /[.,;:?]+$/;
// A verb as well: only a sign makes a name of it.
const VERB = /^pass$/i;
// The name of a test, which passed: "--- PASS: TestParse/empty".
const TEST = /^(?:Test|Fuzz|Example|Benchmark)\w|^[\w.-]+\//;
const WORD_CHAR = /\w/;
const LETTER = /[A-Za-z0-9]/;
// A file such as .netrc: "machine … login … password …".
const LOGIN = /\blogin\s\S{1,64}\s{1,8}$/;
const LOGIN_CHARS = 80;
// Two letters are a name only where they are a word.
const SHORT_NAME = 3;

/** A name that is followed by something which may join it to a value. */
interface Place {
  readonly text: string;
  readonly name: string;
  /** Where the name begins. */
  readonly at: number;
  /** It is the verb that is a name as well, and nothing more. */
  readonly verb: boolean;
}

const isName = (text: string, name: string, at: number): boolean => {
  const before = text.charAt(at - 1);
  // "arn:aws:…:secret:name" is an address.
  if (before === ':' && LETTER.test(text.charAt(at - 2))) return false;
  return nameStrength(name) !== 'none' && (name.length >= SHORT_NAME || !LETTER.test(before));
};

const isFound = (place: Place, joint: Joint, value: string, end: number): boolean => {
  const { text, name, at, verb } = place;
  const quoted = joint.quote !== undefined;
  if (isOwnName(name, value) || (verb && TEST.test(value))) return false;
  if (joint.loose) return isLoosePassword(value, joint.said || LOGIN.test(text.slice(Math.max(0, at - LOGIN_CHARS), at)), quoted && !joint.called);
  NEXT_WORD.lastIndex = end;
  return isPassword(value, quoted, quoted || !NEXT_WORD.test(text));
};

/** Notes the password behind the name that begins at `at`; gives where it ends, or 0 when none is there. */
export const namedPassword = (text: string, at: number, nameEnd: number, list: HitList): number => {
  const name = text.slice(at, nameEnd);
  if (!isName(text, name, at)) return 0;
  const verb = VERB.test(name) && !WORD_CHAR.test(text.charAt(at - 1));
  const joint = jointAt(text, nameEnd, verb);
  if (joint === undefined) return 0;
  const end = valueEnd(text, joint.end, joint.quote);
  const raw = text.slice(joint.end, end);
  const value = joint.loose && joint.quote === undefined ? raw.replace(SENTENCE_END, '') : raw;
  const found = isFound({ text, name, at, verb }, joint, value, end);
  if (found) list.add('password', joint.end, joint.end + value.length, 'a value behind the name of a password');
  // Behind a loose joint stood a word, which may be the name of another.
  return joint.loose && !found ? 0 : end;
};
