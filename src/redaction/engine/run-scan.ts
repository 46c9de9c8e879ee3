import { TYPED_FORMATS } from '../detectors/table.ts';
import { isAzureKey } from './azure-keys.ts';
import { classAt, DIGIT, JOINER, TOKEN, UPPER } from './char-class.ts';
import { type Decoded, decodedRun } from './encoded.ts';
import type { HitList } from './hits.ts';
import { ibanAt } from './iban.ts';
import type { LineWraps } from './line-wraps.ts';
import { mayBeSecret, namedValue } from './named-value.ts';
import { specialShape } from './special-shapes.ts';
import type { Subject } from './subject.ts';
import { MIN_RUN, RUN_NUMBERS } from './byte-pass.ts';
import { type TypedMatch, TypedMatcher } from './typed-match.ts';
import type { Around } from './value-name.ts';

const matcher = new TypedMatcher(TYPED_FORMATS);

/** Tells that no key with known first letters begins at a place, mostly in a few instructions; true is only a maybe. */
export const keyMayBegin = (text: string, bytes: Uint8Array, at: number): boolean => matcher.mayBegin(bytes, at) && matcher.opensAt(text, at);

const BACKSLASH = 92;
const PERCENT = 37;
// Behind these a run may be the body of a prefix that itself holds punctuation: "SG.", "AstraCS:", "1//0", "$aact_".
const PREFIX_PUNCTUATION = new Uint8Array(256);
for (const char of ['.', ':', '~', '/', '+', '$']) PREFIX_PUNCTUATION[char.charCodeAt(0)] = 1;
const MAX_PREFIX_BACK = 48;
// Places inside one run, behind `_` or `-`, at which a key is looked for. A run with more is a list of words.
const MAX_JOINTS = 32;
const MIN_JOINED_RUN = 20;
const SHORT_WORD = 20;

const found = (subject: Subject, at: number, list: HitList): TypedMatch | undefined => {
  if (at < 0 || !matcher.mayBegin(subject.bytes, at)) return undefined;
  const match = matcher.match(subject.text, at);
  if (match !== undefined) list.add(match.format.detector, match.start, match.end, match.why);
  return match;
};

/** An escape such as \n or %20 before a key glues its last letter to the key. */
const escapeLength = (bytes: Uint8Array, start: number): number => {
  if (start === 0) return 0;
  const before = bytes[start - 1];
  if (before === BACKSLASH) return 1;
  return before === PERCENT ? 2 : 0;
};

const foundAtOrGlued = (subject: Subject, at: number, list: HitList): TypedMatch | undefined => {
  const glued = escapeLength(subject.bytes, at);
  return found(subject, at, list) ?? (glued > 0 ? found(subject, at + glued, list) : undefined);
};

/** Gives where the token characters before `at` begin, at `floor` or later. */
const wordStart = (bytes: Uint8Array, at: number, floor: number): number => {
  let start = at;
  while (start > floor && start > 0 && (classAt(bytes, start - 1) & TOKEN) !== 0) start--;
  return start;
};

/** Looks for a prefix with punctuation before the run: its letters are too few to be a run of their own. */
const foundBehind = (subject: Subject, start: number, list: HitList): TypedMatch | undefined => {
  const { bytes } = subject;
  const floor = Math.max(0, start - MAX_PREFIX_BACK);
  let at = start;
  while (at > floor && PREFIX_PUNCTUATION[bytes[at - 1] ?? 0] === 1) {
    at--;
    const own = found(subject, at, list);
    if (own !== undefined && own.end > start) return own;
    const end = at;
    at = wordStart(bytes, at, floor);
    // What is long enough to be a run was looked at as one; and where the floor cut a run in two, nothing begins.
    if (end - at >= MIN_RUN || wordStart(bytes, at, at - 1) < at) return undefined;
    const match = foundAtOrGlued(subject, at, list);
    if (match !== undefined && match.end > start) return match;
  }
  return undefined;
};

const foundInside = (subject: Subject, start: number, end: number, list: HitList): TypedMatch | undefined => {
  let joints = 0;
  for (let at = start + 1; at < end - 8 && joints < MAX_JOINTS; at++) {
    if ((classAt(subject.bytes, at - 1) & JOINER) === 0) continue;
    joints++;
    const match = found(subject, at, list);
    if (match !== undefined) return match;
  }
  return undefined;
};

const typedInRun = (subject: Subject, start: number, end: number, bits: number, list: HitList): TypedMatch | undefined => {
  const first = foundAtOrGlued(subject, start, list);
  if (first !== undefined) return first;
  if (start > 0 && PREFIX_PUNCTUATION[subject.bytes[start - 1] ?? 0] === 1) {
    const behind = foundBehind(subject, start, list);
    if (behind !== undefined) return behind;
  }
  return (bits & JOINER) !== 0 && end - start >= MIN_JOINED_RUN ? foundInside(subject, start, end, list) : undefined;
};

const isPlainWord = (length: number, bits: number): boolean => (bits & (DIGIT | UPPER)) === 0 && (length < SHORT_WORD || (bits & JOINER) !== 0);

const opensIban = (bytes: Uint8Array, at: number): boolean =>
  (classAt(bytes, at) & UPPER) !== 0 && (classAt(bytes, at + 1) & UPPER) !== 0 && (classAt(bytes, at + 2) & classAt(bytes, at + 3) & DIGIT) !== 0;

/** Hands over what a run says when it is text in base64 or hex, and notes what base64 is itself; gives up to where it was looked at. */
const decodeAt = (subject: Subject, run: number, runEnd: number, list: HitList, onDecoded: (decoded: Decoded) => void): number => {
  const { decoded, start, until } = decodedRun(subject, run, runEnd);
  if (decoded !== undefined) onDecoded(decoded);
  else if (isAzureKey(subject.text, start, until)) list.add('azure-key', start, until, 'a key signed by a service of Azure');
  return until;
};

// What is known of a run, by its bits: made once, since runs are many.
const TAGS = 1;
const AROUND: readonly Around[] = Array.from({ length: TAGS + (DIGIT | JOINER) + 1 }, (_, bits) => ({
  digits: (bits & DIGIT) !== 0,
  joined: (bits & JOINER) !== 0,
  tags: (bits & TAGS) !== 0,
}));

/** Judges a run by its shape and its name; gives up to where it is settled. */
const judged = (subject: Subject, start: number, end: number, bits: number, list: HitList): number => {
  if (!mayBeSecret(end - start, bits) || specialShape(subject, start, end, list)) return 0;
  return namedValue(subject, start, end, AROUND[bits & (DIGIT | JOINER | TAGS)] as Around, list);
};

/** Finds keys by prefix, by shape and by the name before them, at the runs of a text. */
export const scanRuns = (subject: Subject, list: HitList, wraps: LineWraps, onDecoded: (decoded: Decoded) => void): void => {
  const { bytes, text, space, passed } = subject;
  const { runs } = space;
  const tags = text.includes('</') ? TAGS : 0;
  let settled = 0;
  let blobUntil = 0;
  for (let i = 0; i < passed.runs; i += RUN_NUMBERS) {
    const start = runs[i] as number;
    // What belongs to a key that went on over characters that end a run.
    if (start < settled) continue;
    const end = runs[i + 1] as number;
    const bits = runs[i + 2] as number;
    list.tick();
    if (isPlainWord(end - start, bits)) {
      settled = foundAtOrGlued(subject, start, list)?.end ?? settled;
      continue;
    }
    wraps.consider(start, end);
    const match = typedInRun(subject, start, end, bits, list);
    if (match !== undefined) {
      settled = match.end;
      continue;
    }
    if (opensIban(bytes, start) && ibanAt(text, start, list) > 0) continue;
    if (start >= blobUntil) blobUntil = decodeAt(subject, start, end, list, onDecoded);
    settled = judged(subject, start, end, bits | tags, list);
  }
};
