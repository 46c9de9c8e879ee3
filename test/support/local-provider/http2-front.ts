import { request } from 'node:http';
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A server of HTTP/2 that runs in this process. */
export interface Http2Front {
  /** Such as `http://127.0.0.1:40124`: HTTP/2 without TLS. */
  readonly url: string;
  close(): void;
}

/** What HTTP/2 has no word for. @source rfc-editor.org/rfc/rfc9113#section-8.2.2 */
const OF_THE_LINE = new Set(['connection', 'keep-alive', 'transfer-encoding']);

const plain = (headers: IncomingHttpHeaders): Record<string, string | string[] | undefined> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':') && !OF_THE_LINE.has(name)));

/** Passes one stream on, and breaks it off where its provider does. */
const passOn = (to: string, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
  const { ':path': path, ':method': method } = headers as { readonly ':path'?: string; readonly ':method'?: string };
  const sent = request(new URL(path ?? '/', to), { ...(method === undefined ? {} : { method }), headers: plain(headers) });
  // Its closing alone would end the answer first.
  const broken = (): void => void stream.destroy(new Error('broken off'));
  sent.on('error', broken);
  sent.on('response', (answer) => {
    if (stream.destroyed) return;
    stream.respond({ ...plain(answer.headers), ':status': answer.statusCode });
    answer.on('error', broken);
    answer.pipe(stream);
  });
  stream.on('error', () => undefined);
  stream.on('close', () => sent.destroy());
  // Not by a pipe: one that is reset ends as well for whoever reads it.
  stream.on('data', (piece: Buffer) => void sent.write(piece));
  stream.on('end', () => {
    if (!stream.destroyed) sent.end();
  });
};

/** Starts a server that speaks HTTP/2 for one that does not. */
export const startHttp2Front = async (to: string): Promise<Http2Front> => {
  const server = createServer().on('stream', (stream, headers) => passOn(to, stream, headers));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
};
