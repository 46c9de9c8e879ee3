import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingHttpHeaders } from 'node:http';

/** What the channels of servers tell: HTTP/1 gives the request, HTTP/2 the stream. */
interface Served {
  readonly request?: { readonly headers: IncomingHttpHeaders };
  readonly stream?: { readonly id?: number };
  readonly headers?: IncomingHttpHeaders;
}

const CHANNELS = ['http.server.request.start', 'http2.server.stream.start'] as const;

/**
 * Begins to tell of the headers of each request that a server of the app gets, before the server's own handlers run; gives what ends it.
 * @source node:diagnostics_channel; `http2.server.stream.start` from Node 22.17 and 24.2 on
 */
export const onServed = (tell: (headers: IncomingHttpHeaders) => void): (() => void) => {
  const listener = (message: unknown): void => {
    const { request, stream, headers } = message as Served;
    if (request !== undefined) tell(request.headers);
    // A stream of HTTP/2 with an even number is one that the app itself pushes while it serves another.
    else if (headers !== undefined && (stream?.id ?? 0) % 2 === 1) tell(headers);
  };
  for (const channel of CHANNELS) subscribe(channel, listener);
  return () => {
    for (const channel of CHANNELS) unsubscribe(channel, listener);
  };
};
