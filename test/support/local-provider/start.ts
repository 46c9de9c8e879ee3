import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BillSummary } from './bill.ts';
import { Bill } from './bill.ts';
import type { Exchange, JsonRecord, Reply, Vendor } from './exchange.ts';
import { credentialOf, failureBody } from './failure.ts';
import { retryHeaders, vendorHeaders } from './response-headers.ts';
import type { Route } from './routes.ts';
import { findRoute } from './routes.ts';
import type { Script, ScriptDefaults } from './script.ts';
import { readScript } from './script.ts';
import { sendReply } from './send.ts';
import { countTokens, NOTHING } from './tokens.ts';

/** How the provider behaves where a request's script says nothing. Times in milliseconds. */
export interface LocalProviderOptions extends Partial<ScriptDefaults> {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  /** How many lines of the bill are kept one by one. @default 10000 */
  readonly keepCalls?: number;
}

/** A provider that runs in this process. */
export interface LocalProvider {
  /** Such as `http://127.0.0.1:40123`, without a path. */
  readonly url: string;
  readonly port: number;
  bill(): BillSummary;
  reset(): void;
  /** Breaks off what is still open and closes. */
  close(): Promise<void>;
}

const DEFAULTS: ScriptDefaults = { chunks: 8, latencyMs: 0, ttftMs: 0, intervalMs: 0, batch: 16 };
const NO_BODY: JsonRecord = {};

const readAll = async (req: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
};

const parse = (raw: Buffer, type: string | undefined): JsonRecord => {
  if (raw.length === 0 || type?.startsWith('multipart/') === true) return NO_BODY;
  try {
    const body: unknown = JSON.parse(raw.toString('utf8'));
    return typeof body === 'object' && body !== null ? (body as JsonRecord) : NO_BODY;
  } catch {
    return NO_BODY;
  }
};

const TOOL_RESULTS = ['"tool_result"', '"role":"tool"', '"function_call_output"', '"functionResponse"', '"function_result"'];

/** A model that was given the tool's result answers in words. */
const withoutAnsweredTool = (script: Script, raw: Buffer): Script =>
  script.tool !== undefined && TOOL_RESULTS.some((mark) => raw.includes(mark)) ? { ...script, tool: undefined } : script;

/** Tells the attempts of one call apart: by the SDK's own count, otherwise by the same request seen again. */
class Attempts {
  readonly #seen = new Map<string, number>();

  number(req: IncomingMessage, raw: Buffer, scripted: boolean): number {
    const said = req.headers['x-stainless-retry-count'];
    if (typeof said === 'string') return Number(said) + 1;
    if (!scripted) return 1;
    const key = createHash('sha256')
      .update(`${req.method} ${req.url} ${String(req.headers['x-local-id'] ?? '')}`)
      .update(raw)
      .digest('hex');
    const number = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, number);
    return number;
  }

  clear(): void {
    this.#seen.clear();
  }
}

/** Whose client it is, where the path alone does not say. */
const clientOf = ({ headers }: IncomingMessage): Vendor | undefined => {
  if (headers['anthropic-version'] !== undefined) return 'anthropic';
  return headers['x-goog-api-key'] === undefined ? undefined : 'google';
};

const failure = (route: Route, exchange: Exchange, status: number): Reply => ({
  kind: 'whole',
  status,
  body: failureBody(route.vendor, status, exchange),
  billing: {
    api: 'error',
    requestModel: typeof exchange.body['model'] === 'string' ? exchange.body['model'] : route.model,
    model: undefined,
    responseId: undefined,
    tokens: NOTHING,
  },
});

/** The same script of an attempt behind those that are cut off. */
const unbroken = (script: Script): Script => ({ ...script, cutAfter: undefined, isTorn: false });

const replyTo = (route: Route, exchange: Exchange): Reply => {
  const { status, times } = exchange.script;
  return status !== undefined && exchange.attempt <= times ? failure(route, exchange, status) : route.handler(exchange, route.model);
};

/** Starts a provider in this process. */
export const startLocalProvider = async (options: LocalProviderOptions = {}): Promise<LocalProvider> => {
  const defaults: ScriptDefaults = { ...DEFAULTS, ...options };
  const bill = new Bill(options.keepCalls ?? 10_000);
  const attempts = new Attempts();
  const arrived = new Set<string>();
  const releases = new Map<string, () => void>();
  let count = 0;

  const reset = (): void => {
    bill.reset();
    attempts.clear();
    arrived.clear();
    count = 0;
  };

  const control = (url: URL, res: ServerResponse): void => {
    if (url.pathname === '/__reset') reset();
    res.writeHead(200, { 'content-type': 'application/json' });
    if (url.pathname === '/__release') releases.get(url.searchParams.get('id') ?? '')?.();
    const answer = url.pathname === '/__arrived' ? arrived.has(url.searchParams.get('id') ?? '') : bill.summary(url.searchParams.get('calls') !== '0');
    res.end(JSON.stringify(answer));
  };

  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const url = new URL(req.url ?? '/', 'http://local');
    if (url.pathname.startsWith('/__')) return control(url, res);
    const arrivedMs = performance.now();
    const raw = await readAll(req);
    const id = req.headers['x-local-id'] === undefined ? undefined : String(req.headers['x-local-id']);
    const route = findRoute(url.pathname, clientOf(req));
    if (route === undefined) {
      res.writeHead(404, { 'content-type': 'application/json', 'x-should-retry': 'false' });
      res.end(
        JSON.stringify({
          error: { message: `Nobody answers ${req.method} ${url.pathname}.`, type: 'invalid_request_error', param: null, code: 'unknown_url' },
        }),
      );
      return;
    }
    const script = withoutAnsweredTool(readScript(req.headers, raw, defaults), raw);
    if (script.redirect !== undefined && !url.searchParams.has('moved')) {
      url.searchParams.set('moved', '1');
      res.writeHead(script.redirect, { location: url.pathname + url.search });
      res.end();
      return;
    }
    if (id !== undefined) arrived.add(id);
    const isTried = Number.isFinite(script.times);
    const exchange: Exchange = {
      number: ++count,
      method: req.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: req.headers,
      raw,
      body: parse(raw, req.headers['content-type']),
      script,
      tokens: countTokens(script, raw.length),
      attempt: attempts.number(req, raw, isTried),
    };
    if (script.isHeld && id !== undefined) await new Promise<void>((done) => void releases.set(id, done));
    const reply = replyTo(route, exchange);
    const failed = reply.kind === 'whole' && reply.status >= 400;
    const headers = { ...vendorHeaders(route.vendor, exchange), ...(failed ? retryHeaders(exchange) : {}) };
    const sent = await sendReply(res, reply, exchange.attempt > script.times ? unbroken(script) : script, headers);
    bill.add({
      ...reply.billing,
      number: exchange.number,
      id,
      vendor: route.vendor,
      method: exchange.method,
      path: exchange.path,
      status: reply.kind === 'whole' ? reply.status : 200,
      stream: reply.kind === 'events',
      attempt: exchange.attempt,
      end: sent.end,
      events: sent.events,
      arrivedMs,
      sentMs: performance.now(),
      keyTail: credentialOf(req.headers, url.searchParams)?.slice(-4),
    });
  };

  const server = createServer((req, res) => {
    serve(req, res).catch((error: unknown) => {
      if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain' });
      res.end(String(error));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', done);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host ?? '127.0.0.1'}:${port}`,
    port,
    bill: () => bill.summary(),
    reset,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};
