import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';

/** A request that a server of the app gets. */
export interface Served {
  readonly headers: IncomingHttpHeaders;
  /** What tells the app of the request and of its answer: both of them with HTTP/1, the stream that they share with HTTP/2. */
  readonly emitters: readonly EventEmitter[];
}

/** What the channels of servers tell: HTTP/1 gives the request and its answer, HTTP/2 the stream. */
interface Told {
  readonly request?: EventEmitter & { readonly headers: IncomingHttpHeaders };
  readonly response?: EventEmitter;
  readonly stream?: EventEmitter & { readonly id?: number };
  readonly headers?: IncomingHttpHeaders;
}

const CHANNELS = ['http.server.request.start', 'http2.server.stream.start'] as const;

const servedBy = ({ request, response, stream, headers }: Told): Served | undefined => {
  if (request !== undefined) return { headers: request.headers, emitters: response === undefined ? [request] : [request, response] };
  // A stream of HTTP/2 with an even number is one that the app itself pushes while it serves another.
  return stream === undefined || headers === undefined || (stream.id ?? 0) % 2 === 0 ? undefined : { headers, emitters: [stream] };
};

/**
 * Begins to tell of each request that a server of the app gets, before the server's own handlers run; gives what ends it.
 * @source node:diagnostics_channel; `http2.server.stream.start` from Node 22.17 and 24.2 on
 */
export const onServed = (tell: (served: Served) => void): (() => void) => {
  const listener = (message: unknown): void => {
    const served = servedBy(message as Told);
    if (served !== undefined) tell(served);
  };
  for (const channel of CHANNELS) subscribe(channel, listener);
  return () => {
    for (const channel of CHANNELS) unsubscribe(channel, listener);
  };
};
