import type { CallOpener, OpenCall } from '../../call/adapter.ts';
import { refusalStatus } from '../../call/errors.ts';
import { causeOf, type Refusal } from '../../call/policy.ts';
import { guard } from '../../base/diag.ts';
import { credentialOf } from '../shared/credential.ts';
import { type ChangedRequest, parsedBody, sendThrough } from '../shared/fetching.ts';
import type { ResponseLike } from '../shared/response/observe.ts';
import { ownerOf, wrapMethod } from '../shared/stainless/client.ts';
import { patchStainless } from '../shared/stainless/patch.ts';
import { callingOff, isSignal, learnSignals } from './app-signal.ts';
import { counting, watched } from './attempts.ts';
import { exchangesThrough, tapGlobalFetch } from './global-fetch.ts';
import { patchInteractions } from './interactions.ts';

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

/** Instruments `@google/genai`: its API client, and the client of the Interactions API in the forms of the 2.x and 3.x lines. */
export const patchGenAI = (opener: CallOpener, bindings: Readonly<Record<string, unknown>>, version: string | undefined): boolean => {
  const made = patchApiClient(opener, bindings['ApiClient'], bindings['ApiError'], version);
  patchInteractions(opener, bindings, version);
  patchStainless(opener, bindings['BaseGeminiNextGenAPIClient'], {
    name: '@google/genai',
    version,
    defaultBaseUrl: 'https://generativelanguage.googleapis.com',
    providerOf: () => undefined,
  });
  return made;
};
