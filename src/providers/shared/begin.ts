import { Lru } from '../../base/lru.ts';
import type { CallOpener, CallStart, OpenCall } from '../../call/adapter.ts';
import type { Dialect, Operation, RequestFacts } from '../../call/call.ts';
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
  readonly provider?: string;
  /** The API key, where it is known. */
  readonly credential?: string | undefined;
  /** By which the app calls the request off. */
  readonly signal?: AbortSignal | undefined;
}

/** A call that was begun, and the reader of its response. */
export interface Begun {
  readonly call: OpenCall;
  readonly reader: ResponseReader;
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
  const route = { endpoint, path, provider: providerOf(url, endpoint.dialect, hostRules), port: portOf(url), baseUrl: `${url.origin}${url.pathname}` };
  routes.set(key, route);
  return route;
};

/** A request as the beginning of a call; what it asks for is read when somebody first wants to know. */
class Beginning implements CallStart {
  readonly #seen: RequestSeen;
  readonly #route: Route;
  readonly #dialect: DialectReader;
  readonly #reader: ResponseReader;
  #request: RequestFacts | undefined;
  readonly provider: string;

  constructor(seen: RequestSeen, route: Route, dialect: DialectReader, reader: ResponseReader, provider: string) {
    this.#seen = seen;
    this.#route = route;
    this.#dialect = dialect;
    this.#reader = reader;
    this.provider = provider;
  }

  get operation(): Operation {
    return this.#route.endpoint.operation;
  }

  get dialect(): Dialect {
    return this.#route.endpoint.dialect;
  }

  get serverAddress(): string {
    return this.#seen.url.hostname;
  }

  get serverPort(): number | undefined {
    return this.#route.port;
  }

  get baseUrl(): string {
    return this.#route.baseUrl;
  }

  get source(): RequestSeen['source'] {
    return this.#seen.source;
  }

  get credential(): string | undefined {
    return this.#seen.credential;
  }

  get signal(): AbortSignal | undefined {
    return this.#seen.signal;
  }

  get request(): RequestFacts {
    return (this.#request ??= this.#read());
  }

  #read(): RequestFacts {
    const { endpoint, path } = this.#route;
    const facts = this.#dialect.request(this.#seen.body, path);
    const model = facts.model ?? endpoint.model;
    const stream = facts.stream ?? endpoint.stream;
    return model === facts.model && !stream ? facts : { ...facts, ...(model === undefined ? {} : { model }), ...(stream ? { stream } : {}) };
  }

  facts(): ReadFacts {
    return this.#reader.facts();
  }

  content(): Content {
    return this.#dialect.requestContent(this.#seen.body);
  }

  prompt(): string {
    return JSON.stringify(this.#seen.body) ?? '';
  }
}

/** Opens the call that a request makes, or gives `undefined` where the request is none of a model's. */
export const beginCall = (opener: CallOpener, seen: RequestSeen): Begun | undefined => {
  const route = routeOf(seen.method.toUpperCase(), seen.url, opener.hostRules);
  if (route === undefined) return undefined;
  const dialect = readerOf(route.endpoint.dialect);
  const provider = seen.provider ?? route.provider;
  const reader = dialect.response(provider, { captureContent: opener.captureContent });
  const call = opener.open(new Beginning(seen, route, dialect, reader, provider));
  return call === undefined ? undefined : { call, reader };
};
