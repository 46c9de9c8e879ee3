import { eachAnchor } from './anchors.ts';
import { classAt, TOKEN } from './char-class.ts';
import type { HitList } from './hits.ts';
import { namedPassword } from './named-password.ts';
import { isPassword, isPlaceholder } from './password-test.ts';
import type { Subject } from './subject.ts';

const FLAGGED = /[A-Za-z0-9_-]{0,24}(?:[= ]|["'],\s{0,4}["'])["']?(?=([^-\s"'`,\]][^\s"'`,\]]{5,199}))/y;
const MAX_FLAG = 24;
const CURL_USER = /\s(?:-u|--user|--proxy-user)[= ]\s{0,4}(?:"([^"\n]{3,200})"|'([^'\n]{3,200})'|([^\s"']{2,100}:[^\s"']{3,100}))/g;
const DASH = 45;
const FLAG_BEFORE = /[\s"'[,]/;

/** Gives where a flag begins when the word at `at` is part of one: "--db-password". */
const isFlag = (text: string, bytes: Uint8Array, at: number): boolean => {
  let start = at;
  while (start > 0 && at - start < MAX_FLAG && (classAt(bytes, start - 1) & TOKEN) !== 0) start--;
  return bytes[start] === DASH && (start === 0 || FLAG_BEFORE.test(text.charAt(start - 1)));
};

/** What may stand behind the name of a password: a quote that closes it, a joint, or an opening of its value. */
const AFTER_NAME = new Set(['"', "'", '`', ']', '\\', ' ', '\t', ':', '=', '>', '*', '(', ',', '|', '!', '-', '\n', '\r'].map((char) => char.charCodeAt(0)));

const nameEnd = (bytes: Uint8Array, at: number): number => {
  let end = at;
  while (end - at < MAX_FLAG && (classAt(bytes, end) & TOKEN) !== 0) end++;
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
    if (!value.includes(':') || isPlaceholder(value)) continue;
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
    if (last < settled) return;
    const end = nameEnd(bytes, last);
    if (!AFTER_NAME.has(bytes[end] ?? 0)) return;
    list.tick();
    settled = Math.max(namedPassword(text, start, end, list), flagAt(subject, start, list));
  });
  if (curl) curlUsers(text, list);
  return isSecret;
};
