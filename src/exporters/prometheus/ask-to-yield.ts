import type * as Net from 'node:net';

/** The header by which a process asks for the port. */
export const YIELD = 'purser-yield';
/** The header by which it is given up. */
export const YIELDED = 'purser-yielded';

const ANSWER_MS = 1000;
const LONGEST_HEAD = 10_000;

/** Where a server that listens on every address is reached from its own machine. */
const reached = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);

/**
 * Asks whoever serves the page on this machine to give its port up. Resolves with whether it did; never rejects, and holds no process open. To a server that knows
 * nothing of this it is a scrape like any other. Not by `node:http`, of which an app's tracing would make a span.
 */
export const askToYield = (port: number, host: string, path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const { connect } = process.getBuiltinModule('node:net') satisfies typeof Net;
    const socket = connect({ port, host: reached(host) });
    let head = '';
    socket.unref();
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.on('connect', () => socket.write(`GET ${path} HTTP/1.1\r\nhost: ${reached(host)}:${port}\r\n${YIELD}: 1\r\nconnection: close\r\n\r\n`));
    socket.on('data', (bytes) => {
      head += bytes.toString('latin1');
      if (head.includes('\r\n\r\n') || head.length > LONGEST_HEAD) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(head.split('\r\n\r\n', 1)[0]?.toLowerCase().includes(`\r\n${YIELDED}: 1`) === true));
  });
