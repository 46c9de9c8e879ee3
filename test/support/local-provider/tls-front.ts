import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { SelfSigned } from '../self-signed.ts';

/** A server of TLS that runs in this process. */
export interface TlsFront {
  /** Such as `https://127.0.0.1:40125`. */
  readonly url: string;
  close(): void;
}

/** Passes bytes on, and breaks off where one of both does. */
const join = (one: Socket, other: Socket): void => {
  const breakOff = (): void => {
    one.destroy();
    other.destroy();
  };
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const)
    from.pipe(to).on('error', breakOff).on('close', breakOff);
};

const portOf = (url: string): number => Number(new URL(url).port);

/** Starts a server that speaks TLS for others that do not: for one of HTTP/1.1 and one of HTTP/2, whichever the client wants. */
export const startTlsFront = async ({ key, cert }: SelfSigned, to: string, toHttp2: string): Promise<TlsFront> => {
  const server = createServer({ key, cert, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) =>
    join(socket, connect(portOf(socket.alpnProtocol === 'h2' ? toHttp2 : to), '127.0.0.1')),
  );
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
};
