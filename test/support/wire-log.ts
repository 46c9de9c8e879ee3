import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A relay in front of a server that keeps every byte that clients send. */
export interface WireLog {
  readonly url: string;
  /** What was sent so far, connection after connection, as Latin-1. */
  sent(): string;
  close(): Promise<void>;
}

/** Opens a relay to `target` (`http://host:port`). */
export const relayTo = async (target: string): Promise<WireLog> => {
  const { hostname, port } = new URL(target);
  const pieces: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    sockets.add(client).add(upstream);
    client.on('data', (data) => pieces.push(data.toString('latin1')));
    client.pipe(upstream).pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => pieces.join(''),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
};
