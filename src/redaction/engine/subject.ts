import type V8 from 'node:v8';
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

const WIDE = /[\u0100-\uffff]/;
// Below this length a loop is faster than the calls into the runtime.
const SHORT = 48;
// Above this length V8 is asked how it keeps the string: to search one of two bytes a character takes as long as to copy it five times.
const LONG = 512;
const BLANK_BYTE = 32;
const SOFT_HYPHEN = '\u00ad';
const ZEROS = 16;

/** Each of these writes the low byte of every unit, blanks those of wide characters and gives whether the string is to be made anew without them. */
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
const copyAll = (text: string, space: Workspace, unusual: number[]): boolean => {
  space.buffer.write(text, 0, text.length, 'latin1');
  const wide = text.length > LONG ? !isOneByte(text) : WIDE.test(text);
  if (wide) blankWide(text, space.bytes, unusual);
  const beyond = unusual.length;
  for (let at = text.indexOf(SOFT_HYPHEN); at >= 0 && unusual.length < MANY; at = text.indexOf(SOFT_HYPHEN, at + 1)) unusual.push(at);
  if (beyond > 0 && unusual.length > beyond) unusual.sort((a, b) => a - b);
  return wide;
};

let asked: ((text: string) => boolean) | undefined;

/**
 * Whether V8 keeps a string in one byte a character. It does not where the string holds a wide character, nor where it is a piece of
 * one that holds one somewhere.
 * @source https://nodejs.org/docs/latest-v24.x/api/v8.html#v8isstringonebyterepresentationcontent (since 22.15.0 and 23.10.0)
 */
const isOneByte = (text: string): boolean => {
  if (asked === undefined) {
    const v8: Partial<typeof V8> = process.getBuiltinModule('node:v8');
    // Other runtimes that run Node programs may not have it; then the search tells, only later.
    asked = v8.isStringOneByteRepresentation ?? ((each) => !WIDE.test(each));
  }
  return asked(text);
};

/**
 * Loads `text`, goes once over its bytes and hands it to `work`. The bytes are shared between texts: `work` must not keep them.
 */
export const withSubject = <T>(original: string, work: (subject: Subject) => T): T => {
  const { length } = original;
  return withWorkspace(length, (space) => {
    const { bytes } = space;
    const unusual: number[] = [];
    const wide = length > SHORT ? copyAll(original, space, unusual) : copyEach(original, bytes, unusual);
    for (let i = length; i < length + ZEROS; i++) bytes[i] = 0;
    const text = wide ? space.buffer.toString('latin1', 0, length) : original;
    return work({ text, bytes, length, original, unusual, space, passed: passOver(space, length) });
  });
};
