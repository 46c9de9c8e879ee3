import { Lru } from '../../base/lru.ts';
import type { CallOpener, CallStart, OpenCall } from '../../call/adapter.ts';
import type { RequestFacts } from '../../call/call.ts';
import type { Content } from '../../call/outcome.ts';
import type { ReadFacts } from '../../call/read-facts.ts';
import type { DialectReader, Endpoint, ResponseReader } from './dialect.ts';
import { readerOf } from './dialects.ts';
import { endpointOf } from './endpoint.ts';
import { providerOf } from './hosts.ts';

/** One request as an adapter or the wire tap finds it. */
export interface RequestSeen {
  readonly method: string;
  /** The full address, or the path when only that is known yet. */
  readonly url: URL;
  /** The parsed body; form data as a record of its text fields. */
  readonly body: unknown;
  readonly source: { readonly name: string; readonly version: string | undefined };
  /** Set where the client's own class says who answers, such as `azure.ai.openai`. */
  readonly provider?: string | undefined;
  /** The API key, where it is known. */
  readonly credential?: string | undefined;
  /** By which the app calls the request off. */
  readonly signal?: AbortSignal | undefined;
  /** Set where the client's own timeout looks like an abort of the app's. */
  readonly abortsLate?: boolean;
  /** Set where the request goes out unless it is refused at once. */
  readonly cannotWait?: boolean;
}

/** A call that was begun, and the reader of its response. */
export interface Begun {
  readonly call: OpenCall;
  readonly reader: ResponseReader;
}

/**
 * A class, as all is that is made for a call in flight: where most of a literal's objects outlive a young collection, V8 goes on to make them in the old
 * generation, and all that they refer to stays until that is collected.
 */
class BegunCall implements Begun {
  readonly call: OpenCall;
  readonly reader: ResponseReader;

  constructor(call: OpenCall, reader: ResponseReader) {
    this.call = call;
    this.reader = reader;
  }
}

const portOf = (url: URL): number | undefined => {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : url.protocol === 'http:' ? 80 : undefined;
};

/** What an address alone says of a call. */
interface Route {
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly provider: string;
  readonly hostname: string;
  readonly port: number | undefined;
  readonly baseUrl: string;
}

/** A service asks the same few addresses again and again. */
const routes = new Lru<string, Route>(256);
let rules: CallOpener['hostRules'] | undefined;
/** The one asked last; adapters hand in the same URL object for the same address, and nobody changes it. */
let latest: { readonly method: string; readonly url: URL; readonly route: Route } | undefined;

const routeOf = (method: string, url: URL, hostRules: CallOpener['hostRules']): Route | undefined => {
  if (rules !== hostRules) {
    rules = hostRules;
    latest = undefined;
    routes.clear();
  }
  if (latest?.url === url && latest.method === method) return latest.route;
  const key = `${method} ${url.href}`;
  const known = routes.get(key);
  if (known !== undefined) {
    latest = { method, url, route: known };
    return known;
  }
  const path = url.pathname + url.search;
  const endpoint = endpointOf(method, path, url.hostname);
  if (endpoint === undefined) return undefined;
  const { hostname } = url;
  const provider = providerOf(url, endpoint.dialect, hostRules);
  const route = { endpoint, path, provider, hostname, port: portOf(url), baseUrl: `${url.origin}${url.pathname}` };
  routes.set(key, route);
  return route;
};

const requestOf = (dialect: DialectReader, { endpoint, path }: Route, body: unknown): RequestFacts => {
  const facts = dialect.request(body, path);
  const model = facts.model ?? endpoint.model;
  const stream = facts.stream ?? endpoint.stream;
  return model === facts.model && !stream ? facts : { ...facts, ...(model === undefined ? {} : { model }), ...(stream ? { stream } : {}) };
};

/** What a request says of its call, read when somebody wants to know. */
class Start implements CallStart {
  readonly operation: CallStart['operation'];
  readonly dialect: CallStart['dialect'];
  readonly provider: string;
  readonly serverAddress: string;
  readonly serverPort: number | undefined;
  readonly baseUrl: string;
  readonly spends: CallStart['spends'];
  readonly source: CallStart['source'];
  readonly credential: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly abortsLate: boolean;
  readonly cannotWait: boolean;
  readonly #dialect: DialectReader;
  readonly #route: Route;
  readonly #body: unknown;
  readonly #reader: ResponseReader;

  constructor(seen: RequestSeen, route: Route, dialect: DialectReader, reader: ResponseReader) {
    this.operation = route.endpoint.operation;
    this.dialect = route.endpoint.dialect;
    this.provider = seen.provider ?? route.provider;
    this.serverAddress = route.hostname;
    this.serverPort = route.port;
    this.baseUrl = route.baseUrl;
    this.spends = route.endpoint.spends;
    this.source = seen.source;
    this.credential = seen.credential;
    this.signal = seen.signal;
    this.abortsLate = seen.abortsLate === true;
    this.cannotWait = seen.cannotWait === true;
    this.#dialect = dialect;
    this.#route = route;
    this.#body = seen.body;
    this.#reader = reader;
  }

  request(): RequestFacts {
    return requestOf(this.#dialect, this.#route, this.#body);
  }

  facts(): ReadFacts {
    return this.#reader.facts();
  }

  content(): Content {
    return this.#dialect.requestContent(this.#body);
  }

  prompt(): string {
    return JSON.stringify(this.#body) ?? '';
  }
}

/** Opens the call that a request makes, or gives `undefined` where the request is none of a model's. */
export const beginCall = (opener: CallOpener, seen: RequestSeen): Begun | undefined => {
  const route = routeOf(seen.method.toUpperCase(), seen.url, opener.hostRules);
  if (route === undefined) return undefined;
  const dialect = readerOf(route.endpoint.dialect);
  const reader = dialect.response(seen.provider ?? route.provider, { captureContent: opener.captureContent });
  const call = opener.open(new Start(seen, route, dialect, reader));
  return call === undefined ? undefined : new BegunCall(call, reader);
};
