/** What ends an event may begin in one piece and end in the next: as many letters of its end as can be in the first. */
const TAIL = 3;

const LF = 10;
const CR = 13;

/** Longest text that is kept, in UTF-16 units. No dialect sends single events beyond this; a body that never ends one is not a stream of them. */
const MOST = 16 * 1024 * 1024;

/** Text of a stream that is not whole yet, piece by piece: a large event comes in so many that putting them together each time would hold up the app. */
export class Carry {
  /** Mostly there is one piece. */
  #first = '';
  readonly #others: string[] = [];
  #length = 0;
  /** What it ends in, at most three letters, where that is the end of a line. */
  tail = '';

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** Keeps another piece; what is too long is dropped. */
  add(piece: string): void {
    this.#length += piece.length;
    if (this.#length > MOST) {
      this.take();
      return;
    }
    if (this.#first === '') this.#first = piece;
    else this.#others.push(piece);
    const last = piece.charCodeAt(piece.length - 1);
    this.tail = last === LF || last === CR ? (this.tail + piece).slice(-TAIL) : '';
  }

  /** Gives all that was kept, and keeps it no longer. */
  take(): string {
    const others = this.#others;
    const text = others.length === 0 ? this.#first : this.#first + others.join('');
    if (others.length > 0) others.length = 0;
    this.#first = '';
    this.#length = 0;
    this.tail = '';
    return text;
  }
}
