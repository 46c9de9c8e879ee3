import { TYPED_FORMATS } from '../detectors/table.ts';
import { classAt, JOINER, TOKEN } from './char-class.ts';
import type { HitList } from './hits.ts';
import { mayBeSecret, namedValue } from './named-value.ts';
import { specialShape } from './special-shapes.ts';
import type { Subject } from './subject.ts';
import { eachRun } from './token-runs.ts';
import { TypedMatcher, type TypedMatch } from './typed-match.ts';

const matcher = new TypedMatcher(TYPED_FORMATS);

const BACKSLASH = 92;
const PERCENT = 37;
// Behind these a run may be the body of a prefix that itself holds punctuation: "SG.", "AstraCS:", "1//0", "$aact_".
const PREFIX_PUNCTUATION = new Set(['.', ':', '~', '/', '+', '$'].map((char) => char.charCodeAt(0)));
const MAX_PREFIX_BACK = 24;
// Places inside one run, behind `_` or `-`, at which a key is looked for. A run with more is a list of words.
const MAX_JOINTS = 32;
const MIN_JOINED_RUN = 20;

const found = (subject: Subject, at: number, list: HitList): TypedMatch | undefined => {
  if (at < 0 || !matcher.mayBegin(subject.bytes, at)) return undefined;
  const match = matcher.match(subject.text, at);
  if (match !== undefined) list.add(match.format.detector, match.start, match.end, `${match.format.title}, known by its first letters`);
  return match;
};

/** Looks for a prefix with punctuation before the run: its letters are too few to be a run of their own. */
const foundBehind = (subject: Subject, start: number, list: HitList): TypedMatch | undefined => {
  const { bytes } = subject;
  let at = start;
  while (at > 0 && start - at < MAX_PREFIX_BACK && PREFIX_PUNCTUATION.has(bytes[at - 1] ?? 0)) {
    at--;
    const own = found(subject, at, list);
    if (own !== undefined && own.end > start) return own;
    while (at > 0 && start - at < MAX_PREFIX_BACK && (classAt(bytes, at - 1) & TOKEN) !== 0) at--;
    const match = found(subject, at, list);
    if (match !== undefined && match.end > start) return match;
  }
  return undefined;
};

/** An escape such as \n or %20 before a key glues its last letter to the key. */
const escapeLength = (bytes: Uint8Array, start: number): number => {
  const before = bytes[start - 1];
  if (before === BACKSLASH) return 1;
  return before === PERCENT ? 2 : 0;
};

const foundInside = (subject: Subject, start: number, end: number, list: HitList): TypedMatch | undefined => {
  const glued = escapeLength(subject.bytes, start);
  if (glued > 0) {
    const match = found(subject, start + glued, list);
    if (match !== undefined) return match;
  }
  if (end - start < MIN_JOINED_RUN) return undefined;
  let joints = 0;
  for (let at = start + 1; at < end - 8 && joints < MAX_JOINTS; at++) {
    if ((classAt(subject.bytes, at - 1) & JOINER) === 0) continue;
    joints++;
    const match = found(subject, at, list);
    if (match !== undefined) return match;
  }
  return undefined;
};

/** Finds keys by prefix, by shape and by the name before them, in one pass over the runs of a text. */
export const scanRuns = (subject: Subject, list: HitList): void => {
  let settled = 0;
  eachRun(subject.bytes, subject.length, (start, end, bits) => {
    list.tick();
    // A key may go on over characters that end a run.
    if (start < settled) return;
    const match =
      found(subject, start, list) ??
      foundBehind(subject, start, list) ??
      ((bits & JOINER) !== 0 || escapeLength(subject.bytes, start) > 0 ? foundInside(subject, start, end, list) : undefined);
    if (match !== undefined) {
      settled = match.end;
      return;
    }
    if (!mayBeSecret(end - start, bits)) return;
    if (specialShape(subject, start, end, list)) return;
    settled = namedValue(subject, start, end, list);
  });
};
