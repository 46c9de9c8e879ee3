const WORD = 8;

/**
 * A text of eight bytes or more that is looked for at a known place in raw bytes, eight of them at a time, without a copy. They are compared as
 * floating-point numbers, which a DataView reads at any place without allocating: among them only zero has two forms, and a text that is one of those
 * which equal nothing, not even themselves, is not found.
 */
export class ByteBlock {
  readonly length: number;
  readonly #words: Float64Array;
  /** The last word, which may overlap the one before. */
  readonly #last: number;

  private constructor(bytes: Buffer) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.length = bytes.length;
    this.#words = Float64Array.from({ length: Math.floor(bytes.length / WORD) }, (_, index) => view.getFloat64(index * WORD, true));
    this.#last = view.getFloat64(bytes.length - WORD, true);
  }

  /** Makes a block of a text whose code units are bytes; `undefined` where it is too short or holds others. */
  static of(text: string): ByteBlock | undefined {
    const bytes = Buffer.from(text, 'latin1');
    return bytes.length >= WORD && !bytes.includes(0) && bytes.toString('latin1') === text ? new ByteBlock(bytes) : undefined;
  }

  /** Whether the text stands at `at`. */
  isAt(bytes: DataView, at: number): boolean {
    const end = at + this.length;
    if (end > bytes.byteLength) return false;
    const words = this.#words;
    for (let index = 0, from = at; index < words.length; index++, from += WORD) if (bytes.getFloat64(from, true) !== words[index]) return false;
    return bytes.getFloat64(end - WORD, true) === this.#last;
  }
}
