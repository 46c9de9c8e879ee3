const BRACKET = 125;
/** OpenAI pads its chunks with random text against guessing by length. */
const PADDING = '"obfuscation":"';
const LONGEST_PADDING = 256;

// A copy that is one piece in memory and holds on to no other text, so that comparing it is one look.
const flat = (text: string): string => {
  const copy = Buffer.from(text, 'latin1').toString('latin1');
  return copy === text ? copy : text;
};

/**
 * Knows a plain delta again. The chunks of one stream differ in their text alone, so what stands before and behind the text of one that held no
 * fact is compared with the next one: three looks instead of a dozen searches. `slice` and `===` are several times faster than `startsWith` (V8 13.6).
 */
export class DeltaPattern {
  #head = '';
  #tail = '';
  #padded = false;
  /** How long the text of the chunk was that was found last. */
  length = 0;

  /** Learns from a chunk that holds no fact. `key` is the member that holds its text, with the quotes that begin the text: `"content":"`. False where it has none. */
  learn(data: string, key: string): boolean {
    const at = data.indexOf(key);
    if (at < 0) return false;
    const from = at + key.length;
    const to = data.indexOf('"', from);
    if (to < 0) return false;
    const padding = data.indexOf(PADDING, to);
    this.#padded = padding >= 0;
    this.#head = flat(data.slice(0, from));
    this.#tail = flat(data.slice(to, padding < 0 ? undefined : padding + PADDING.length));
    return true;
  }

  /** Gives the length of the text where `data` is such a chunk again, else -1. An escaped quote in the text makes it another chunk, to be safe. */
  match(data: string): number {
    return this.endIn(data, 0) === data.length ? this.length : -1;
  }

  /** Gives where such a chunk that begins at `from` of a longer text ends, else -1; its text has `length` then. */
  endIn(text: string, from: number): number {
    const start = from + this.#head.length;
    if (start === from || text.slice(from, start) !== this.#head) return -1;
    const to = text.indexOf('"', start);
    const end = to + this.#tail.length;
    if (to < 0 || text.slice(to, end) !== this.#tail) return -1;
    this.length = to - start;
    return this.#padded ? paddingEnd(text, end) : end;
  }
}

// Behind the padding only the quote and the bracket that end the chunk.
const paddingEnd = (text: string, from: number): number => {
  const last = text.indexOf('"', from);
  return last >= 0 && last - from < LONGEST_PADDING && text.charCodeAt(last + 1) === BRACKET ? last + 2 : -1;
};
