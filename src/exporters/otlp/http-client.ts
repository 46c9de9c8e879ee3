import { timers } from '../../base/timers.ts';
import type * as Http from 'node:http';
import { once } from '../../base/once.ts';
import type { OtlpSettings } from '../exporter-settings.ts';

/** What came of one POST. */
export type PostResult =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs: number | undefined; readonly body: Buffer; readonly reason?: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** One POST on its way. */
export interface Posting {
  readonly result: Promise<PostResult>;
  /** True once the last byte was handed to the system, which delivers it even when the process ends. */
  handedOver(): boolean;
}

// Loaded at the first export only: an app that never exports never pays for them.
const http = once(() => process.getBuiltinModule('node:http'));
const https = once(() => process.getBuiltinModule('node:https'));
const zlib = once(() => process.getBuiltinModule('node:zlib'));

/** Largest answer that is read, in bytes; collectors answer with next to nothing. */
const LARGEST_ANSWER = 65_536;

const retryAfter = (value: string | undefined): number | undefined => {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - timers.nowMs());
};

/** Gives the headers of a POST; the owner's come last, so that they win. */
export const postHeaders = (settings: OtlpSettings, userAgent: string): Record<string, string> => ({
  'content-type': settings.protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
  'user-agent': userAgent,
  ...(settings.compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
  ...settings.headers,
});

/** Gives the body as it goes over the wire, at once: for the end of the process. */
export const compressNow = (body: Buffer, settings: OtlpSettings): Buffer => (settings.compression === 'gzip' ? zlib().gzipSync(body) : body);

/** Gives the body as it goes over the wire, compressed beside the event loop. Never rejects: what cannot be compressed is an empty body. */
export const compress = (body: Buffer, settings: OtlpSettings): Promise<Buffer> =>
  settings.compression === 'gzip'
    ? new Promise((resolve) => {
        zlib().gzip(body, (error, zipped) => resolve(error === null ? zipped : Buffer.alloc(0)));
      })
    : Promise.resolve(body);

/** Posts to one address over connections that are kept, and that never keep the process alive by themselves. */
export class HttpClient {
  readonly #settings: OtlpSettings;
  readonly #headers: Record<string, string>;
  #agent: Http.Agent | undefined;

  /** @param userAgent names Purser and its version to the receiver */
  constructor(settings: OtlpSettings, userAgent: string) {
    this.#settings = settings;
    this.#headers = postHeaders(settings, userAgent);
  }

  /** Loads what the first POST needs. */
  warmUp(): void {
    this.#request();
  }

  /** Posts `body`, which must be compressed already; the answer is waited for at most `timeoutMs`. */
  post(body: Buffer, timeoutMs: number): Posting {
    let request: Http.ClientRequest | undefined;
    const result = new Promise<PostResult>((resolve) => {
      const failed = (error: Error & { code?: string }): void => resolve({ kind: 'failed', reason: error.code ?? error.message });
      try {
        request = this.#send(body, timeoutMs, resolve);
        request.on('error', failed);
      } catch (error) {
        failed(error instanceof Error ? error : new Error(String(error)));
      }
    });
    return {
      result,
      handedOver: () => request?.writableFinished === true && request.socket?.writableLength === 0,
    };
  }

  /** Closes the connections. */
  close(): void {
    this.#agent?.destroy();
  }

  #send(body: Buffer, timeoutMs: number, resolve: (result: PostResult) => void): Http.ClientRequest {
    const { request, agent } = this.#request();
    const sent = request(this.#settings.url, { method: 'POST', agent, headers: { ...this.#headers, 'content-length': String(body.length) } }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= LARGEST_ANSWER) chunks.push(chunk);
      });
      const done = (): void =>
        resolve({ kind: 'answered', status: response.statusCode ?? 0, retryAfterMs: retryAfter(response.headers['retry-after']), body: Buffer.concat(chunks) });
      response.on('end', done);
      response.on('error', done);
    });
    sent.on('socket', (socket) => socket.unref());
    const timer = timers.setTimeout(() => sent.destroy(Object.assign(new Error('timeout'), { code: 'timeout' })), timeoutMs).unref();
    sent.on('close', () => timers.clearTimeout(timer));
    sent.end(body);
    return sent;
  }

  #request(): { request: typeof Http.request; agent: Http.Agent } {
    const secure = this.#settings.url.startsWith('https:');
    const module = secure ? https() : http();
    this.#agent ??= new module.Agent({ keepAlive: true, maxSockets: 4, ...(secure ? this.#settings.tls : {}) });
    return { request: module.request, agent: this.#agent };
  }
}
