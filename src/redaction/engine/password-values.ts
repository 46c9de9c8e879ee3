import type { HitList } from './hits.ts';
import { shapeOf } from './randomness.ts';
import { nameStrength } from './secret-words.ts';
import type { Subject } from './subject.ts';

// A name for a password, what joins it to its value, and the quote that opens the value.
const NAMED =
  /((?:pass(?:word|wd|phrase|code|wort)|pwd|secret)(?:[A-Za-z0-9_-]{0,16})?)["'`\]\\]{0,4}(?:[ \t]{0,20}(?::?=>?|:)[ \t]{0,4}|[ \t]+value=|>\s{0,20})(\\?["'`])?/gi;
const FLAG =
  /(?:^|[\s"'[,])--?(?:password|passwd|pass|token|secret|api-?key|auth-?token|access-?token|client-?secret|private-?key)(?:[= ]|["'],\s{0,4}["'])["']?(?=([^\s"'`,\]]{6,200}))/gi;
const CURL_USER = /\s(?:-u|--user|--proxy-user)[= ]\s{0,4}(?:"([^"\n]{3,200})"|'([^'\n]{3,200})'|([^\s"']{2,100}:[^\s"']{3,100}))/g;
const UNQUOTED_END = /[\s"'`,;<>)}\]&\\]/;
const PLACEHOLDER =
  /your|example|placeholder|change[-_]?me|insert|redacted|dummy|x{4}|\*{3}|\.{3}|\$\{|\$\(|\{\{|%[sd]|process\.env|environ|getenv|^(?:undefined|null|none|true|false|string|required|optional|hidden|secret|password|passwd|test|admin)\W?$/i;
const CODE = /^(?:[A-Za-z_$][\w$]*\.[A-Za-z_$][\w$.]*\(?|[A-Za-z_$][\w$]*\(|new |await |async |function|=>|\/\/|\/\*|[([{@$<|!])/;
const MAX_VALUE = 200;
const MIN_VALUE = 6;

const valueEnd = (text: string, from: number, quote: string | undefined): number => {
  const most = Math.min(text.length, from + MAX_VALUE);
  let end = from;
  if (quote !== undefined) {
    const close = quote.at(-1) ?? '"';
    while (end < most && text.charAt(end) !== close && text.charAt(end) !== '\n') end++;
    if (quote.length > 1 && text.charAt(end - 1) === '\\') end--;
    return end;
  }
  while (end < most && !UNQUOTED_END.test(text.charAt(end))) end++;
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

const namedPasswords = (text: string, list: HitList): void => {
  NAMED.lastIndex = 0;
  for (let match = NAMED.exec(text); match !== null; match = NAMED.exec(text)) {
    list.tick();
    const start = match.index + match[0].length;
    const end = valueEnd(text, start, match[2]);
    // "arn:aws:…:secret:name" is an address.
    if (text.charAt(match.index - 1) !== ':' && nameStrength(match[1] ?? '') !== 'none' && isPassword(text.slice(start, end), match[2] !== undefined))
      list.add('password', start, end, 'a value behind the name of a password');
    if (NAMED.lastIndex === match.index) NAMED.lastIndex++;
  }
};

const flags = (text: string, list: HitList): void => {
  FLAG.lastIndex = 0;
  for (let match = FLAG.exec(text); match !== null; match = FLAG.exec(text)) {
    list.tick();
    const value = match[1] ?? '';
    const start = match.index + match[0].length;
    if (isPassword(value, true)) list.add('argv-flag', start, start + value.length, 'the value of a command line flag that is secret by its name');
  }
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

/** Finds passwords by the name, flag or command before them, however plain they look. */
export const passwordValues = ({ text }: Subject, list: HitList): void => {
  namedPasswords(text, list);
  if (text.includes('-')) {
    flags(text, list);
    if (text.includes('curl')) curlUsers(text, list);
  }
};
