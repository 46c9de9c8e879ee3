import { timers } from '../../base/timers.ts';
import type * as Http from 'node:http';
import { once } from '../../base/once.ts';
import { isPrivateAddress } from '../match/provider-id.ts';

/** What came back from an address. */
export type Got =
  | { readonly kind: 'text'; readonly text: string; readonly etag: string | undefined }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'failed'; readonly reason: string };

/** How an address is asked. */
export interface Asking {
  /** The ETag of what is there already. */
  readonly etag: string | undefined;
  /** How long one answer may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The largest answer that is read, in bytes. */
  readonly maxBytes: number;
}

/** Releases are kept behind a redirect or two; more is a circle. */
const MOST_REDIRECTS = 5;

// Loaded at the first look only: nobody else pays for them.
const http = once(() => process.getBuiltinModule('node:http'));
const https = once(() => process.getBuiltinModule('node:https'));

/** Whether a table may come from an address: over TLS, or from this host or network. */
const isAllowed = (url: string): boolean => url.startsWith('https://') || (url.startsWith('http://') && isPrivateAddress(url));

const textOf = (response: Http.IncomingMessage, maxBytes: number, resolve: (got: Got) => void): void => {
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) {
    response.destroy();
    resolve({ kind: 'too_large' });
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.byteLength;
    chunks.push(chunk);
    if (size <= maxBytes) return;
    resolve({ kind: 'too_large' });
    response.destroy();
  });
  response.on('end', () => resolve({ kind: 'text', text: Buffer.concat(chunks).toString('utf8'), etag: response.headers.etag }));
  response.on('error', (error: NodeJS.ErrnoException) => resolve({ kind: 'failed', reason: error.code ?? error.name }));
};

/** Where an answer sends us on, or `undefined` when it does not. */
const onwards = ({ statusCode, headers }: Http.IncomingMessage, url: string): string | undefined =>
  [301, 302, 303, 307, 308].includes(statusCode ?? 0) && headers.location !== undefined ? URL.parse(headers.location, url)?.href : undefined;

const ask = (url: string, { etag, timeoutMs, maxBytes }: Asking): Promise<Got | { readonly kind: 'elsewhere'; readonly url: string }> =>
  new Promise((resolve) => {
    const { request } = url.startsWith('https:') ? https() : http();
    const headers = { accept: 'application/json', ...(etag === undefined ? {} : { 'if-none-match': etag }) };
    const sent = request(url, { agent: false, headers }, (response) => {
      const elsewhere = onwards(response, url);
      if (elsewhere === undefined && response.statusCode === 200) {
        textOf(response, maxBytes, resolve);
        return;
      }
      response.destroy();
      if (elsewhere !== undefined) resolve({ kind: 'elsewhere', url: elsewhere });
      else if (response.statusCode === 304) resolve({ kind: 'unchanged' });
      else resolve({ kind: 'failed', reason: `the answer was ${response.statusCode}` });
    });
    // A process that is done must not wait for prices.
    sent.on('socket', (socket) => socket.unref());
    const timer = timers.setTimeout(() => sent.destroy(Object.assign(new Error('timeout'), { code: 'timeout' })), timeoutMs).unref();
    sent.on('close', () => {
      timers.clearTimeout(timer);
      resolve({ kind: 'failed', reason: 'the connection closed' });
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve({ kind: 'failed', reason: error.code ?? error.name }));
    sent.end();
  });

/** Asks an address for a text, unless it still carries the same ETag. Keeps no process alive and never rejects. */
export const getText = async (address: string, asking: Asking): Promise<Got> => {
  let url = address;
  try {
    for (let step = 0; step <= MOST_REDIRECTS; step++) {
      if (!isAllowed(url)) return { kind: 'failed', reason: 'the address is neither https nor on this network' };
      const got = await ask(url, asking);
      if (got.kind !== 'elsewhere') return got;
      url = got.url;
    }
    return { kind: 'failed', reason: 'the address leads in a circle' };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.name : 'no answer' };
  }
};
