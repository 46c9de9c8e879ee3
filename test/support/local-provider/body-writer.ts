import type { ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { constants, createBrotliCompress, createDeflate, createGzip, createZstdCompress, type Zlib } from 'node:zlib';
import type { Transform } from 'node:stream';
import type { Script } from './script.ts';

type Encoder = Transform & Zlib;

const ENCODERS: Readonly<Record<string, () => Encoder>> = {
  gzip: createGzip,
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  deflate: createDeflate,
  zstd: createZstdCompress,
};

const FLUSHES: Readonly<Record<string, number>> = { br: constants.BROTLI_OPERATION_FLUSH, zstd: constants.ZSTD_e_flush };

/** Writes the body of an answer as its script wants it: encoded, in pieces of any size. What was written has been handed to the client, encoded or not. */
export class BodyWriter {
  readonly #res: ServerResponse;
  readonly #pieceBytes: number;
  readonly #encoding: string | undefined;
  readonly #encoder: Encoder | undefined;
  #encoded: Buffer[] = [];

  constructor(res: ServerResponse, { encoding, pieceBytes }: Script) {
    this.#res = res;
    this.#pieceBytes = pieceBytes ?? Number.POSITIVE_INFINITY;
    this.#encoding = encoding;
    this.#encoder = encoding === undefined ? undefined : ENCODERS[encoding]?.();
    this.#encoder?.on('data', (bytes: Buffer) => this.#encoded.push(bytes));
  }

  /** What has to be said of the body in its headers. */
  get headers(): Readonly<Record<string, string>> {
    return this.#encoder === undefined ? {} : { 'content-encoding': String(this.#encoding) };
  }

  /** Writes what is to reach the client now. */
  async write(data: string | Buffer): Promise<void> {
    await this.send(await this.#encode(data, false));
  }

  /** Writes the last of it and ends the answer. */
  async end(data: string | Buffer = ''): Promise<void> {
    await this.send(await this.#encode(data, true));
    this.#res.end();
  }

  /** Gives a whole body as it is sent. */
  async whole(data: Buffer): Promise<Buffer> {
    return this.#encode(data, true);
  }

  /** Sends bytes as they are: a whole body, or a part of it. */
  async send(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#res.destroyed; at += this.#pieceBytes) {
      if (at > 0) await turn();
      await this.#sendPiece(bytes.subarray(at, at + this.#pieceBytes));
    }
  }

  async #sendPiece(piece: Buffer): Promise<void> {
    if (this.#res.destroyed || this.#res.write(piece)) return;
    await new Promise<void>((done) => {
      this.#res.once('drain', done);
      this.#res.once('close', done);
    });
  }

  async #encode(data: string | Buffer, isLast: boolean): Promise<Buffer> {
    const encoder = this.#encoder;
    if (encoder === undefined) return Buffer.from(data as string);
    if (data.length > 0) encoder.write(data);
    await new Promise<void>((done) => {
      if (isLast) encoder.once('end', done).end();
      else encoder.flush(FLUSHES[String(this.#encoding)] ?? constants.Z_SYNC_FLUSH, done);
    });
    const bytes = Buffer.concat(this.#encoded);
    this.#encoded = [];
    return bytes;
  }
}
