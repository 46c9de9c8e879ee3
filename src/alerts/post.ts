import { timers } from '../base/timers.ts';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { loadBuiltin } from './load-builtin.ts';
import type { SendResult } from './channel.ts';

/** A message to a receiver. */
export interface Post {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Tells whether a 2xx answer with this body is a yes. @default any */
  readonly accepts?: (body: string) => boolean;
}

const TIMEOUT_MS = 10_000;
const LONGEST_ANSWER = 65_536;

/** Statuses with which a receiver turns down one message rather than all of them. */
const REJECTIONS: ReadonlySet<number> = new Set([400, 413, 415, 422]);

const retryAfter = (header: string | undefined, nowMs: number): number | undefined => {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
};

const judge = (status: number, body: string, header: string | undefined, accepts: Post['accepts']): SendResult => {
  if (status >= 200 && status < 300) {
    if (accepts === undefined || accepts(body)) return { kind: 'delivered' };
    return { kind: 'failed', reason: `the answer ${status} is not what this kind of receiver says` };
  }
  const wait = retryAfter(header, timers.nowMs());
  return { kind: 'failed', reason: `HTTP status ${status}`, rejected: REJECTIONS.has(status), ...(wait === undefined ? {} : { retryAfterMs: wait }) };
};

const readAnswer = (response: IncomingMessage, done: (body: string) => void, fail: (reason: string) => void): void => {
  let body = '';
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    if (body.length < LONGEST_ANSWER) body += text;
  });
  response.on('end', () => done(body));
  response.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
};

/**
 * Posts a message and judges the answer. Follows no redirect, so that a signed or secret address goes nowhere else. Never rejects,
 * and never keeps the process alive: what is not delivered waits in the outbox.
 */
export const post = ({ url, body, headers, accepts }: Post): Promise<SendResult> =>
  new Promise((resolve) => {
    const fail = (reason: string): void => resolve({ kind: 'failed', reason });
    try {
      const address = new URL(url);
      const { request } = loadBuiltin(address.protocol === 'https:' ? 'node:https' : 'node:http');
      const options: RequestOptions = {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'purser', ...headers, 'content-length': Buffer.byteLength(body) },
        agent: false,
      };
      const sent = request(address, options, (response) => {
        readAnswer(response, (text) => resolve(judge(response.statusCode ?? 0, text, response.headers['retry-after'], accepts)), fail);
      });
      // The socket's own timeout starts over with every byte; a receiver that drips would hold the queue.
      const limit = timers
        .setTimeout(() => sent.destroy(Object.assign(new Error('timeout'), { code: `no answer within ${TIMEOUT_MS / 1000} s` })), TIMEOUT_MS)
        .unref();
      sent.on('socket', (socket) => socket.unref());
      sent.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
      sent.on('close', () => {
        timers.clearTimeout(limit);
        fail('the connection was closed');
      });
      sent.end(body);
    } catch (error) {
      fail(error instanceof Error ? error.name : 'a fault');
    }
  });
