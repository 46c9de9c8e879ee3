import { DIGIT, JOINER, LOWER, UPPER } from './char-class.ts';
import type { HitList } from './hits.ts';
import { nameBefore, type NameBefore } from './name-before.ts';
import { shapeOf } from './randomness.ts';
import { nameStrength, type NameStrength } from './secret-words.ts';
import type { Subject } from './subject.ts';
import { valueEnd, valueStart } from './value-bounds.ts';

const OPEN_PAREN = 40;
const TRAILING = /[.?!:*&|]+$/;
const UUID = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
const DIGITS = /^\d{14,}$/;
const PLACEHOLDER =
  /your|example|placeholder|change[-_]?me|insert|replace|redacted|dummy|sample|x{4}|\*{3}|\.{3}|\$\{|%[sd]|process\.env|os\.environ|getenv|undefined|-HMAC-|^\$[A-Z_]+$/i;

const LEAST: Readonly<Record<Exclude<NameStrength, 'none'>, number>> = { password: 2.6, strong: 3.1, weak: 3.5 };

const isSecretValue = (value: string, strength: Exclude<NameStrength, 'none'>): boolean => {
  if (PLACEHOLDER.test(value)) return false;
  if (UUID.test(value)) return true;
  const shape = shapeOf(value, 0, value.length);
  if (shape.letters === 0) return strength !== 'weak' && DIGITS.test(value);
  if (shape.distinct < Math.min(8, value.length / 2)) return false;
  // A short value is more often a word with a number behind it.
  const least = LEAST[strength] + (value.length < 16 && strength !== 'password' ? 0.5 : 0);
  // Names in code are letters only and read like words put together.
  return shape.surprise >= (shape.digits === 0 ? Math.max(least, 4.3) : least);
};

// Fly.io sends several tokens in one header.
const FLY = /^flyv1$/i;

const WHY: Readonly<Record<NameBefore['joint'], string>> = {
  assigned: 'a random value given to the name of a secret',
  flag: 'a random value behind a flag that names a secret',
  scheme: 'a value behind an authorization scheme',
  said: 'a random value that is said to be a secret',
};

const isScheme = (context: NameBefore): boolean => context.joint === 'scheme';

/** Whether a run could be a secret by itself, before anything around it is read. */
export const mayBeSecret = (length: number, bits: number): boolean =>
  (bits & DIGIT) !== 0
    ? (bits & (LOWER | UPPER)) !== 0 || length >= 14
    : (length >= 16 && (bits & LOWER) !== 0 && (bits & UPPER) !== 0) || (length >= 20 && (bits & JOINER) === 0);

/** Notes the value around a run when its name says that it is a secret and it looks random. Gives where the value ends. */
export const namedValue = (subject: Subject, runStart: number, runEnd: number, list: HitList): number => {
  const start = valueStart(subject, runStart);
  const context = nameBefore(subject, start);
  if (context === undefined) return runEnd;
  const strength = isScheme(context) ? 'strong' : nameStrength(context.name, context.before);
  if (strength === 'none') return runEnd;
  const rawEnd = valueEnd(subject, runEnd, FLY.test(context.name));
  if (subject.bytes[rawEnd] === OPEN_PAREN) return rawEnd;
  const value = subject.text.slice(start, rawEnd).replace(TRAILING, '');
  if (!isSecretValue(value, strength)) return rawEnd;
  const detector = isScheme(context) ? 'authorization' : strength === 'password' ? 'password' : 'named-secret';
  list.add(detector, start, start + value.length, WHY[context.joint]);
  return rawEnd;
};
