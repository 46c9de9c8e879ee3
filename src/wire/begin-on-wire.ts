import type { CallOpener } from '../call/adapter.ts';
import type { Dialect } from '../call/call.ts';
import { beginCall, type Begun } from '../providers/shared/begin.ts';
import { credentialIn } from '../providers/shared/credential.ts';
import { endpointOf } from '../providers/shared/endpoint.ts';
import { obj } from '../providers/shared/json.ts';
import { sourceOf } from './client-name.ts';
import { redirectedCall } from './redirect.ts';
import { asksModel, remember } from './doubt.ts';
import type { Attempted, Retries } from './retries.ts';

/** What every part of the tap works with. */
export interface WireDeps {
  readonly opener: CallOpener;
  /** Whether headers that carry a trace go to models too. */
  readonly keepTrace: boolean;
  readonly retries: Retries;
  /** The origins at which models were asked. */
  readonly asked: Set<string>;
}

/** A request as it was found on the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  readonly text: string | undefined;
  readonly value: unknown;
  /** Whether only the request itself can say that it goes to a model. */
  readonly doubtful: boolean;
  readonly header: (name: string) => string | undefined;
  /** By which the app calls the request off, where that is not seen otherwise. */
  readonly signal?: AbortSignal | undefined;
  /** Set where the request goes out unless it is refused at once. */
  readonly cannotWait?: boolean;
}

/** A call on the wire, opened by this request or by an earlier attempt. */
export interface WireCall extends Begun {
  readonly dialect: Dialect;
  readonly method: string;
  readonly url: URL;
  /** What the app sends. */
  readonly text: string | undefined;
  /** What the attempts of one call have in common, and which one this is; `undefined` for clients that do not number them. */
  readonly attempt: Attempted | undefined;
  /** Whose labels it has. */
  readonly labels: object | undefined;
}

/** The AI gateway is told the model, and whether it is to stream, in headers: readers find them in the body, where others have them. */
const bodyOf = (dialect: Dialect, { value, header }: WireRequest): unknown => {
  if (!dialect.startsWith('ai_gateway.')) return value;
  const model = header('ai-language-model-id') ?? header('ai-model-id');
  return { ...obj(value), model, stream: header('ai-language-model-streaming') === 'true' };
};

const attemptedBy = ({ method, url, text, header }: WireRequest, labels: object | undefined, credential: string | undefined): Attempted | undefined => {
  const said = header('x-stainless-retry-count');
  if (said === undefined) return undefined;
  return { key: `${method} ${url.href}\n${credential ?? ''}\n${text ?? ''}`, count: Number.parseInt(said, 10) || 0, labels };
};

/** Opens the call that a request on the wire makes, or finds the one that it goes on with; `undefined` where it is none. */
export const beginOnWire = (deps: WireDeps, request: WireRequest): WireCall | undefined => {
  const { opener, retries } = deps;
  const { method, url, text, header, signal, cannotWait = false } = request;
  const endpoint = endpointOf(method, url.pathname + url.search, url.hostname);
  if (endpoint === undefined) return undefined;
  const credential = credentialIn(header, url);
  const labels = opener.labels();
  const attempt = attemptedBy(request, labels, credential);
  const earlier = (attempt === undefined ? undefined : retries.take(attempt)) ?? redirectedCall(retries, request, labels);
  if (earlier === undefined && request.doubtful && !asksModel(deps, request)) return undefined;
  remember(deps, url);
  opener.learnSecret(credential);
  const begun =
    earlier ??
    beginCall(opener, { method, url, body: bodyOf(endpoint.dialect, request), source: sourceOf(header, url.hostname), credential, signal, cannotWait });
  return begun === undefined ? undefined : { ...begun, dialect: endpoint.dialect, method, url, text, attempt, labels };
};
