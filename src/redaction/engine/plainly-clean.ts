import { CLASS, DIGIT, JOINER, LOWER, TOKEN, UPPER } from './char-class.ts';
import { opensAsHexText, opensAsText } from './encoded.ts';
import { keyMayBegin } from './run-scan.ts';

const MAX_LENGTH = 200;
// Only these characters are plain: without any other no name, address, scheme, escape or second line can be in a text, and behind ASCII is disguise.
const PLAIN = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+,()[]{}#*';
const STRUCTURE = 256;
// The class bits of a plain character, `STRUCTURE` for any other.
const BITS = new Uint16Array(128).fill(STRUCTURE);
for (const char of PLAIN.split('')) BITS[char.charCodeAt(0)] = CLASS[char.charCodeAt(0)] ?? 0;
const MIN_DIGITS = 9;
const MIN_IBAN = 15;
const MIN_SHAPED = 36;
const MIN_LONG_SHAPE = 44;
// A password in brackets behind its name.
const PASSWORD_CALL = /(?:pass|pwd|secre)[\w-]{0,24}[\])]{0,4}\(/i;
// The name of a secret and its value in one word.
const GLUED = /(?:token|secret|key|password|passwd|passphrase|passcode|credential|access|private)s?[_-][0-9A-Za-z]{24}/i;
// Parts of Azure's, Mailgun's, Discord's and Zhipu's keys.
const LONG_SHAPE = /[\w+/-]{42}(?:AzSe|\+ACR)|[0-9a-f]{32}[.-][0-9A-Za-z]|[MNO][A-Za-z0-9]{22,27}\.[\w-]{6,7}\./;
const MIN_ENCODED = 16;

const PADDING = 8;
const units = new Uint8Array(MAX_LENGTH + PADDING);
// Where a word begins: behind anything that is no token character, and behind a joiner.
const beginnings = new Uint8Array(MAX_LENGTH);

/** Copies a text and notes where words begin. Gives how many do, or -1 when some character may be structure or the digits are many. */
const load = (text: string): number => {
  let count = 0;
  let digits = 0;
  let begins = true;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const bits = unit < 128 ? (BITS[unit] ?? STRUCTURE) : STRUCTURE;
    if (bits === STRUCTURE) return -1;
    units[i] = unit;
    if (begins) beginnings[count++] = i;
    begins = (bits & TOKEN) === 0 || (bits & JOINER) !== 0;
    if ((bits & DIGIT) !== 0) digits++;
    else if ((bits & (LOWER | UPPER)) !== 0) digits = 0;
    if (digits >= MIN_DIGITS) return -1;
  }
  for (let i = text.length; i < text.length + PADDING; i++) units[i] = 0;
  return count;
};

const bitsAt = (at: number): number => CLASS[units[at] ?? 0] ?? 0;

/** Tells whether something may begin at a place where a word begins. */
const mayBeginAt = (text: string, at: number): boolean => {
  const { length } = text;
  if (keyMayBegin(text, units, at)) return true;
  if (length - at >= MIN_ENCODED && (opensAsText(units, at) || opensAsHexText(units, at))) return true;
  return length - at >= MIN_IBAN && (bitsAt(at) & UPPER) !== 0 && (bitsAt(at + 1) & UPPER) !== 0 && (bitsAt(at + 2) & DIGIT) !== 0;
};

/** Tells whether a long identifier may be a key that is known by its shape or by letters in its middle. */
const mayBeShaped = (text: string): boolean =>
  text.includes('_mmk') ||
  text.includes('-us') ||
  text.includes('JQQJ9') ||
  text.includes('AZDO') ||
  text.includes('atlasv1') ||
  GLUED.test(text) ||
  (text.length >= MIN_LONG_SHAPE && LONG_SHAPE.test(text));

/**
 * Tells of a short text, such as an identifier or the name of a model, that no built-in detector can find anything in it. False is only
 * a maybe. It reads each character once, where a scan would look for a dozen things one after another.
 */
export const isPlainlyClean = (text: string): boolean => {
  if (text.length > MAX_LENGTH) return false;
  const count = load(text);
  if (count < 0) return false;
  for (let i = 0; i < count; i++) if (mayBeginAt(text, beginnings[i] ?? 0)) return false;
  if (text.includes('(') && PASSWORD_CALL.test(text)) return false;
  return text.length < MIN_SHAPED || !mayBeShaped(text);
};
