import { shapeOf } from './randomness.ts';

const PLACEHOLDER =
  /your|example|placeholder|change[-_]?me|insert|redacted|scrubbed|masked|filtered|dummy|x{4}|\*{3}|\.{3}|\$\{|\$\(|\{\{|%[sd]|process\.env|environ|getenv|^(?:undefined|null|none|true|false|string|required|optional|hidden|secret|password|passwd|test|admin)\W?$/i;
const CODE = /^(?:[A-Za-z_$][\w$]*\.[A-Za-z_$][\w$.]*\(?|[A-Za-z_$][\w$]*\(|new |await |async |function|=>|\/\/|\/\*|[([{@$<|]|![A-Za-z]+$)/;
const MIN_VALUE = 6;

/** Tells whether a value only stands for one. */
export const isPlaceholder = (value: string): boolean => PLACEHOLDER.test(value);

const SIGNS = /[!@#$%^&*+=~?]/;
const isNone = (value: string): boolean =>
  value.length < MIN_VALUE || value.includes(' ') || [PLACEHOLDER, CODE, TECHNICAL_NAME].some((pattern) => pattern.test(value));

/**
 * Tells whether what stands behind a password's name is a password and not a word, a type or code.
 * @param alone whether no further word follows it, as in a sentence
 */
export const isPassword = (value: string, quoted: boolean, alone = true): boolean => {
  if (isNone(value)) return false;
  const shape = shapeOf(value, 0, value.length);
  if (shape.distinct < 4) return false;
  if (shape.letters === 0) return quoted && shape.digits >= 8;
  return shape.digits > 0 || SIGNS.test(value) || (alone && shape.surprise >= 4.2);
};

// The whole of a value, as in `password_encryption = scram-sha-256` and `password: Uint8Array`.
const TECHNICAL_NAME = /^(?:(?:scram-)?(?:sha|md|aes|argon|pbkdf)-?\d[\w-]{0,10}|(?:u?int|float)\d{1,3}(?:array|_t)?)$/i;
// Names of algorithms and codes, which are said of passwords.
const ALGORITHM = /^(?:base|sha|md|utf|oauth|argon|pbkdf|aes|rsa|hs|rs|es|http|tls|v|latin|iso|step|line|page|field|test)[-_]?\d/i;
const HAS_DIGIT = /\d/;
// Flags and patterns.
const NO_PASSWORD = /^[-*]/;
const ADDRESS = /^[^@\s]+@[\w-]+(?:\.[\w-]+)+$|:\/\/|^[./~]/;
// Prose has the word often: no more of what follows is looked at.
const MAX_LOOSE = 80;

const LETTER = /[A-Za-z]/;
const SMALL = /[a-z]/;
const CAPITAL = /[A-Z]/;

/** Tells whether a value is of a mix that no word has. */
const isMixed = (value: string, said: boolean, quoted: boolean): boolean => {
  if (!LETTER.test(value)) return false;
  if (!HAS_DIGIT.test(value)) return quoted && SIGNS.test(value);
  return said || quoted || SIGNS.test(value) || (SMALL.test(value) && CAPITAL.test(value));
};

/** The same behind a joint that words of prose have too: letters and digits in a mix that no word has. */
export const isLoosePassword = (value: string, said: boolean, quoted: boolean): boolean => {
  if (value.length > MAX_LOOSE || value.includes('(') || (!quoted && !HAS_DIGIT.test(value))) return false;
  return isPassword(value, quoted) && isMixed(value, said, quoted) && ![NO_PASSWORD, ALGORITHM, ADDRESS].some((pattern) => pattern.test(value));
};
