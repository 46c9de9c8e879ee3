import { timers } from '../../base/timers.ts';
import type { CallOpener, OpenCall } from '../../call/adapter.ts';
import { refusalStatus } from '../../call/errors.ts';
import { causeOf, type Refusal } from '../../call/policy.ts';
import { guard } from '../../base/diag.ts';
import { credentialIn, credentialOf } from '../shared/credential.ts';
import { type ChangedRequest, parsedBody, sendThrough } from '../shared/fetching.ts';
import { attemptOf } from '../shared/response/attempt.ts';
import type { ResponseLike } from '../shared/response/observe.ts';
import { refusedAttempt, sendAttempt } from '../shared/retry-gate.ts';
import { ownerOf, wrapMethod } from '../shared/stainless/client.ts';
import { patchStainless } from '../shared/stainless/patch.ts';
import { callingOff, isSignal, learnSignals } from './app-signal.ts';
import { type Exchanges, exchangesThrough, tapGlobalFetch, type Through } from './global-fetch.ts';

type ApiErrorClass = new (options: { readonly message: string; readonly status: number }) => Error;

interface ApiClient {
  readonly clientOptions?: { readonly apiKey?: unknown; readonly vertexai?: boolean; readonly httpOptions?: { readonly fetch?: unknown } };
}

const refusalErrorOf =
  (ApiError: unknown) =>
  (refusal: Refusal): unknown => {
    const cause = causeOf(refusal);
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

/** Tells a call of what is sent as an attempt, unless its attempts were seen one by one. */
const watched = (call: OpenCall, send: () => Promise<ResponseLike>, exchanges?: Exchanges): Promise<ResponseLike> => {
  const startedMs = timers.monotonicMs();
  const attempt = (answer: unknown): void => {
    if (exchanges?.isSeen !== true) guard('attempt', () => call.attempt(attemptOf(answer, timers.monotonicMs() - startedMs)));
  };
  return send().then(
    (response) => {
      attempt(response);
      return response;
    },
    (error: unknown) => {
      attempt(error);
      // Lines before 2.0 make an error of their own that says nothing of the one behind it.
      if (exchanges?.error !== undefined) call.failed(exchanges.error);
      throw error;
    },
  );
};

/** Attempts are seen one by one at the fetch, for `apiCall` retries inside. */
const counting = (opener: CallOpener): Through => {
  // The SDK tries again whatever the answer says, and the call has ended by then.
  let refused: Refusal | undefined;
  return (send) => {
    if (refused !== undefined) return refusedAttempt(refused);
    const call = opener.current();
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

/** Where `apiCall(url, init, retryOptions, timeout, signal, fetch)` takes its fetch; lines before 2.25 ask the global one. */
const FETCH_ARGUMENT = 5;

/** Whether the app has called off by now what it asks `fetch` for: that is not sent. */
const isCalledOff = ([, init]: readonly unknown[]): boolean => (init as { readonly signal?: AbortSignal } | undefined)?.signal?.aborted === true;

/** Hands `apiCall` a fetch that counts. */
const withCountingFetch = (opener: CallOpener, args: readonly unknown[]): readonly unknown[] => {
  const original = (args[FETCH_ARGUMENT] as Fetch | undefined) ?? (fetch as unknown as Fetch);
  const through = counting(opener);
  return [...args.slice(0, FETCH_ARGUMENT), (...sent: readonly unknown[]) => (isCalledOff(sent) ? original(...sent) : through(() => original(...sent)))];
};

/** Sends by the global fetch; where an app's own is in its place, all attempts are one. What is sent inside an `outer` call is a part of that. */
const sendGlobally = (opener: CallOpener, outer: OpenCall | undefined, send: () => Promise<ResponseLike>): Promise<ResponseLike> => {
  const call = opener.current();
  return call === undefined || call === outer ? send() : exchangesThrough(call, counting(opener), (exchanges) => watched(call, send, exchanges));
};

const signalOf = (args: readonly unknown[], signal: unknown, isSent: () => boolean): AbortSignal | undefined => {
  const [own] = args.slice(SIGNAL_ARGUMENT).filter(isSignal);
  return own ?? (isSignal(signal) ? callingOff(signal, isSent) : undefined);
};

const patchApiClient = (opener: CallOpener, constructor: unknown, ApiError: unknown, version: string | undefined): boolean => {
  const source = { name: '@google/genai', version, changesAddress: true } as const;
  const refusalError = refusalErrorOf(ApiError);
  learnSignals(ownerOf(constructor, 'includeExtraHttpOptionsToRequestInit'));
  return wrapMethod(ownerOf(constructor, 'apiCall'), 'apiCall', (original) => {
    const takesFetch = original.length > FETCH_ARGUMENT;
    if (!takesFetch) guard('genai.fetch', () => tapGlobalFetch(opener));
    return function apiCall(this: ApiClient, ...args: readonly unknown[]) {
      const [address, init] = args as readonly [string, { readonly method?: string; readonly body?: unknown; readonly signal?: unknown } | undefined];
      const sent = takesFetch ? withCountingFetch(opener, args) : args;
      const outer = opener.current();
      let isSent = false;
      const send = (changed?: ChangedRequest): Promise<ResponseLike> => {
        isSent = true;
        const next = changed === undefined ? sent : [changed.url?.href ?? address, { ...init, body: changed.body }, ...sent.slice(2)];
        const call = (): Promise<ResponseLike> => Reflect.apply(original, this as never, next) as Promise<ResponseLike>;
        return takesFetch ? call() : sendGlobally(opener, outer, call);
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
        signal: guard('genai.signal', () => signalOf(args, init?.signal, () => isSent)),
        abortsLate: true,
      };
      return sendThrough(opener, { seen, send, refusalError, recordAttempt: false });
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
      const credential = guard('genai.key', () => credentialIn((name) => sent.headers.get(name) ?? undefined, new URL(sent.url)));
      opener.learnSecret(credential);
      const body = sent.body === null ? Promise.resolve('') : sent.clone().text();
      return body
        .catch(() => '')
        .then((text) =>
          sendThrough(opener, {
            seen: { method: sent.method, url: new URL(sent.url), body: parsedBody(text), source, credential, signal: sent.signal },
            send,
            refusalError,
            recordAttempt: !sent.signal.aborted,
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
