import { ByteBlock } from './byte-block.ts';

const QUOTE = 34;
const BRACKET = 125;
const LF = 10;
/** OpenAI pads its chunks with random text against guessing by length. */
const PADDING = '"obfuscation":"';
const LONGEST_PADDING = 256;

/** What stands in front of the data of an event, and behind it. */
const FIELD = 'data: ';
const BLANK_LINE = '\n\n';

// A copy that is one piece in memory and holds on to no other text, so that comparing it is one look.
const flat = (text: string): string => {
  const copy = Buffer.from(text, 'latin1').toString('latin1');
  return copy === text ? copy : text;
};

/** Gives where the quote stands that ends a text, or -1; a control character ends no text, but the line perhaps. */
const quoteFrom = (bytes: DataView, from: number, longest: number): number => {
  const end = Math.min(bytes.byteLength, from + longest);
  for (let at = from; at < end; at++) {
    const code = bytes.getUint8(at);
    if (code === QUOTE) return at;
    if (code < 32) return -1;
  }
  return -1;
};

/**
 * Knows a plain delta again. The chunks of one stream differ in their text alone, so what stands before and behind the text of one that held no
 * fact is compared with the next one: a few looks instead of a dozen searches, and no copy where its bytes are at hand.
 */
export class DeltaPattern {
  #head = '';
  #tail = '';
  #front: ByteBlock | undefined;
  #back: ByteBlock | undefined;
  #padded = false;
  /** How long the text of the chunk was that was found last. */
  length = 0;

  /** Learns from a chunk that holds no fact. `key` is the member that holds its text, with the quotes that begin the text: `"content":"`. False where it has none, or an empty one. */
  learn(data: string, key: string): boolean {
    const at = data.indexOf(key);
    if (at < 0) return false;
    const from = at + key.length;
    const to = data.indexOf('"', from);
    if (to <= from) return false;
    const padding = data.indexOf(PADDING, to);
    this.#padded = padding >= 0;
    this.#head = flat(data.slice(0, from));
    this.#tail = flat(data.slice(to, padding < 0 ? undefined : padding + PADDING.length));
    this.#front = ByteBlock.of(FIELD + this.#head);
    this.#back = ByteBlock.of(this.#padded ? this.#tail : this.#tail + BLANK_LINE);
    return true;
  }

  /** Gives the length of the text where `data` is such a chunk again, else -1. An escaped quote in the text makes it another chunk, to be safe. */
  match(data: string): number {
    const start = this.#head.length;
    // `slice` and `===` are several times faster than `startsWith` (V8 13.6).
    if (start === 0 || data.slice(0, start) !== this.#head) return -1;
    const to = data.indexOf('"', start);
    const end = to + this.#tail.length;
    if (to < 0 || data.slice(to, end) !== this.#tail) return -1;
    return (this.#padded ? paddingEnd(data, end) : end) === data.length ? to - start : -1;
  }

  /** Gives where the event behind such a chunk begins, when `bytes` hold one whole at `from`, else -1; its text has `length` then. */
  skip(bytes: DataView, from: number): number {
    const front = this.#front;
    const back = this.#back;
    if (front === undefined || back === undefined || !front.isAt(bytes, from)) return -1;
    const start = from + front.length;
    const to = quoteFrom(bytes, start, bytes.byteLength);
    if (to < 0 || !back.isAt(bytes, to)) return -1;
    this.length = to - start;
    const end = to + back.length;
    return this.#padded ? paddedEnd(bytes, end) : end;
  }
}

// Behind the padding only the quote and the bracket that end the chunk.
const paddingEnd = (text: string, from: number): number => {
  const last = text.indexOf('"', from);
  return last >= 0 && last - from < LONGEST_PADDING && text.charCodeAt(last + 1) === BRACKET ? last + 2 : -1;
};

const paddedEnd = (bytes: DataView, from: number): number => {
  const last = quoteFrom(bytes, from, LONGEST_PADDING);
  if (last < 0 || last + 4 > bytes.byteLength) return -1;
  return bytes.getUint8(last + 1) === BRACKET && bytes.getUint8(last + 2) === LF && bytes.getUint8(last + 3) === LF ? last + 4 : -1;
};
