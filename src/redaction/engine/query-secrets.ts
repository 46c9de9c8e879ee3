import { isSecretName } from '../secret-names.ts';
import type { HitList } from './hits.ts';
import { shapeOf } from './randomness.ts';
import type { Subject } from './subject.ts';

const PARAMETER = /[?&](?:amp;)?([\w.-]{1,48})=/g;
// A query may stand alone, without the address it belongs to.
const FIRST_PARAMETER = /^([\w.-]{1,48})=(?=[^\s&"']{0,4096}&[\w.-]{1,48}=)/;
const VALUE = /[^?&\s"'<>#\\`;]{4,4096}/y;
// Names by which services take keys and signatures in an address, besides those that are secret everywhere.
const SIGNED = /^(?:awsaccesskeyid|googleaccessid|appid|app[_-]?key|hmac|sas|.*(?:signature|security-token|credential))$/i;
// Names of keys, but of much else too.
const UNSURE = /^(?:key|token|code|auth|session|sid|sig|state|ticket|nonce|x?_?token)$/i;
const PLACEHOLDER = /your|example|placeholder|x{4}|\*{3}|\.{3}|\$\{|[{}<>[\]]|^REDACTED|^%[sd]/i;
const UNSURE_LENGTH = 8;

const isSecretParameter = (name: string, value: string): boolean => {
  if (PLACEHOLDER.test(value)) return false;
  if (UNSURE.test(name)) {
    const shape = shapeOf(value, 0, value.length);
    return value.length >= UNSURE_LENGTH && shape.digits > 0 && shape.letters > 0 && shape.surprise >= 2.8;
  }
  return isSecretName(name) || SIGNED.test(name);
};

// A shared access signature of Azure: its other parameters say what it opens, and it is copied as a whole.
const MAX_SIGNATURE = 400;
const OUTSIDE = Uint8Array.from({ length: 128 }, (_, code) => (/[\s"'<>?#`\\]/.test(String.fromCharCode(code)) ? 1 : 0));
const BEHIND_SIGNATURE = /[^\s"'<>#`;\\]{1,400}/y;
// Its first parameter: versions, times, resources and rights, as one may order them.
const SIGNATURE_FIRST = /(?:sv|st|se|sp|sr|ss|srt|spr|sip|skoid|rscc)=/;
const VERSION = /(?:^|&)(?:amp;)?sv=\d/;

/** Gives where the shared access signature begins whose `sig` has its value at `start`, not before `from`, or `start` when it is none. */
const signatureStart = (text: string, start: number, from: number): number => {
  const floor = Math.max(from, start - MAX_SIGNATURE);
  let at = start;
  while (at > floor && OUTSIDE[text.charCodeAt(at - 1)] !== 1) at--;
  const before = text.slice(at, start);
  const assigned = before.search(SIGNATURE_FIRST);
  return VERSION.test(before) && assigned >= 0 ? at + assigned : start;
};

/** Notes the value that begins at `start` when it is a secret. Nothing before `from` belongs to it. Gives where what was looked at ends. */
const parameterAt = (text: string, name: string, start: number, from: number, list: HitList): number => {
  VALUE.lastIndex = start;
  const value = VALUE.exec(text)?.[0];
  if (value === undefined || !isSecretParameter(name, value)) return from;
  const end = start + value.length;
  const first = name === 'sig' ? signatureStart(text, start, from) : start;
  BEHIND_SIGNATURE.lastIndex = start;
  if (first === start || !BEHIND_SIGNATURE.test(text)) list.add('url-query', start, end, 'a query parameter that is secret by its name');
  else list.add('url-query', first, BEHIND_SIGNATURE.lastIndex, 'a shared access signature');
  // The next one's parameters begin behind this one.
  return name === 'sig' ? Math.max(end, BEHIND_SIGNATURE.lastIndex) : from;
};

/** Finds the values of query parameters that are secret by their name. */
export const querySecrets = ({ text }: Subject, list: HitList): void => {
  const first = FIRST_PARAMETER.exec(text);
  let from = first === null ? 0 : parameterAt(text, first[1] ?? '', first[0].length, 0, list);
  PARAMETER.lastIndex = 0;
  for (let match = PARAMETER.exec(text); match !== null; match = PARAMETER.exec(text)) {
    list.tick();
    from = parameterAt(text, match[1] ?? '', PARAMETER.lastIndex, from, list);
  }
};
