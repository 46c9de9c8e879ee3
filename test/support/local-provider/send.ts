import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExchangeEnd } from './bill.ts';
import type { Reply } from './exchange.ts';
import { BodyWriter } from './body-writer.ts';
import { reframed } from './framing.ts';
import type { Script } from './script.ts';

/** How the sending of a reply ended. */
export interface Sent {
  readonly end: ExchangeEnd;
  readonly events: number;
}

const closed = (res: ServerResponse): Promise<void> =>
  new Promise((done) => {
    if (res.destroyed) done();
    else res.once('close', done);
  });

const joined = (events: readonly (string | Buffer)[]): string | Buffer =>
  events.every((e) => typeof e === 'string') ? events.join('') : Buffer.concat(events.map((e) => Buffer.from(e as string)));

/** Loses the connection. */
const lose = (res: ServerResponse, { resets }: Script): void => {
  if (resets) res.socket?.resetAndDestroy();
  res.destroy();
};

/** Sends events in their rhythm, up to the place where the script breaks them off. */
const sendEvents = async (res: ServerResponse, body: BodyWriter, reply: Extract<Reply, { kind: 'events' }>, script: Script): Promise<Sent> => {
  const framing = reply.contentType.includes('event-stream') ? script.framing : new Set<string>();
  const events = reframed(reply.events, framing);
  const stops = [script.stallAfter, script.cutAfter, script.errorAfter, script.shortAfter];
  const stop = Math.min(events.length, ...stops.map((after) => after ?? events.length));
  const step = script.intervalMs > 0 ? 1 : Math.max(1, script.batch);
  let sent = 0;
  while (sent < stop) {
    if (res.destroyed) return { end: 'client_gone', events: sent };
    const until = Math.min(stop, sent + step);
    await body.write(joined(events.slice(sent, until)));
    sent = until;
    if (script.intervalMs > 0 && sent < stop) await sleep(script.intervalMs);
  }
  if (res.destroyed && stop < events.length) return { end: 'client_gone', events: sent };
  if (script.cutAfter === stop) {
    await sleep(5);
    lose(res, script);
    return { end: 'cut', events: sent };
  }
  if (script.stallAfter === stop) {
    await closed(res);
    return { end: 'stalled', events: sent };
  }
  if (script.errorAfter === stop) {
    await body.end(joined(reframed([reply.errorEvent], framing)));
    return { end: 'stream_error', events: sent };
  }
  await body.end();
  return { end: stop < events.length ? 'short' : 'answered', events: sent };
};

/** A content type as the script wants it said. */
const typed = (contentType: string, { type }: Script): Readonly<Record<string, string>> => {
  if (type === 'none') return {};
  if (type === 'plain') return { 'content-type': 'text/plain; charset=utf-8' };
  return { 'content-type': type === 'upper' ? contentType.toUpperCase() : contentType };
};

/** Sends a whole body, or so many bytes of it where the script cuts it off: its length is promised all the same. */
const sendWhole = async (
  res: ServerResponse,
  writer: BodyWriter,
  reply: Extract<Reply, { kind: 'whole' }>,
  script: Script,
  headers: Readonly<Record<string, string>>,
): Promise<Sent> => {
  const { cutAfter } = script;
  const body = await writer.whole(Buffer.from(reply.body));
  const type = typed(reply.contentType ?? 'application/json', script);
  res.writeHead(reply.status, { ...type, 'content-length': String(body.length), ...headers });
  if (cutAfter !== undefined && cutAfter < body.length && reply.status < 400) {
    await writer.send(body.subarray(0, cutAfter));
    await sleep(5);
    lose(res, script);
    return { end: 'cut', events: 0 };
  }
  await writer.send(body);
  res.end();
  return { end: reply.status >= 400 ? 'failed' : 'answered', events: 0 };
};

/** Sends a reply with its headers; says how it ended once the last byte is handed over or the client has gone. */
export const sendReply = async (res: ServerResponse, reply: Reply, script: Script, headers: Readonly<Record<string, string>>): Promise<Sent> => {
  if (script.latencyMs > 0) await sleep(script.latencyMs);
  if (res.destroyed) return { end: 'client_gone', events: 0 };
  if (script.cutAfter === 0 || script.isTorn) {
    if (script.isTorn) await new Promise((done) => res.socket?.write('HTTP/1.1 200 OK\r\ncontent-type: app', done));
    lose(res, script);
    return { end: 'cut', events: 0 };
  }
  const body = new BodyWriter(res, script);
  const all = { ...headers, ...body.headers, ...(script.closes ? { connection: 'close' } : {}) };
  if (reply.kind === 'whole') return sendWhole(res, body, reply, script, all);
  res.writeHead(200, { ...typed(reply.contentType, script), 'cache-control': 'no-cache', ...all });
  if (script.ttftMs > 0) {
    res.flushHeaders();
    await sleep(script.ttftMs);
  }
  return sendEvents(res, body, reply, script);
};
