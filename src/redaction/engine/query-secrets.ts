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

const parameterAt = (text: string, name: string, start: number, list: HitList): void => {
  VALUE.lastIndex = start;
  const value = VALUE.exec(text)?.[0];
  if (value !== undefined && isSecretParameter(name, value)) list.add('url-query', start, start + value.length, 'a query parameter that is secret by its name');
};

/** Finds the values of query parameters that are secret by their name. */
export const querySecrets = ({ text }: Subject, list: HitList): void => {
  const first = FIRST_PARAMETER.exec(text);
  if (first !== null) parameterAt(text, first[1] ?? '', first[0].length, list);
  PARAMETER.lastIndex = 0;
  for (let match = PARAMETER.exec(text); match !== null; match = PARAMETER.exec(text)) {
    list.tick();
    parameterAt(text, match[1] ?? '', PARAMETER.lastIndex, list);
  }
};
