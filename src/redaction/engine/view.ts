const NONE = new Int32Array(0);
const FIRST_ROOM = 64;

const wider = (array: Int32Array): Int32Array => {
  const next = new Int32Array(Math.max(FIRST_ROOM, array.length * 4));
  next.set(array);
  return next;
};

/** Stretches of a text that are written otherwise in a view of it, in order and without overlap. */
export class Replacements {
  // Most texts have none, so nothing is made for them.
  #starts: Int32Array = NONE;
  #ends: Int32Array = NONE;
  #codes: Int32Array = NONE;
  #count = 0;
  #ordered = true;

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** Adds a stretch that reads as the character `code`, or as nothing when that is -1. */
  add(start: number, end: number, code: number): void {
    const at = this.#count;
    if (at === this.#starts.length) this.#grow();
    this.#starts[at] = start;
    this.#ends[at] = end;
    this.#codes[at] = code;
    this.#ordered &&= at === 0 || (this.#starts[at - 1] ?? 0) < start;
    this.#count++;
  }

  /** Calls `each` for all stretches in the order of the text. */
  forEach(each: (start: number, end: number, code: number) => void): void {
    const starts = this.#starts;
    const order = this.#ordered ? undefined : Int32Array.from({ length: this.#count }, (_, i) => i).sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
    for (let i = 0; i < this.#count; i++) {
      const at = order?.[i] ?? i;
      each(starts[at] ?? 0, this.#ends[at] ?? 0, this.#codes[at] ?? 0);
    }
  }

  #grow(): void {
    this.#starts = wider(this.#starts);
    this.#ends = wider(this.#ends);
    this.#codes = wider(this.#codes);
  }
}

/** A text read in another way, with the way back to the places in the original. */
export interface View {
  readonly text: string;
  /** Gives the stretch of the original behind a stretch of the view, and whether anything in it was written otherwise. */
  original(start: number, end: number): { readonly start: number; readonly end: number; readonly changed: boolean };
}

// What is far from any replacement reads the same in both: only the surroundings are put into a view.
const BEFORE = 256;
const AFTER = 1024;
const LINE_END = 10;

class ViewBuilder {
  readonly #units: Uint16Array;
  // The place in the original that each unit of the view comes from.
  readonly #from: Int32Array;
  // How many units before each were put there, not copied.
  readonly #puts: Int32Array;
  #put = 0;
  #length = 0;

  constructor(capacity: number) {
    this.#units = new Uint16Array(capacity);
    this.#from = new Int32Array(capacity + 1);
    this.#puts = new Int32Array(capacity + 1);
  }

  copy(text: string, from: number, to: number): void {
    let at = this.#length;
    for (let i = from; i < to; i++, at++) {
      this.#units[at] = text.charCodeAt(i);
      this.#from[at] = i;
      this.#puts[at] = this.#put;
    }
    this.#length = at;
  }

  put(unit: number, from: number): void {
    this.#units[this.#length] = unit;
    this.#puts[this.#length] = this.#put++;
    this.#from[this.#length++] = from;
  }

  build(end: number): View {
    const length = this.#length;
    const from = this.#from;
    const puts = this.#puts;
    puts[length] = this.#put;
    from[length] = end;
    const text = Buffer.from(this.#units.buffer, 0, length * 2).toString('utf16le');
    return {
      text,
      original: (start, stop) => {
        const first = from[start] ?? 0;
        const last = from[stop] ?? end;
        // Something was put there, or something between two units is gone.
        return { start: first, end: last, changed: puts[start] !== puts[stop] || last - first !== stop - start };
      },
    };
  }
}

/** Writes the surroundings of all replacements anew. @param replacements at least one */
export const viewOf = (text: string, replacements: Replacements): View => {
  const builder = new ViewBuilder(Math.min(text.length, replacements.count * (BEFORE + AFTER)) + 2 * replacements.count + 2);
  let at = -1;
  let reach = 0;
  replacements.forEach((start, end, code) => {
    if (at < 0) at = Math.max(0, start - BEFORE);
    else if (start < at) return;
    else if (start > reach + BEFORE) {
      builder.copy(text, at, reach);
      builder.put(LINE_END, reach);
      builder.put(LINE_END, reach);
      at = start - BEFORE;
    }
    builder.copy(text, at, start);
    if (code >= 0) builder.put(code, start);
    at = end;
    reach = Math.min(text.length, end + AFTER);
  });
  builder.copy(text, at, reach);
  return builder.build(reach);
};
