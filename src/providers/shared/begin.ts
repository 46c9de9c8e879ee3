import { Lru } from '../../base/lru.ts';
import type { CallOpener, OpenCall } from '../../call/adapter.ts';
import type { RequestFacts } from '../../call/call.ts';
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

const requestOf = (dialect: DialectReader, { endpoint, path }: Route, body: unknown): RequestFacts => {
  const facts = dialect.request(body, path);
  const model = facts.model ?? endpoint.model;
  const stream = facts.stream ?? endpoint.stream;
  return model === facts.model && !stream ? facts : { ...facts, ...(model === undefined ? {} : { model }), ...(stream ? { stream } : {}) };
};

/** Opens the call that a request makes, or gives `undefined` where the request is none of a model's. */
export const beginCall = (opener: CallOpener, seen: RequestSeen): Begun | undefined => {
  const route = routeOf(seen.method.toUpperCase(), seen.url, opener.hostRules);
  if (route === undefined) return undefined;
  const { endpoint } = route;
  const dialect = readerOf(endpoint.dialect);
  const provider = seen.provider ?? route.provider;
  const reader = dialect.response(provider, { captureContent: opener.captureContent });
  const call = opener.open({
    operation: endpoint.operation,
    dialect: endpoint.dialect,
    provider,
    serverAddress: seen.url.hostname,
    serverPort: route.port,
    baseUrl: route.baseUrl,
    request: () => requestOf(dialect, route, seen.body),
    source: seen.source,
    credential: seen.credential,
    facts: () => reader.facts(),
    content: () => dialect.requestContent(seen.body),
    prompt: () => JSON.stringify(seen.body) ?? '',
    ...(seen.signal === undefined ? {} : { signal: seen.signal }),
  });
  return call === undefined ? undefined : { call, reader };
};
