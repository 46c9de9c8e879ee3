import type { ClientRequest } from 'node:http';

type Args = readonly unknown[];

const bytesOf = (chunk: unknown, encoding: unknown): number | undefined => {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
  return chunk instanceof Uint8Array ? chunk.byteLength : undefined;
};

/**
 * Keeps back the write by which the body of a request is whole, as its `content-length` says, until it is known whether the request may go out: axios and
 * others write first, and what is written can be changed no more, nor taken back.
 */
export class HeldWrite {
  readonly #req: ClientRequest;
  readonly #write: (args: Args) => unknown;
  #args: Args | undefined;
  #bytes = 0;
  /** Whether anything was written that is not held. */
  #isBegun = false;

  /** @param write writes as the app did */
  constructor(req: ClientRequest, write: (args: Args) => unknown) {
    this.#req = req;
    this.#write = write;
  }

  /** Takes a write of the app's; gives false where the body is not whole with it, and it is to be written at once. */
  take(args: Args): boolean {
    this.#bytes += bytesOf(args[0], args[1]) ?? Number.NaN;
    const length = Number(this.#req.getHeader('content-length') ?? Number.NaN);
    if (this.#bytes !== length) {
      this.#isBegun = true;
      return false;
    }
    this.#args = args;
    return true;
  }

  /** Writes what is held. */
  release(): void {
    const args = this.#args;
    this.#args = undefined;
    if (args !== undefined) this.#write(args);
  }

  /** Whether all that was written is held, so that another body may be sent. */
  get isWhole(): boolean {
    return !this.#isBegun;
  }

  /** Forgets what is held, since another body is sent; the app's callback is told as if it had been written. */
  drop(): void {
    const told = this.#args?.find((arg) => typeof arg === 'function') as (() => void) | undefined;
    this.#args = undefined;
    if (told !== undefined) process.nextTick(told);
  }
}
