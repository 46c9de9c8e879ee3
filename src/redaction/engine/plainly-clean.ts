import { CLASS, DIGIT, JOINER, LOWER, TOKEN, UPPER } from './char-class.ts';
import { opensAsHexText, opensAsText } from './encoded.ts';
import { keyMayBegin } from './run-scan.ts';

const MAX_LENGTH = 200;
// Without one of these no name, address, scheme, escape or second line can be in a text; behind ASCII is disguise.
const STRUCTURE = new Uint8Array(128).fill(1);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+,()[]{}#*') STRUCTURE[char.charCodeAt(0)] = 0;
const MIN_DIGITS = 9;
const MIN_IBAN = 15;
const MIN_SHAPED = 36;
const MIN_ENCODED = 16;

const units = new Uint8Array(MAX_LENGTH + 8);

/** Copies a text of plain characters; gives false when some character may be structure. */
const load = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127 || STRUCTURE[unit] === 1) return false;
    units[i] = unit;
  }
  units.fill(0, text.length, text.length + 8);
  return true;
};

const bitsAt = (at: number): number => CLASS[units[at] ?? 0] ?? 0;

/** Tells whether something may begin at a place where a word begins. */
const mayBeginAt = (at: number, length: number): boolean => {
  if (keyMayBegin(units, at)) return true;
  if (length - at >= MIN_ENCODED && (opensAsText(units, at) || opensAsHexText(units, at))) return true;
  return length - at >= MIN_IBAN && (bitsAt(at) & UPPER) !== 0 && (bitsAt(at + 1) & UPPER) !== 0 && (bitsAt(at + 2) & DIGIT) !== 0;
};

/** Tells whether a long identifier may be a key that is known by its shape or by letters in its middle. */
const mayBeShaped = (text: string): boolean => text.includes('_mmk') || text.includes('-us') || text.includes('JQQJ99') || text.includes('atlasv1');

/** Looks at each place where a word begins, and for chains of digits. */
const holdsNothing = (length: number): boolean => {
  let digits = 0;
  let before = 0;
  for (let at = 0; at < length; at++) {
    const bits = bitsAt(at);
    if ((bits & DIGIT) !== 0) digits++;
    else if ((bits & (LOWER | UPPER)) !== 0) digits = 0;
    if (digits >= MIN_DIGITS) return false;
    if (((before & TOKEN) === 0 || (before & JOINER) !== 0) && mayBeginAt(at, length)) return false;
    before = bits;
  }
  return true;
};

/**
 * Tells of a short text, such as an identifier or the name of a model, that no built-in detector can find anything in it. False is only
 * a maybe. It reads each character once, where a scan would look for a dozen things one after another.
 */
export const isPlainlyClean = (text: string): boolean => {
  if (text.length > MAX_LENGTH || !load(text)) return false;
  return holdsNothing(text.length) && (text.length < MIN_SHAPED || !mayBeShaped(text));
};
