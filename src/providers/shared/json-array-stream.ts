const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_SQUARE = 91;
const CLOSE_SQUARE = 93;
const OPEN_CURLY = 123;
const CLOSE_CURLY = 125;

/**
 * Cuts a JSON array that arrives in pieces into the texts of its elements, as soon as each one is whole. Gemini streams this way without `alt=sse`.
 * Only elements that are objects are handed out; what is no array yields nothing, or the one object that it is.
 * @source ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
export class JsonArrayParser {
  readonly #decoder = new TextDecoder('utf-8');
  readonly #onElement: (text: string) => void;
  /** Longest element that is kept, in UTF-16 units. */
  readonly #most: number;
  #held = '';
  #depth = 0;
  #inString = false;
  #escaped = false;
  #skipping = false;

  /** @param most longest element that is kept, in UTF-16 units */
  constructor(onElement: (text: string) => void, most = 32 * 1024 * 1024) {
    this.#onElement = onElement;
    this.#most = most;
  }

  /** Takes the next piece. */
  push(bytes: Uint8Array): void {
    this.#text(this.#decoder.decode(bytes, { stream: true }));
  }

  #text(text: string): void {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#inString) this.#insideString(code);
      else if (code === QUOTE) this.#inString = true;
      else if (code === OPEN_CURLY && this.#depth++ === 0) from = at;
      else if (this.#depth > 0 && this.#closes(code)) this.#emit(text.slice(from, at + 1));
    }
    if (this.#depth > 0) this.#hold(text.slice(from));
  }

  // True for the bracket that ends an element. Outside of elements only the array's own brackets stand.
  #closes(code: number): boolean {
    if (code === OPEN_SQUARE) this.#depth++;
    else if (code === CLOSE_SQUARE || code === CLOSE_CURLY) return --this.#depth === 0;
    return false;
  }

  #insideString(code: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (code === BACKSLASH) this.#escaped = true;
    else if (code === QUOTE) this.#inString = false;
  }

  #hold(text: string): void {
    if (this.#held.length + text.length > this.#most) {
      this.#skipping = true;
      this.#held = '';
    } else if (!this.#skipping) this.#held += text;
  }

  #emit(text: string): void {
    const whole = this.#held + text;
    const skip = this.#skipping;
    this.#held = '';
    this.#skipping = false;
    if (!skip) this.#onElement(whole);
  }
}
