import { timers } from '../../base/timers.ts';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { once } from '../../base/once.ts';
import type { OtlpSettings } from '../exporter-settings.ts';
import { framed, grpcHeaders, httpStatusOf, unframed } from './grpc-message.ts';
import type { Posting, PostResult } from './http-client.ts';

// Loaded at the first export only.
const http2 = once(() => process.getBuiltinModule('node:http2'));

/** Calls one method of one receiver over gRPC, without a library: a message each way. Its connection never keeps the process alive. */
export class GrpcClient {
  readonly #settings: OtlpSettings;
  readonly #headers: Record<string, string>;
  #session: ClientHttp2Session | undefined;

  /** @param userAgent names Purser and its version to the receiver */
  constructor(settings: OtlpSettings, userAgent: string) {
    this.#settings = settings;
    this.#headers = grpcHeaders(settings, userAgent);
  }

  /** Loads what the first call needs. */
  warmUp(): void {
    http2();
  }

  /** Sends `body`, which must be compressed already; the answer is waited for at most `timeoutMs`. */
  post(body: Buffer, timeoutMs: number): Posting {
    let stream: ClientHttp2Stream | undefined;
    const result = new Promise<PostResult>((resolve) => {
      try {
        stream = this.#call(body, timeoutMs, resolve);
      } catch (error) {
        resolve({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
      }
    });
    return { result, handedOver: () => stream?.writableFinished === true && this.#session?.socket.writableLength === 0 };
  }

  /** Closes the connection. */
  close(): void {
    this.#session?.close();
    this.#session = undefined;
  }

  #call(body: Buffer, timeoutMs: number, resolve: (result: PostResult) => void): ClientHttp2Stream {
    const session = this.#connected((error) => resolve(failureOf(error)));
    const stream = session.request({ ...this.#headers, 'grpc-timeout': `${Math.max(1, Math.floor(timeoutMs))}m` });
    const chunks: Buffer[] = [];
    let head: IncomingHttpHeaders = {};
    const timer = timers
      .setTimeout(() => {
        resolve({ kind: 'failed', reason: 'timeout' });
        stream.destroy();
      }, timeoutMs)
      .unref();
    // A call that fails at once says so in its first headers, others in their trailers.
    stream.on('response', (headers) => (head = { ...head, ...headers }));
    stream.on('trailers', (trailers) => (head = { ...head, ...trailers }));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', (error) => resolve(failureOf(error)));
    stream.on('close', () => {
      timers.clearTimeout(timer);
      resolve(answerOf(head, Buffer.concat(chunks)));
    });
    stream.end(framed(body, this.#settings.compression));
    return stream;
  }

  #connected(failed: (error: Error) => void): ClientHttp2Session {
    const before = this.#session;
    if (before !== undefined && !before.closed && !before.destroyed) return before;
    const session = http2().connect(new URL(this.#settings.url).origin, { ...this.#settings.tls });
    const forget = (): void => {
      if (this.#session === session) this.#session = undefined;
    };
    session.on('error', (error) => {
      forget();
      failed(error);
    });
    session.on('close', forget);
    session.on('goaway', forget);
    session.unref();
    this.#session = session;
    return session;
  }
}

/** A stream that ends with its connection says why in the cause. */
const failureOf = (error: Error): PostResult => {
  const { code, message } = (error.cause instanceof Error ? error.cause : error) as NodeJS.ErrnoException;
  return { kind: 'failed', reason: code ?? message };
};

const answerOf = (head: IncomingHttpHeaders, body: Buffer): PostResult => {
  const http = Number(head[':status'] ?? 0);
  const code = head['grpc-status'];
  if (http === 0) return { kind: 'failed', reason: 'the connection was closed' };
  if (code === undefined) return { kind: 'answered', status: http === 200 ? 502 : http, retryAfterMs: undefined, body: unframed(body) };
  return { kind: 'answered', status: httpStatusOf(Number(code)), retryAfterMs: undefined, body: unframed(body), reason: `gRPC status ${String(code)}` };
};
