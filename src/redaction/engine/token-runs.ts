import { classAt, TOKEN } from './char-class.ts';

/** Called with each run: its start, the index behind its end, and all class bits that occur in it. */
export type OnRun = (start: number, end: number, bits: number) => void;

/** The shortest run of token characters that is looked at. Shorter secrets are found by the words around them. */
export const MIN_RUN = 8;

/**
 * Finds every run of at least 8 token characters. It looks at each eighth character only: where that is no token character, no run
 * of the length ends before it, and the seven in between are never read. This is the first and only pass over most of a text.
 */
export const eachRun = (bytes: Uint8Array, length: number, onRun: OnRun): void => {
  let before = -1;
  let at = MIN_RUN - 1;
  while (at < length) {
    let bits = classAt(bytes, at);
    if ((bits & TOKEN) === 0) {
      before = at;
      at += MIN_RUN;
      continue;
    }
    let start = at;
    for (let next = classAt(bytes, start - 1); start - 1 > before && (next & TOKEN) !== 0; next = classAt(bytes, start - 1)) {
      bits |= next;
      start--;
    }
    before = start - 1;
    if (at - start + 1 < MIN_RUN) {
      at = start + MIN_RUN - 1;
      continue;
    }
    // The byte behind the text is 0, which is no token character.
    let end = at + 1;
    for (let next = classAt(bytes, end); (next & TOKEN) !== 0; next = classAt(bytes, end)) {
      bits |= next;
      end++;
    }
    onRun(start, end, bits);
    before = end;
    at = end + MIN_RUN;
  }
};
