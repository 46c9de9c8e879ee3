import { DIGIT, JOINER, LOWER, UPPER } from './char-class.ts';
import { gluedValue } from './glued-value.ts';
import type { HitList } from './hits.ts';
import type { NameBefore } from './name-before.ts';
import { isSecretValue } from './secret-value.ts';
import { isOwnName } from './secret-words.ts';
import type { Subject } from './subject.ts';
import { valueEnd, valueStart } from './value-bounds.ts';
import { type Around, namedBy } from './value-name.ts';

const OPEN_PAREN = 40;
const DASH = 45;
const TRAILING = /[.?!:*&|]+$/;
const WHY: Readonly<Record<NameBefore['joint'], string>> = {
  assigned: 'a random value given to the name of a secret',
  flag: 'a random value behind a flag that names a secret',
  scheme: 'a value behind an authorization scheme',
  said: 'a random value that is said to be a secret',
  beside: 'a random value behind the name of a secret',
};

/** Whether a run could be a secret by itself, before anything around it is read. */
export const mayBeSecret = (length: number, bits: number): boolean =>
  (bits & DIGIT) !== 0
    ? (bits & (LOWER | UPPER)) !== 0 || length >= 14
    : (length >= 16 && (bits & LOWER) !== 0 && (bits & UPPER) !== 0) || (length >= 20 && (bits & JOINER) === 0);

/** Notes the value around a run when its name says that it is a secret and it looks random. Gives where the value ends. */
export const namedValue = (subject: Subject, runStart: number, runEnd: number, around: Around, list: HitList): number => {
  const start = valueStart(subject, runStart);
  const named = namedBy(subject, start, runEnd, around);
  if (named === undefined) {
    if (around.digits && around.joined) gluedValue(subject.text.slice(runStart, runEnd), runStart, list);
    return runEnd;
  }
  const { strength, joint } = named;
  // Behind a flag without a value stands the next one.
  if (joint === 'flag' && subject.bytes[start] === DASH) return runEnd;
  const rawEnd = valueEnd(subject, runEnd, named.manyTokens);
  if (subject.bytes[rawEnd] === OPEN_PAREN) return rawEnd;
  const value = subject.text.slice(start, rawEnd).replace(TRAILING, '');
  // What only stands beside a name may be a word, with a key behind its punctuation.
  if (!isSecretValue(value, strength, joint === 'beside') || isOwnName(named.name, value)) return joint === 'beside' ? runEnd : rawEnd;
  const detector = joint === 'scheme' ? 'authorization' : strength === 'password' ? 'password' : 'named-secret';
  list.add(detector, start, start + value.length, WHY[joint]);
  return rawEnd;
};
