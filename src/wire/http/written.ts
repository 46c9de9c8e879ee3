import { MOST, readText, UNREAD, type BodyRead } from '../read-text.ts';

/** What the app writes, kept beside until the request is ended, since only the whole of it is JSON. */
export class Written {
  #pieces: Uint8Array[] = [];
  #size = 0;

  /** Takes what is written, in any form that a stream takes. */
  add(chunk: unknown, encoding: unknown): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8') : chunk;
    if (!(bytes instanceof Uint8Array) || this.#size + bytes.length > MOST) return;
    this.#size += bytes.length;
    this.#pieces.push(bytes);
  }

  /** Reads all of it as JSON, once. */
  read(): BodyRead {
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [];
    // Form data begins with its boundary.
    return all.length === 0 || all[0] === 45 ? UNREAD : readText(all.toString('utf8'));
  }
}
