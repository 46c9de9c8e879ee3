import { Buffer } from 'node:buffer';

/** The room one scan needs, kept for the next one. What a scan finds in its pass over the bytes is written here as well. */
export class Workspace {
  /** How many characters fit, with some zeros behind them. */
  readonly capacity: number;
  /** The characters of the text, and at least 16 zeros behind them. */
  readonly bytes: Uint8Array;
  /** The same memory for reading and writing strings. */
  readonly buffer: Buffer;
  /** The same memory, two characters at a time. */
  readonly pairs: Uint16Array;
  /** Places noted on the first way over the pairs: where a run may begin. */
  readonly candidates: Int32Array;
  /** Indices of groups of four pairs in which the letters of a password's name may end. */
  readonly groups: Int32Array;
  /** The runs found: three numbers each, see `RunsOf`. */
  readonly runs: Int32Array;

  /** @param capacity the most characters of a text; a multiple of 8 */
  constructor(capacity: number) {
    this.capacity = capacity;
    const memory = new ArrayBuffer(capacity + PADDING);
    this.bytes = new Uint8Array(memory);
    this.buffer = Buffer.from(memory);
    this.pairs = new Uint16Array(memory);
    const steps = capacity / 8 + 2;
    this.candidates = new Int32Array(steps);
    this.groups = new Int32Array(steps);
    // A run has 14 characters at least and one between it and the next.
    this.runs = new Int32Array(Math.ceil(capacity / 15 + 2) * 3);
  }
}

const PADDING = 24;
const FIRST_CAPACITY = 1 << 14;
const KEPT_CAPACITY = 1 << 18;
// One for the text, others for what is decoded from it and for its views.
const kept: Workspace[] = [];
let depth = 0;

const roomFor = (length: number): Workspace => {
  const known = kept[depth];
  if (known !== undefined && known.capacity >= length) return known;
  const wanted = Math.max(depth === 0 ? FIRST_CAPACITY : 256, length, Math.min(KEPT_CAPACITY, (known?.capacity ?? 0) * 2));
  const made = new Workspace((wanted + 7) & ~7);
  if (made.capacity <= KEPT_CAPACITY) kept[depth] = made;
  return made;
};

/** Calls `work` with room for `length` characters; a call inside a call gets other room. `work` must not keep it. */
export const withWorkspace = <T>(length: number, work: (space: Workspace) => T): T => {
  const space = roomFor(length);
  depth++;
  try {
    return work(space);
  } finally {
    depth--;
  }
};
