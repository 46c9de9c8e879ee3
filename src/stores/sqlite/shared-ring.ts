/** So many entries are on their way at most; a power of two. */
const SLOTS = 64;
/** Numbers in a slot: the first says which entry it holds. */
const PER_SLOT = 104;
/** Characters in a slot. */
const PER_TEXT = 96;
// Each count has a cache line of its own, since either thread writes one and watches the other.
const SENT = 0;
const TAKEN = 16;
const AWAKE = 32;
const HEAD_BYTES = 192;
const SLOT_BYTES = PER_SLOT * Float64Array.BYTES_PER_ELEMENT;
const BYTES = HEAD_BYTES + SLOTS * (SLOT_BYTES + PER_TEXT);

/** So many numbers fit into an entry. */
export const ENTRY_NUMBERS = PER_SLOT - 1;

/** Says of an entry that it came as a message. */
export const IN_A_MESSAGE = -1;

/** Gives the memory of a ring; `undefined` where threads cannot share memory. */
export const ringMemory = (): SharedArrayBuffer | undefined => {
  try {
    return new SharedArrayBuffer(BYTES);
  } catch {
    return undefined;
  }
};

/**
 * Entries from one thread to one other through memory that both see, in their order: some numbers and one short text each. An entry that
 * does not fit is counted here and sent as a message before. A reader that is awake looks by itself; one that sleeps wants to be woken.
 */
export class SharedRing {
  readonly numbers: Float64Array;
  readonly #counts: Int32Array;
  readonly #texts: Buffer;
  /** How many entries this side has sent or taken, in 32 bits. */
  #count = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#counts = new Int32Array(memory, 0, HEAD_BYTES / Int32Array.BYTES_PER_ELEMENT);
    this.numbers = new Float64Array(memory, HEAD_BYTES, SLOTS * PER_SLOT);
    this.#texts = Buffer.from(memory, HEAD_BYTES + SLOTS * SLOT_BYTES, SLOTS * PER_TEXT);
  }

  /** Where the numbers of the next entry go; `undefined` while the reader is a whole round behind. */
  get room(): number | undefined {
    return ((this.#count - Atomics.load(this.#counts, TAKEN)) | 0) < SLOTS ? this.#slot + 1 : undefined;
  }

  /** Writes the text of the next entry, once there is room. Gives false for one that is too long or that has characters above 255. */
  writeText(text: string): boolean {
    const { length } = text;
    if (length > PER_TEXT) return false;
    const texts = this.#texts;
    const from = (this.#count & (SLOTS - 1)) * PER_TEXT;
    for (let at = 0; at < length; at += 1) {
      const code = text.charCodeAt(at);
      if (code > 255) return false;
      texts[from + at] = code;
    }
    return true;
  }

  /** Hands the next entry over: what was written into its place, or what was sent as a message. Gives whether the reader wants to be woken. */
  send(isWritten: boolean): boolean {
    const sent = (this.#count + 1) | 0;
    if (isWritten) this.numbers[this.#slot] = sent;
    this.#count = sent;
    Atomics.store(this.#counts, SENT, sent);
    return Atomics.load(this.#counts, AWAKE) === 0;
  }

  /** Wakes the reader that sleeps in `sleep`. */
  wake(): void {
    Atomics.notify(this.#counts, SENT);
  }

  /** Whether there is nothing to take. */
  get isEmpty(): boolean {
    return Atomics.load(this.#counts, SENT) === this.#count;
  }

  /** Where the numbers of the next entry are, or `IN_A_MESSAGE`. */
  get next(): number {
    const slot = this.#slot;
    return this.numbers[slot] === ((this.#count + 1) | 0) ? slot + 1 : IN_A_MESSAGE;
  }

  /** Reads the text of the next entry. */
  readText(length: number): string {
    const from = (this.#count & (SLOTS - 1)) * PER_TEXT;
    return this.#texts.toString('latin1', from, from + length);
  }

  /** Makes the place of the next entry free. */
  taken(): void {
    this.#count = (this.#count + 1) | 0;
    Atomics.store(this.#counts, TAKEN, this.#count);
  }

  /** Says whether the reader looks by itself. One that stops must look once more. */
  set isAwake(isAwake: boolean) {
    Atomics.store(this.#counts, AWAKE, isAwake ? 1 : 0);
  }

  /** Sleeps until there is something to take. Only for a thread that is ours. */
  sleep(): void {
    this.isAwake = false;
    Atomics.wait(this.#counts, SENT, this.#count);
    this.isAwake = true;
  }

  get #slot(): number {
    return (this.#count & (SLOTS - 1)) * PER_SLOT;
  }
}
