/** A stretch of a text that is written otherwise in a view of it. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly by: string;
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
const SEPARATOR = '\n\n';

class ViewBuilder {
  // Piece i covers view[starts[i]..starts[i + 1]) and original[from[i]..to[i]).
  readonly #starts: number[] = [];
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #changed: boolean[] = [];
  readonly #parts: string[] = [];
  #length = 0;

  push(part: string, from: number, to: number, changed: boolean): void {
    this.#starts.push(this.#length);
    this.#from.push(from);
    this.#to.push(to);
    this.#changed.push(changed);
    this.#parts.push(part);
    this.#length += part.length;
  }

  /** The last piece that begins at or before a place of the view. */
  #pieceAt(at: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  build(): View {
    return {
      text: this.#parts.join(''),
      original: (start, end) => {
        const first = this.#pieceAt(start);
        const last = this.#pieceAt(end - 1);
        let changed = false;
        for (let i = first; i <= last; i++) changed ||= this.#changed[i] === true;
        const into = (piece: number, at: number): number => (this.#from[piece] ?? 0) + at - (this.#starts[piece] ?? 0);
        return {
          start: this.#changed[first] === true ? (this.#from[first] ?? 0) : into(first, start),
          end: this.#changed[last] === true ? (this.#to[last] ?? 0) : into(last, end),
          changed,
        };
      },
    };
  }
}

/** Writes the surroundings of all replacements anew. @param replacements in order, without overlap, at least one */
export const viewOf = (text: string, replacements: readonly Replacement[]): View => {
  const builder = new ViewBuilder();
  let at = Math.max(0, (replacements[0]?.start ?? 0) - BEFORE);
  let reach = at;
  for (const { start, end, by } of replacements) {
    if (start > reach + BEFORE && reach > at) {
      builder.push(text.slice(at, reach), at, reach, false);
      builder.push(SEPARATOR, reach, reach, false);
      at = Math.max(reach, start - BEFORE);
    }
    builder.push(text.slice(at, start), at, start, false);
    builder.push(by, start, end, true);
    at = end;
    reach = Math.min(text.length, end + AFTER);
  }
  builder.push(text.slice(at, reach), at, reach, false);
  return builder.build();
};
