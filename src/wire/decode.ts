import type { Transform } from 'node:stream';
import type * as ZlibModule from 'node:zlib';

/** Takes the bytes of a body as they were sent, and gives on what they spell. */
export interface Decoder {
  push(bytes: Uint8Array): void;
  /** The body came to its end; `ended` is called when all of it was given on. */
  end(): void;
}

type Zlib = typeof ZlibModule;

// Loaded when a compressed body comes: the app has loaded it then, or is about to.
const zlib = (): Zlib => process.getBuiltinModule('node:zlib');

const transformOf = (encoding: string, first: number): Transform | undefined => {
  const lib = zlib();
  if (encoding === 'gzip' || encoding === 'x-gzip') return lib.createGunzip();
  if (encoding === 'br') return lib.createBrotliDecompress();
  if (encoding === 'zstd') return (lib as Partial<Zlib>).createZstdDecompress?.();
  // Some servers send deflate without its header.
  return encoding === 'deflate' ? ((first & 0x0f) === 8 ? lib.createInflate() : lib.createInflateRaw()) : undefined;
};

/** Undoes one content encoding beside the app, which does the same on its own. What cannot be undone gives nothing on. */
class Undoing implements Decoder {
  readonly #encoding: string;
  readonly #bytes: (piece: Uint8Array) => void;
  readonly #ended: () => void;
  #transform: Transform | undefined;
  #broken = false;

  constructor(encoding: string, bytes: (piece: Uint8Array) => void, ended: () => void) {
    this.#encoding = encoding;
    this.#bytes = bytes;
    this.#ended = ended;
  }

  push(piece: Uint8Array): void {
    if (this.#broken || piece.length === 0) return;
    this.#transform ??= this.#begin(piece[0] ?? 0);
    // A copy: the app owns the piece and may use it again before it was read here.
    this.#transform?.write(Buffer.from(piece));
  }

  end(): void {
    if (this.#transform === undefined || this.#broken) this.#ended();
    else this.#transform.end();
  }

  #begin(first: number): Transform | undefined {
    const transform = transformOf(this.#encoding, first);
    if (transform === undefined) this.#broken = true;
    transform?.on('data', this.#bytes);
    transform?.on('end', this.#ended);
    transform?.on('error', () => {
      this.#broken = true;
      this.#ended();
    });
    return transform;
  }
}

/** More encodings than anybody needs, fewer than would be work. @source undici 7, lib/web/fetch/index.js: fetch takes five */
const MOST_ENCODINGS = 5;

/**
 * Makes the decoder for a `content-encoding`; bodies without one are given on at once. `ended` may be called more than once.
 * @source rfc-editor.org/rfc/rfc9110#section-8.4: several are listed in the order in which they were applied
 */
export const decoderFor = (encoding: string, bytes: (piece: Uint8Array) => void, ended: () => void): Decoder => {
  let decoder: Decoder = { push: bytes, end: ended };
  if (encoding === '') return decoder;
  const names = encoding.split(',').map((name) => name.trim().toLowerCase());
  const applied = names.filter((name) => name !== '' && name !== 'identity');
  if (applied.length > MOST_ENCODINGS) return { push: () => undefined, end: ended };
  for (const name of applied) {
    const inner = decoder;
    decoder = new Undoing(
      name,
      (piece) => inner.push(piece),
      () => inner.end(),
    );
  }
  return decoder;
};
