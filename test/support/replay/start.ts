import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Chunking } from './chunking.ts';
import { cutStream, parseChunking } from './chunking.ts';
import type { RecordedEntry } from './entry.ts';
import { loadEntries } from './entry.ts';
import type { Match } from './shelf.ts';
import { Shelf } from './shelf.ts';

/** What is replayed and how. */
export interface ReplayOptions {
  /** A recordings file; or hand the entries in. */
  readonly file?: string;
  readonly entries?: readonly RecordedEntry[];
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** How streams are cut where a request does not say. @default event */
  readonly chunk?: Chunking;
  /** Milliseconds between the pieces of a stream. @default 0 */
  readonly delayMs?: number;
}

/** One exchange that was served. */
export interface Served {
  readonly id: string;
  readonly match: Match;
  readonly status: number;
}

/** A replay server that runs in this process. */
export interface Replay {
  readonly url: string;
  readonly port: number;
  readonly entries: readonly RecordedEntry[];
  /** What was served since the last reset, in order. */
  readonly served: readonly Served[];
  /** Requests that nothing fitted, as `METHOD path`. */
  readonly missed: readonly string[];
  reset(): void;
  close(): Promise<void>;
}

// Hop-by-hop headers, and those that describe the recorded bytes and not the ones that are sent now.
const NOT_REPLAYED = /^(connection|keep-alive|transfer-encoding|content-length|content-encoding|upgrade|trailer|te|set-cookie|proxy-.*)$/i;
const HEADER_TEXT = /^[\t\u0020-\u007E\u0080-\u00FF]*$/;
const FORCED_PATH = /\/replay-id\/([^/]+)(?=\/)/;

const headersOf = (entry: RecordedEntry, match: Match): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(entry.response.headers ?? {})) {
    if (!NOT_REPLAYED.test(name) && HEADER_TEXT.test(value)) headers[name.toLowerCase()] = value;
  }
  return { ...headers, 'x-replay-entry': entry.id, 'x-replay-match': match };
};

const readJson = async (req: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  if (req.headers['content-type']?.startsWith('multipart/') === true) return undefined;
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return undefined;
  }
};

const sendStream = async (res: ServerResponse, pieces: readonly Buffer[], delayMs: number): Promise<void> => {
  res.flushHeaders();
  for (const piece of pieces) {
    if (res.destroyed) return;
    res.write(piece);
    // A turn of the loop lets the socket send the piece by itself.
    await (delayMs > 0 ? sleep(delayMs) : nextTurn());
  }
  res.end();
};

const send = async (res: ServerResponse, entry: RecordedEntry, match: Match, chunking: Chunking, delayMs: number): Promise<void> => {
  const { response } = entry;
  const headers = headersOf(entry, match);
  if (response.sse_text !== undefined) {
    const type = headers['content-type'];
    headers['content-type'] = type?.includes('event-stream') === true ? type : 'text/event-stream; charset=utf-8';
    res.writeHead(response.status, headers);
    return sendStream(res, cutStream(response.sse_text, chunking), delayMs);
  }
  if (response.body !== undefined) headers['content-type'] ??= 'application/json';
  res.writeHead(response.status, headers);
  res.end(response.body === undefined ? (response.body_text ?? '') : JSON.stringify(response.body));
};

/** Starts a replay server in this process. */
export const startReplay = async (options: ReplayOptions): Promise<Replay> => {
  const entries = options.entries ?? (options.file === undefined ? [] : await loadEntries(options.file));
  const shelf = new Shelf(entries);
  let served: Served[] = [];
  let missed: string[] = [];
  const reset = (): void => {
    shelf.reset();
    served = [];
    missed = [];
  };

  const find = (req: IncomingMessage, body: unknown): { entry: RecordedEntry; match: Match } | undefined => {
    const url = req.url ?? '/';
    const forced = req.headers['x-replay-id'] ?? FORCED_PATH.exec(url)?.[1];
    if (typeof forced !== 'string') return shelf.find(req.method ?? 'GET', url, body);
    const entry = shelf.byId(decodeURIComponent(forced));
    return entry === undefined ? undefined : { entry, match: 'id' };
  };

  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const body = await readJson(req);
    if (req.url?.startsWith('/__') === true) {
      if (req.url.startsWith('/__reset')) reset();
      res.writeHead(200, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ requests: served.length, served, missed }));
      return;
    }
    const found = find(req, body);
    if (found === undefined) {
      missed.push(`${req.method} ${req.url}`);
      res.writeHead(404, { 'content-type': 'application/json', 'x-should-retry': 'false', 'x-replay-match': 'miss' });
      res.end(
        JSON.stringify({ error: { type: 'replay_miss', code: 'replay_miss', message: `no recording for ${req.method} ${req.url}`, status: 'NOT_FOUND' } }),
      );
      return;
    }
    served.push({ id: found.entry.id, match: found.match, status: found.entry.response.status });
    const said = req.headers['x-replay-chunk'];
    const chunking = typeof said === 'string' ? parseChunking(said) : (options.chunk ?? 'event');
    await send(res, found.entry, found.match, chunking, options.delayMs ?? 0);
  };

  const server = createServer((req, res) => {
    serve(req, res).catch((error: unknown) => {
      if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain' });
      res.end(String(error));
    });
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(options.port ?? 0, '127.0.0.1', done);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    entries,
    get served() {
      return served;
    },
    get missed() {
      return missed;
    },
    reset,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};
