import { performance } from 'node:perf_hooks';
import type { CallOpener, OpenCall } from '../../call/adapter.ts';
import { PurserError, refusalStatus } from '../../call/errors.ts';
import type { Refusal } from '../../call/policy.ts';
import { guard } from '../../base/diag.ts';
import { credentialOf } from '../shared/credential.ts';
import { type ChangedRequest, parsedBody, sendThrough } from '../shared/fetching.ts';
import { attemptOf } from '../shared/response/attempt.ts';
import type { ResponseLike } from '../shared/response/observe.ts';
import { refusedAttempt, sendAttempt } from '../shared/retry-gate.ts';
import { ownerOf, wrapMethod } from '../shared/stainless/client.ts';
import { patchStainless } from '../shared/stainless/patch.ts';

type ApiErrorClass = new (options: { readonly message: string; readonly status: number }) => Error;

interface ApiClient {
  readonly clientOptions?: { readonly apiKey?: unknown; readonly vertexai?: boolean; readonly httpOptions?: { readonly fetch?: unknown } };
}

const refusalErrorOf =
  (ApiError: unknown) =>
  (refusal: Refusal): unknown => {
    const cause = new PurserError(refusal.code, { rule: refusal.rule, ...refusal.details });
    if (typeof ApiError !== 'function') return cause;
    const status = refusalStatus(refusal.code);
    const error = new (ApiError as ApiErrorClass)({
      message: JSON.stringify({ error: { code: status, status: refusal.code, message: refusal.message } }),
      status,
    });
    Object.defineProperty(error, 'cause', { value: cause, configurable: true, enumerable: false, writable: true });
    return error;
  };

/** Vertex is a mode of the client; elsewhere the host tells. */
const providerOf = (client: ApiClient): { readonly provider: string } | undefined =>
  client.clientOptions?.vertexai === true ? { provider: 'gcp.vertex_ai' } : undefined;

type Fetch = (...args: readonly unknown[]) => Promise<ResponseLike>;

const watched = (call: OpenCall, send: () => Promise<ResponseLike>): Promise<ResponseLike> => {
  const startedMs = performance.now();
  return send().then(
    (response) => {
      guard('attempt', () => call.attempt(attemptOf(response, performance.now() - startedMs)));
      return response;
    },
    (error: unknown) => {
      guard('attempt', () => call.attempt(attemptOf(error, performance.now() - startedMs)));
      throw error;
    },
  );
};

/** `apiCall` retries inside, so attempts are seen at the fetch that it is handed. */
const countingFetch = (opener: CallOpener, original: Fetch): Fetch => {
  // The SDK tries again whatever the answer says, and the call has ended by then.
  let refused: Refusal | undefined;
  return (...args) => {
    if (refused !== undefined) return refusedAttempt(refused);
    const call = opener.current();
    const send = (): Promise<ResponseLike> => original(...args);
    if (call === undefined) return send();
    return sendAttempt(
      call,
      () => watched(call, send),
      (refusal) => (refused = refusal),
    );
  };
};

/** Where `apiCall(url, init, retryOptions, timeout, signal, fetch)` takes the app's signal. */
const SIGNAL_ARGUMENT = 4;

const isSignal = (value: unknown): value is AbortSignal => typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value;

/** Where `apiCall(url, init, retryOptions, timeout, signal, fetch)` takes its fetch; older lines have no such place. */
const FETCH_ARGUMENT = 5;

const patchApiClient = (opener: CallOpener, constructor: unknown, ApiError: unknown, version: string | undefined): boolean => {
  const source = { name: '@google/genai', version, changesAddress: true } as const;
  const refusalError = refusalErrorOf(ApiError);
  return wrapMethod(ownerOf(constructor, 'apiCall'), 'apiCall', (original) => {
    return function apiCall(this: ApiClient, ...args: readonly unknown[]) {
      const [address, init] = args as readonly [string, { readonly method?: string; readonly body?: unknown; readonly signal?: unknown } | undefined];
      const takesFetch = original.length > FETCH_ARGUMENT;
      const sent = takesFetch
        ? [...args.slice(0, FETCH_ARGUMENT), countingFetch(opener, (args[FETCH_ARGUMENT] as Fetch | undefined) ?? (fetch as unknown as Fetch))]
        : args;
      const send = (changed?: ChangedRequest): Promise<ResponseLike> => {
        const next = changed === undefined ? sent : [changed.url?.href ?? address, { ...init, body: changed.body }, ...sent.slice(2)];
        return Reflect.apply(original, this as never, next) as Promise<ResponseLike>;
      };
      const url = guard('genai.url', () => {
        opener.learnSecret(this.clientOptions?.apiKey);
        return new URL(address);
      });
      if (url === undefined) return Reflect.apply(original, this as never, args);
      const seen = {
        method: init?.method ?? 'POST',
        url,
        body: parsedBody(init?.body),
        source,
        credential: credentialOf(this.clientOptions?.apiKey),
        ...providerOf(this),
        signal: [args[SIGNAL_ARGUMENT], init?.signal].find(isSignal),
        abortsLate: true,
      };
      return sendThrough(opener, { seen, send, refusalError, recordAttempt: !takesFetch });
    } as typeof original;
  });
};

/** The Interactions client of the 3.x line sends Request objects through one method. */
const patchHttpClient = (opener: CallOpener, constructor: unknown, ApiError: unknown, version: string | undefined): boolean => {
  const source = { name: '@google/genai', version };
  const refusalError = refusalErrorOf(ApiError);
  return wrapMethod(ownerOf(constructor, 'request'), 'request', (original) => {
    return function request(this: unknown, ...args: readonly unknown[]) {
      const [sent] = args;
      if (!(sent instanceof Request)) return Reflect.apply(original, this as never, args);
      const send = (changed?: ChangedRequest): Promise<ResponseLike> => {
        const next = changed === undefined ? args : [new Request(sent, { method: sent.method, body: changed.body }), ...args.slice(1)];
        return Reflect.apply(original, this as never, next) as Promise<ResponseLike>;
      };
      const body = sent.body === null ? Promise.resolve('') : sent.clone().text();
      return body
        .catch(() => '')
        .then((text) =>
          sendThrough(opener, {
            seen: { method: sent.method, url: new URL(sent.url), body: parsedBody(text), source, signal: sent.signal },
            send,
            refusalError,
            recordAttempt: true,
          }),
        );
    };
  });
};

/** Instruments `@google/genai`: its API client, and the client of the Interactions API in the forms of the 2.x and 3.x lines. */
export const patchGenAI = (opener: CallOpener, bindings: Readonly<Record<string, unknown>>, version: string | undefined): boolean => {
  const made = patchApiClient(opener, bindings['ApiClient'], bindings['ApiError'], version);
  patchHttpClient(opener, bindings['HTTPClient'], bindings['ApiError'], version);
  patchStainless(opener, bindings['BaseGeminiNextGenAPIClient'], {
    name: '@google/genai',
    version,
    defaultBaseUrl: 'https://generativelanguage.googleapis.com',
    providerOf: () => undefined,
  });
  return made;
};
