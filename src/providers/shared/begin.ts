import type { CallOpener, OpenCall } from '../../call/adapter.ts';
import type { ResponseReader } from './dialect.ts';
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
}

/** A call that was begun, and the reader of its response. */
export interface Begun {
  readonly call: OpenCall;
  readonly reader: ResponseReader;
  readonly stream: boolean;
}

const portOf = (url: URL): number | undefined => {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : url.protocol === 'http:' ? 80 : undefined;
};

/** Opens the call that a request makes, or gives `undefined` where the request is none of a model's. */
export const beginCall = (opener: CallOpener, seen: RequestSeen): Begun | undefined => {
  const path = seen.url.pathname + seen.url.search;
  const endpoint = endpointOf(seen.method.toUpperCase(), path, seen.url.hostname);
  if (endpoint === undefined) return undefined;
  const dialect = readerOf(endpoint.dialect);
  const provider = seen.provider ?? providerOf(seen.url, endpoint.dialect, opener.hostRules);
  const facts = dialect.request(seen.body, path);
  const model = facts.model ?? endpoint.model;
  const stream = facts.stream ?? endpoint.stream;
  const reader = dialect.response(provider, { captureContent: opener.captureContent });
  const call = opener.open({
    operation: endpoint.operation,
    dialect: endpoint.dialect,
    provider,
    serverAddress: seen.url.hostname,
    serverPort: portOf(seen.url),
    baseUrl: `${seen.url.origin}${seen.url.pathname}`,
    request: { ...facts, ...(model === undefined ? {} : { model }), ...(stream ? { stream } : {}) },
    source: seen.source,
    facts: () => reader.facts(),
    content: () => dialect.requestContent(seen.body),
    prompt: () => JSON.stringify(seen.body) ?? '',
  });
  return call === undefined ? undefined : { call, reader, stream };
};
