/** A body is kept as it is up to this size, and what is left of a larger one once its long values are left out. */
const LIMIT = 8 * 1024 * 1024;

/** Longer strings, and longer runs of numbers, are left out of a large body: pictures, sound, vectors. What says what a call used is short. */
const LONGEST = 16 * 1024;

const QUOTE = 34;
const BACKSLASH = 92;

/** What a run of numbers ends at. */
const ENDS = new Uint8Array(256);
for (const end of Buffer.from('":[]{}')) ENDS[end] = 1;

/** Leaves long values out of JSON as its bytes go by: an empty string is left of a string, nothing of numbers. */
class Shortened {
  readonly #kept = Buffer.allocUnsafe(LIMIT);
  #size = 0;
  /** Where the value under way begins in what is kept, and how long it is. */
  #from = 0;
  #length = 0;
  #inString = false;
  #isEscaped = false;

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const end = this.#inString ? this.#stringEnd(bytes, at) : this.#runEnd(bytes, at);
      this.#add(bytes, at, end);
      if (end === bytes.length) return;
      if (bytes[end] === QUOTE) this.#inString = !this.#inString;
      at = end + 1;
      this.#length = 0;
      this.#add(bytes, end, at);
      this.#from = this.#size;
      this.#length = 0;
    }
  }

  /** A text that is still too long is not whole, and so no JSON. */
  text(): string {
    return this.#kept.toString('utf8', 0, Math.min(this.#size, LIMIT));
  }

  #add(bytes: Uint8Array, from: number, end: number): void {
    this.#length += end - from;
    if (this.#length > LONGEST) this.#size = this.#from;
    else {
      if (this.#size < LIMIT) this.#kept.set(bytes.subarray(from, Math.min(end, from + LIMIT - this.#size)), this.#size);
      this.#size += end - from;
    }
  }

  #runEnd(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && ENDS[bytes[at] as number] === 0) at++;
    return at;
  }

  /** Where the string's closing quote is, or the end of the piece. */
  #stringEnd(bytes: Uint8Array, from: number): number {
    let at = from;
    for (let quote = -1; ;) {
      if (this.#isEscaped && at < bytes.length) {
        at++;
        this.#isEscaped = false;
      }
      // Pictures and sound have no backslash: one is looked for only before the quote that comes next.
      if (quote < at) quote = bytes.indexOf(QUOTE, at);
      if (quote < 0) quote = bytes.length;
      const slash = bytes.subarray(at, quote).indexOf(BACKSLASH);
      if (slash < 0) return quote;
      at += slash + 1;
      this.#isEscaped = true;
    }
  }
}

/** Keeps the body of an answer that the app reads piece by piece, as far as its facts need it: at most 8 MB. */
export class KeptBody {
  #pieces: Uint8Array[] = [];
  #size = 0;
  #shortened: Shortened | undefined;

  /** Takes the next bytes. */
  push(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#shortened === undefined && this.#size > LIMIT) this.#shorten();
    // A copy, which `slice` of a Buffer would not be: what becomes of the piece is the app's affair.
    if (this.#shortened === undefined) this.#pieces.push(Buffer.from(bytes));
    else this.#shortened.push(bytes);
  }

  /** Gives the text, without the long values of one that was too large, and keeps it no longer. */
  take(): string {
    const text = this.#shortened?.text() ?? Buffer.concat(this.#pieces).toString('utf8');
    this.#pieces = [];
    this.#shortened = undefined;
    return text;
  }

  #shorten(): void {
    this.#shortened = new Shortened();
    for (const piece of this.#pieces) this.#shortened.push(piece);
    this.#pieces = [];
  }
}
