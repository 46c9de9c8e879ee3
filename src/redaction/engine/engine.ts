import { TYPED_FORMATS } from '../detectors/table.ts';
import type { HitList } from './hits.ts';
import { withSubject } from './subject.ts';
import { eachRun } from './token-runs.ts';
import { TypedMatcher } from './typed-match.ts';

const matcher = new TypedMatcher(TYPED_FORMATS);

/** Finds everything in `text` that must not leave. */
export const scan = (text: string, list: HitList): void =>
  withSubject(text, (subject) => {
    eachRun(subject.bytes, subject.length, (start) => {
      list.tick();
      if (!matcher.mayBegin(subject.bytes, start)) return;
      const match = matcher.match(text, start);
      if (match !== undefined) list.add(match.format.detector, match.start, match.end, match.format.title);
    });
  });
