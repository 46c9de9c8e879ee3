import { MOST, readText, UNREAD, type BodyRead } from '../read-text.ts';

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

/** What the app writes, kept beside until the request is ended, since only the whole of it is JSON. */
export class Written {
  #pieces: Uint8Array[] = [];
  #size = 0;

  /** Takes what is written, in any form that a stream takes. What comes as bytes is copied: the app may fill them anew once they are written. */
  add(chunk: unknown, encoding: unknown): void {
    if (isBytes(chunk)) {
      if (this.#fits(chunk.length)) this.#pieces.push(Buffer.from(chunk));
    } else if (typeof chunk === 'string') {
      const bytes = Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
      if (this.#fits(bytes.length)) this.#pieces.push(bytes);
    }
  }

  /** Reads all of it as JSON, once. */
  read(): BodyRead {
    const [first = Buffer.alloc(0)] = this.#pieces;
    const all = this.#pieces.length > 1 ? Buffer.concat(this.#pieces) : Buffer.from(first.buffer, first.byteOffset, first.byteLength);
    this.#pieces = [];
    // Form data begins with its boundary.
    return all.length === 0 || all[0] === 45 || this.#size > MOST ? UNREAD : readText(all.toString('utf8'));
  }

  /** A body that is too long is not kept at all: what is left of it would be no JSON. */
  #fits(bytes: number): boolean {
    this.#size += bytes;
    if (this.#size > MOST) this.#pieces = [];
    return this.#size <= MOST;
  }
}
