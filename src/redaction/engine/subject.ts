import { type Passed, passOver } from './byte-pass.ts';
import { isUnusual } from './unusual-units.ts';
import { blankWide, MANY } from './wide-units.ts';
import { withWorkspace, type Workspace } from './workspace.ts';

/**
 * A text on its way through the scan. `bytes[i]` is the character `original.charCodeAt(i)` where that is Latin-1, and a blank where it
 * is not; the bytes behind the last are 0. `text` says the same as a string of one byte a character, on which V8 searches twice as fast. So
 * an index in one is the same index in all, and detectors work on `text` and `bytes`.
 */
export interface Subject {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly original: string;
  /** Where the original holds signs that do not show, or letters that look like those of ASCII, in order; when there are `MANY`, there may be more. */
  readonly unusual: readonly number[];
  /** Where the runs and the places of anchors stand. */
  readonly space: Workspace;
  readonly passed: Passed;
}

// V8 answers this at once for one-byte strings: such a string cannot hold the class.
const WIDE = /[\u0100-\uffff]/g;
// Below this length a loop is faster than the calls into the runtime.
const SHORT = 48;
const BLANK_BYTE = 32;
const SOFT_HYPHEN = '\u00ad';
const ZEROS = 16;

/** Each of these writes the low byte of every unit, blanks those of wide characters and gives whether there were any. */
const copyEach = (text: string, bytes: Uint8Array, unusual: number[]): boolean => {
  let wide = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[i] = unit < 256 ? unit : BLANK_BYTE;
    if (unit < 128) continue;
    wide ||= unit > 255;
    if (isUnusual(unit)) unusual.push(i);
  }
  return wide;
};
const copyAll = (text: string, space: Workspace, unusual: number[], isNarrow: boolean): boolean => {
  space.buffer.write(text, 0, text.length, 'latin1');
  WIDE.lastIndex = 0;
  const wide = isNarrow || WIDE.test(text);
  if (wide) blankWide(text, Math.max(0, WIDE.lastIndex - 1), space.bytes, unusual);
  const beyond = unusual.length;
  for (let at = text.indexOf(SOFT_HYPHEN); at >= 0 && unusual.length < MANY; at = text.indexOf(SOFT_HYPHEN, at + 1)) unusual.push(at);
  if (beyond > 0 && unusual.length > beyond) unusual.sort((a, b) => a - b);
  return wide;
};

/** Whether V8 keeps the string in two bytes a character, as it does with every piece of a text that holds one wide character somewhere. */
export const isWide = (text: string): boolean => {
  WIDE.lastIndex = 0;
  return WIDE.test(text);
};

/**
 * Loads `text`, goes once over its bytes and hands it to `work`. The bytes are shared between texts: `work` must not keep them.
 * @param narrow whether the text is a piece of a wide one, and so is made anew in one byte a character
 */
export const withSubject = <T>(original: string, work: (subject: Subject) => T, narrow = false): T => {
  const { length } = original;
  return withWorkspace(length, (space) => {
    const { bytes } = space;
    const unusual: number[] = [];
    const wide = length > SHORT ? copyAll(original, space, unusual, narrow) : copyEach(original, bytes, unusual);
    for (let i = length; i < length + ZEROS; i++) bytes[i] = 0;
    const text = wide ? space.buffer.toString('latin1', 0, length) : original;
    return work({ text, bytes, length, original, unusual, space, passed: passOver(space, length) });
  });
};
