import { eachAnchor } from './anchors.ts';
import { classAt, TOKEN } from './char-class.ts';
import type { HitList } from './hits.ts';
import { shapeOf } from './randomness.ts';
import { nameStrength } from './secret-words.ts';
import type { Subject } from './subject.ts';

// The rest of the name, what joins it to its value, and the quote that opens the value.
const NAMED = /([A-Za-z0-9_-]{0,24})["'`\]\\]{0,4}(?:[ \t]{0,20}(?::?=>?|:)[ \t]{0,4}|[ \t]{1,4}value=|>\s{0,20})(\\?["'`])?/y;
const FLAGGED = /[A-Za-z0-9_-]{0,24}(?:[= ]|["'],\s{0,4}["'])["']?(?=([^\s"'`,\]]{6,200}))/y;
const MAX_FLAG = 24;
const CURL_USER = /\s(?:-u|--user|--proxy-user)[= ]\s{0,4}(?:"([^"\n]{3,200})"|'([^'\n]{3,200})'|([^\s"']{2,100}:[^\s"']{3,100}))/g;
const ENDS = Uint8Array.from({ length: 128 }, (_, code) => (/[\s"'`,;<>)}\]&\\]/.test(String.fromCharCode(code)) ? 1 : 0));
const PLACEHOLDER =
  /your|example|placeholder|change[-_]?me|insert|redacted|dummy|x{4}|\*{3}|\.{3}|\$\{|\$\(|\{\{|%[sd]|process\.env|environ|getenv|^(?:undefined|null|none|true|false|string|required|optional|hidden|secret|password|passwd|test|admin)\W?$/i;
const CODE = /^(?:[A-Za-z_$][\w$]*\.[A-Za-z_$][\w$.]*\(?|[A-Za-z_$][\w$]*\(|new |await |async |function|=>|\/\/|\/\*|[([{@$<|!])/;
const LINE_END = 10;
const BACKSLASH = 92;
const DASH = 45;
const FLAG_BEFORE = /[\s"'[,]/;
const MAX_VALUE = 200;
const MIN_VALUE = 6;

const valueEnd = (text: string, from: number, quote: string | undefined): number => {
  const most = Math.min(text.length, from + MAX_VALUE);
  let end = from;
  if (quote !== undefined) {
    const close = quote.charCodeAt(quote.length - 1);
    for (let unit = text.charCodeAt(end); end < most && unit !== close && unit !== LINE_END; unit = text.charCodeAt(end)) end++;
    if (quote.length > 1 && text.charCodeAt(end - 1) === BACKSLASH) end--;
    return end;
  }
  while (end < most && ENDS[text.charCodeAt(end)] !== 1) end++;
  return end;
};

/** Tells whether what stands behind a password's name is a password and not a word, a type or code. */
const isPassword = (value: string, quoted: boolean): boolean => {
  if (value.length < MIN_VALUE || value.includes(' ') || PLACEHOLDER.test(value) || CODE.test(value)) return false;
  const shape = shapeOf(value, 0, value.length);
  if (shape.distinct < 4) return false;
  const others = shape.length - shape.digits - shape.letters;
  if (shape.letters === 0) return quoted && shape.digits >= 8;
  if (shape.digits > 0) return true;
  return others > 0 && /[!@#$%^&*+=~?]/.test(value) ? true : shape.surprise >= 4.2;
};

/** Gives where a flag begins when the word at `at` is part of one: "--db-password". */
const isFlag = (text: string, bytes: Uint8Array, at: number): boolean => {
  let start = at;
  while (start > 0 && at - start < MAX_FLAG && (classAt(bytes, start - 1) & TOKEN) !== 0) start--;
  return bytes[start] === DASH && (start === 0 || FLAG_BEFORE.test(text.charAt(start - 1)));
};

/** What may stand behind the name of a password: a quote that closes it, a joint, or an opening of its value. */
const AFTER_NAME = new Set(['"', "'", '`', ']', '\\', ' ', '\t', ':', '=', '>'].map((char) => char.charCodeAt(0)));

const nameEnd = (bytes: Uint8Array, at: number): number => {
  let end = at;
  while (end - at < MAX_FLAG && (classAt(bytes, end) & TOKEN) !== 0) end++;
  return end;
};

const namedAt = (text: string, at: number, list: HitList): number => {
  NAMED.lastIndex = at;
  const match = NAMED.exec(text);
  // "arn:aws:…:secret:name" is an address.
  if (match === null || text.charAt(at - 1) === ':' || nameStrength(match[1] ?? '') === 'none') return 0;
  const start = NAMED.lastIndex;
  const end = valueEnd(text, start, match[2]);
  if (isPassword(text.slice(start, end), match[2] !== undefined)) list.add('password', start, end, 'a value behind the name of a password');
  return end;
};

const flagAt = ({ text, bytes }: Subject, at: number, list: HitList): number => {
  if (!isFlag(text, bytes, at)) return 0;
  FLAGGED.lastIndex = at;
  const match = FLAGGED.exec(text);
  const value = match?.[1] ?? '';
  const start = FLAGGED.lastIndex;
  if (match !== null && isPassword(value, true))
    list.add('argv-flag', start, start + value.length, 'the value of a command line flag that is secret by its name');
  return match === null ? 0 : start + value.length;
};

const curlUsers = (text: string, list: HitList): void => {
  CURL_USER.lastIndex = 0;
  for (let match = CURL_USER.exec(text); match !== null; match = CURL_USER.exec(text)) {
    list.tick();
    const quoted = match[1] ?? match[2];
    const value = quoted ?? match[3] ?? '';
    if (!value.includes(':') || PLACEHOLDER.test(value)) continue;
    const start = match.index + match[0].length - value.length - (quoted === undefined ? 0 : 2);
    list.add('curl-user', start, match.index + match[0].length, 'the user and password of a curl command');
  }
};

// What stands directly before the word in "kind: Secret".
const BEFORE_KIND = new Set(['"', "'", ':', ' ', '\t'].map((char) => char.charCodeAt(0)));
const KIND = /\bkind["']?:[ \t]{0,4}["']?secret\b/i;
const KIND_BEFORE = 13;
const KIND_BEHIND = 7;

const isKind = (text: string, bytes: Uint8Array, at: number): boolean =>
  at > 0 && BEFORE_KIND.has(bytes[at - 1] ?? 0) && KIND.test(text.slice(Math.max(0, at - KIND_BEFORE), at + KIND_BEHIND));

/** Finds passwords by the name, flag or command before them, however plain they look. Gives whether the text says that it is a Kubernetes Secret. */
export const passwordValues = (subject: Subject, list: HitList): boolean => {
  const { text, bytes } = subject;
  // What was read as a value is no name of another.
  let settled = 0;
  let isSecret = false;
  const curl = eachAnchor(subject, (start, last, isSecretWord) => {
    if (isSecretWord) isSecret ||= isKind(text, bytes, start);
    if (last < settled || !AFTER_NAME.has(bytes[nameEnd(bytes, last)] ?? 0)) return;
    list.tick();
    settled = Math.max(namedAt(text, start, list), flagAt(subject, start, list));
  });
  if (curl) curlUsers(text, list);
  return isSecret;
};
