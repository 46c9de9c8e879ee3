/** A server that is far away: what goes through it takes as long as is said, each way half. */
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';

export interface SlowProxy {
  readonly port: number;
  close(): Promise<void>;
}

const carry = (from: Socket, to: Socket, delayMs: number): void => {
  from.on('data', (data) => void setTimeout(() => to.writable && to.write(data), delayMs));
  from.on('end', () => void setTimeout(() => to.end(), delayMs));
  from.on('error', () => to.destroy());
};

export const startSlowProxy = async (target: number, roundTripMs: number): Promise<SlowProxy> => {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = createConnection({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [near, far]) open.add(socket.setNoDelay(true));
    carry(near, far, roundTripMs / 2);
    carry(far, near, roundTripMs / 2);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
};
