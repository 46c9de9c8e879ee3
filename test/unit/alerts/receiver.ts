import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GovernanceEvent } from '../../../src/call/event.ts';

/** A request as a receiver of alerts saw it. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly body: unknown;
}

/** A receiver on this host; `answer` decides about each request. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  answer: (response: ServerResponse, received: Received) => void;
  close(): Promise<void>;
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** Starts a receiver that says `ok` to everything. */
export const startReceiver = async (): Promise<Receiver> => {
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      const received = { path: request.url ?? '', headers: request.headers, text, body: jsonOf(text) };
      receiver.received.push(received);
      receiver.answer(response, received);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    answer: (response) => void response.end('ok'),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
};

/** A crossing of a threshold, as the budget policy reports it. */
export const crossing = (threshold: number, atMs: number, budget = 'daily'): GovernanceEvent => ({
  name: 'purser.budget.threshold',
  severity: threshold >= 1 ? 'error' : 'warning',
  message: `The budget "${budget}" has passed ${threshold * 100} % of its limit: $4.00 of $5.00 spent.`,
  atMs,
  dedupeKey: `${budget}/1763596800000/${threshold}`,
  attributes: {
    'purser.budget': budget,
    'purser.budget.key': budget,
    'purser.budget.limit': 5,
    'purser.budget.committed': 4,
    'purser.budget.used_ratio': 0.8,
    'purser.budget.window.start': 1_763_596_800,
    'purser.budget.window.end': 1_763_683_200,
    'purser.budget.threshold': threshold,
  },
});
