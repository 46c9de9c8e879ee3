/**
 * A text on its way through the scan. `bytes[i]` is the character `text.charCodeAt(i)` where that is Latin-1, and a blank where
 * it is not; the byte behind the last is 0. So an index in one is the same index in the other and the scan runs over bytes.
 */
export interface Subject {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly length: number;
  /** Whether the text holds characters beyond Latin-1. */
  readonly wide: boolean;
}

// V8 answers this at once for one-byte strings: such a string cannot hold the class.
const WIDE = /[\u0100-\uffff]/g;
// Below this length a loop is faster than the call into the runtime.
const SHORT = 48;
// Where more than one character in so many is wide, a loop over all is faster than jumping from one to the next.
const DENSE = 24;
const KEPT_BYTES = 1 << 20;
const BLANK_BYTE = 32;

let shared = Buffer.alloc(1 << 14);
let busy = false;

const room = (length: number): Buffer => {
  if (length > KEPT_BYTES) return Buffer.allocUnsafe(length);
  if (shared.length < length) shared = Buffer.alloc(Math.min(KEPT_BYTES, Math.max(length, shared.length * 2)));
  return shared;
};

const copyEach = (text: string, from: number, bytes: Uint8Array): boolean => {
  let all = 0;
  for (let i = from; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    all |= unit;
    bytes[i] = unit < 256 ? unit : BLANK_BYTE;
  }
  return all > 255;
};

/** Writes the low byte of every unit, then blanks those of wide characters, which would read as other letters. */
const copyAll = (text: string, bytes: Buffer): boolean => {
  bytes.write(text, 0, text.length, 'latin1');
  WIDE.lastIndex = 0;
  let blanked = 0;
  for (let match = WIDE.exec(text); match !== null; match = WIDE.exec(text)) {
    bytes[match.index] = BLANK_BYTE;
    if (++blanked * DENSE > match.index + 4 * DENSE * DENSE) {
      copyEach(text, match.index, bytes);
      return true;
    }
  }
  return blanked > 0;
};

/** Loads `text` and hands it to `work`. The bytes are shared between texts: `work` must not keep them. */
export const withSubject = <T>(text: string, work: (subject: Subject) => T): T => {
  const { length } = text;
  // A scan inside a scan, such as of decoded base64, gets bytes of its own.
  const nested = busy;
  const bytes = nested ? Buffer.allocUnsafe(length + 1) : room(length + 1);
  const wide = length > SHORT ? copyAll(text, bytes) : copyEach(text, 0, bytes);
  bytes[length] = 0;
  busy = true;
  try {
    return work({ text, bytes, length, wide });
  } finally {
    busy = nested;
  }
};
