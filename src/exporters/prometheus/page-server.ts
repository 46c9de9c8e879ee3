import { timers } from '../../base/timers.ts';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { guard, notice } from '../../base/diag.ts';
import { askToYield, YIELD, YIELDED } from './ask-to-yield.ts';

/** Where a page is served, and by what. */
export interface PageServerSettings {
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly serve: (request: IncomingMessage, response: ServerResponse) => void;
}

/** A port that was given up is free once its connections are closed. */
const TRIES = 20;
const TRY_MS = 25;
/** Who had the port may have ended. */
const AGAIN_MS = 5_000;

const isOfThisMachine = ({ socket }: IncomingMessage): boolean =>
  socket.remoteAddress !== undefined && (socket.remoteAddress === socket.localAddress || /^(?:::ffff:)?127\.|^::1$/.test(socket.remoteAddress));

/**
 * Serves the page on a port. Of several processes that have the flag and the port from one environment, such as `npm start` and the app that it starts, the
 * first to come takes it, and gives it up to the first that calls models. Whoever has it not looks again every few seconds.
 */
export class PageServer {
  readonly #settings: PageServerSettings;
  #server: Server | undefined;
  #isNeeded = false;
  #isClosed = false;
  #listening: Promise<number | undefined>;
  readonly #again: NodeJS.Timeout;

  /** Listens from now on, where the port is free. */
  constructor(settings: PageServerSettings) {
    this.#settings = settings;
    this.#listening = this.#listen(false);
    this.#again = timers.setInterval(() => this.#look(), AGAIN_MS).unref();
  }

  /** Resolves with the port once it listens, with `undefined` when it does not. */
  listening(): Promise<number | undefined> {
    return this.#listening;
  }

  /** Models are called here: who has the port and calls none is asked for it. */
  needed(): void {
    if (this.#isNeeded) return;
    this.#isNeeded = true;
    this.#listening = this.#listening.then((port) => port ?? this.#take(true));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    timers.clearInterval(this.#again);
    await this.#listening;
    await this.#end();
  }

  #look(): void {
    this.#listening = this.#listening.then((port) => port ?? (this.#isNeeded ? this.#take(false) : this.#listen(false)));
  }

  /** @param says whether it is said that the port is taken */
  async #take(says: boolean): Promise<number | undefined> {
    const { port, host, path } = this.#settings;
    const isGivenUp = await askToYield(port, host, path);
    for (let tries = isGivenUp ? TRIES : 1; tries > 0 && !this.#isClosed; tries--) {
      const listens = await this.#listen(says && tries === 1);
      if (listens !== undefined) return listens;
      await new Promise<void>((resolve) => void timers.setTimeout(resolve, TRY_MS).unref());
    }
    return undefined;
  }

  async #end(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  }

  /** @param says whether it is said that the port is taken */
  #listen(says: boolean): Promise<number | undefined> {
    const { port, host } = this.#settings;
    const { createServer } = process.getBuiltinModule('node:http');
    const server = createServer((request, response) => this.#answer(request, response));
    // The page is for whoever asks while the app runs; it is no reason for the app to go on running.
    server.unref();
    server.on('connection', (socket) => socket.unref());
    return new Promise((resolve) => {
      server.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') {
          timers.clearInterval(this.#again);
          this.#say(error.code ?? error.message);
        } else if (says) this.#say('it is taken; choose another one with prometheus.port');
        resolve(undefined);
      });
      server.listen(port, host, () => {
        this.#server = server;
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : undefined);
      });
    });
  }

  #say(why: string): void {
    const { port, host } = this.#settings;
    notice('prometheus_port', `the metrics cannot be served on ${host}:${port}: ${why}. The app runs on without them.`);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').split('?')[0];
    if (path !== this.#settings.path) response.writeHead(404).end();
    else if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405, { allow: 'GET, HEAD' }).end();
    else if (request.headers[YIELD] !== undefined && !this.#isNeeded && isOfThisMachine(request)) this.#giveUp(response);
    else this.#settings.serve(request, response);
  }

  #giveUp(response: ServerResponse): void {
    response.writeHead(200, { [YIELDED]: '1', connection: 'close' }).end();
    response.on('close', () => {
      this.#listening = Promise.resolve(undefined);
      guard('prometheus_yield', () => void this.#end());
    });
  }
}
