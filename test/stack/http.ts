import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on a free port of this machine. */
export interface Listening {
  readonly address: string;
  close(): Promise<void>;
}

const listen = (server: Server): Promise<Listening> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        address: `127.0.0.1:${port}`,
        close: () =>
          new Promise((closed) => {
            server.closeAllConnections();
            server.close(() => closed());
          }),
      });
    });
  });

/** Serves a page of metrics. */
export const servePage = (page: () => string): Promise<Listening> =>
  listen(createServer((_, response) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(page())));

/** What Alertmanager posts. */
export interface Notice {
  readonly receiver: string;
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

/** Takes what Alertmanager posts. */
export const takeNotices = (take: (notice: Notice) => void): Promise<Listening> =>
  listen(
    createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        take(JSON.parse(body) as Notice);
        response.writeHead(200).end();
      });
    }),
  );
