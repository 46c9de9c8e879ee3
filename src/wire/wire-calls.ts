import type { ClientRequest } from 'node:http';
import type { ClientHttp2Stream } from 'node:http2';

/** The platform's `fetch`, or another one of the same form. */
export type Fetch = typeof globalThis.fetch;

/** A request that goes through `fetch`, as the app asked for it. */
export interface FetchSeen {
  readonly input: Parameters<Fetch>[0];
  readonly init: Parameters<Fetch>[1];
  readonly method: string;
  readonly address: string;
  /** Whether it is a model call, or only goes to a model provider's host. */
  readonly kind: 'call' | 'host';
  /** Whether only the request itself can say that it goes to a model. */
  readonly doubtful: boolean;
  /** Sends it, perhaps changed. */
  readonly send: Fetch;
}

/** A request that goes through `node:http` or `node:https`. */
export interface HttpSeen {
  readonly method: string;
  /** The full address of what answers, also behind a proxy. */
  readonly address: string;
  readonly kind: 'call' | 'host';
  readonly doubtful: boolean;
  /** Makes it; nothing is written yet. */
  readonly send: () => ClientRequest;
}

/** Headers of HTTP/2 by lower-case name. */
export type Http2Headers = Readonly<Record<string, unknown>>;

/** A request that goes through `node:http2`. */
export interface Http2Seen {
  readonly method: string;
  readonly address: string;
  readonly kind: 'call' | 'host';
  readonly doubtful: boolean;
  readonly headers: Http2Headers;
  /** Makes it; nothing but the headers is written yet. */
  readonly send: () => ClientHttp2Stream;
}

/** The parts of undici's own request object that are used, the same in every line of it but for the form of its headers. */
export interface UndiciRequest {
  readonly origin: unknown;
  readonly path: string;
  readonly method: string;
  body: unknown;
  contentLength?: unknown;
  headers: unknown;
  readonly upgrade?: unknown;
  aborted?: boolean;
  readonly abort?: unknown;
  addHeader?: unknown;
}

/** A request that undici is about to queue. */
export interface UndiciSeen {
  readonly request: UndiciRequest;
  readonly method: string;
  readonly address: string;
  readonly kind: 'call' | 'host';
  readonly doubtful: boolean;
}

/** What is done with requests to models; loaded when the first one is seen. No method throws what `send` did not. */
export interface WireCalls {
  /** Whether headers that carry a trace go to models too. */
  readonly keepTrace: boolean;
  /** Whether the owner named the host of an address whose path may be a model's and may be somebody's own. */
  trusts(method: string, address: string): boolean;
  fetch(seen: FetchSeen): Promise<Response>;
  http(seen: HttpSeen): ClientRequest;
  http2(seen: Http2Seen): ClientHttp2Stream;
  undici(seen: UndiciSeen): void;
}
