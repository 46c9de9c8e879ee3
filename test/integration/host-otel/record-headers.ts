import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way to the provider on which the headers of each request are kept. */
export interface HeaderRecorder {
  readonly url: string;
  /** How many requests carried a trace. */
  traced(): number;
  close(): Promise<void>;
}

const TRACE = ['traceparent', 'tracestate', 'baggage', 'sentry-trace', 'x-datadog-trace-id'];

/** Starts a server that hands every request on to `target` and remembers its headers. */
export const recordHeaders = async (target: string): Promise<HeaderRecorder> => {
  let traced = 0;
  const server = createServer((incoming, outgoing) => {
    if (TRACE.some((name) => incoming.headers[name] !== undefined)) traced += 1;
    const onward = request(`${target}${incoming.url}`, { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    traced: () => traced,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
