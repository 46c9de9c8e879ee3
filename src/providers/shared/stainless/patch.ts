import { timers } from '../../../base/timers.ts';
import type { CallOpener, OpenCall, Rewrite, Verdict } from '../../../call/adapter.ts';
import { refusalStatus } from '../../../call/errors.ts';
import { causeOf, retryAfter, type Refusal } from '../../../call/policy.ts';
import { guard } from '../../../base/diag.ts';
import { Lru } from '../../../base/lru.ts';
import { beginCall, type Begun, type RequestSeen } from '../begin.ts';
import { credentialOf } from '../credential.ts';
import type { ResponseReader } from '../dialect.ts';
import { attemptOf } from '../response/attempt.ts';
import { sendAttempt } from '../retry-gate.ts';
import { rewriteOrRefuse, unchangeableRefusal } from '../rewrite.ts';
import type { ObserveOptions } from '../response/observation.ts';
import { observationOf, observeResponse, type ResponseLike } from '../response/observe.ts';
import { ownerOf, wrapMethod, type RequestOptions, type ResponseProps, type StainlessClient } from './client.ts';
import { hasMiddleware, watchedMiddleware } from './middleware.ts';

/** What an adapter knows of its SDK beyond what all of this kind share. */
export interface SdkFacts {
  readonly name: string;
  readonly version: string | undefined;
  /** `gen_ai.provider.name` where the client's class decides it, such as Azure's. */
  providerOf(client: StainlessClient): string | undefined;
  readonly defaultBaseUrl: string;
}

/** Form data as a record of its text fields, so that readers see one shape. */
const bodyOf = (body: unknown): unknown => {
  if (!(body instanceof FormData)) return body;
  const fields: Record<string, string> = {};
  for (const [name, value] of body.entries()) if (typeof value === 'string') fields[name] = value;
  return fields;
};

/** Parsed addresses; a service asks the same few again and again. Nobody changes them. */
const urls = new Lru<string, URL>(256);

/** The one asked last: its parts are mostly the very same strings, which costs nothing to see. */
let latest: { readonly base: string; readonly path: string; readonly url: URL } | undefined;

const urlOf = (client: StainlessClient, options: RequestOptions, fallback: string): URL => {
  const path = options.path ?? '';
  const base = client.baseURL ?? options.defaultBaseURL ?? fallback;
  if (latest?.path === path && latest.base === base) return latest.url;
  const address = /^https?:/i.test(path) ? path : `${base.endsWith('/') ? base.slice(0, -1) : base}${path.startsWith('/') ? '' : '/'}${path}`;
  const url = urls.get(address) ?? new URL(address);
  urls.set(address, url);
  latest = { base, path, url };
  return url;
};

/** The error that the app sees for a refusal: the SDK's own class, which its own handling of errors knows. */
const refusalError = (client: StainlessClient, refusal: Refusal): unknown => {
  const cause = causeOf(refusal);
  const body = { error: { message: refusal.message, type: refusal.code, code: refusal.code, param: null } };
  const status = refusalStatus(refusal.code);
  const headers = new Headers({ 'x-should-retry': 'false', 'x-purser-refusal': refusal.code, ...retryAfter(refusal) });
  const error = guard('refusal.error', () => client.makeStatusError?.(status, body, refusal.message, headers)) ?? cause;
  if (error !== cause) Object.defineProperty(error, 'cause', { value: cause, configurable: true, enumerable: false, writable: true });
  return error;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

interface Sent {
  readonly options: RequestOptions;
  readonly hideUsage: boolean;
}

/** Asks for usage where the app did not and the host is known to answer. */
const askUsage = (opener: CallOpener, options: RequestOptions, hostname: string): Sent => {
  const { body } = options;
  if (!isRecord(body) || body['stream'] !== true || !(options.path ?? '').includes('chat/completions') || !opener.asksUsage(hostname))
    return { options, hideUsage: false };
  const asked = body['stream_options'];
  if (asked !== undefined && asked !== null && (!isRecord(asked) || 'include_usage' in asked)) return { options, hideUsage: false };
  return { options: { ...options, body: { ...body, stream_options: { ...(isRecord(asked) ? asked : {}), include_usage: true } } }, hideUsage: true };
};

/**
 * Endpoints into whose path an Azure client puts its deployment.
 * @source openai 7.55 `azure.ts`, `_deployments_endpoints`
 */
const DEPLOYED = /^\/(?:(?:chat\/)?completions|embeddings|audio\/\w+|images\/\w+|batches)$/;

const deploymentOf = (client: StainlessClient, path: string): string | undefined => {
  const { deploymentName } = client as { readonly deploymentName?: unknown };
  return typeof deploymentName === 'string' && DEPLOYED.test(path) ? deploymentName : undefined;
};

/** The request that a verdict asks for; the reason where it cannot be made. */
const rewritten = ({ opener, client, url, provider }: Pending, options: RequestOptions, rewrite: Rewrite): RequestOptions | string => {
  const { method = 'get', path = '' } = options;
  const deployment = deploymentOf(client, path);
  const from = { method, url, body: options.body, deployment, hostRules: opener.hostRules };
  const made = rewriteOrRefuse(provider === undefined ? from : { ...from, provider }, rewrite);
  if (made.kind === 'impossible') return made.reason;
  if (made.url !== undefined) return 'its address names the model';
  const { body } = made;
  // A path that names its deployment is left as it is by the client.
  if (deployment === undefined || rewrite.model === undefined) return { ...options, body };
  return { ...options, body, path: `/deployments/${encodeURIComponent(rewrite.model)}${path}` };
};

type Send = (options: RequestOptions) => Promise<ResponseProps>;

/** A call that waits to be sent. */
class Pending {
  readonly opener: CallOpener;
  readonly begun: Begun;
  readonly client: StainlessClient;
  readonly url: URL;
  /** Set where the client's class says who answers. */
  readonly provider: string | undefined;
  readonly send: Send;

  constructor(opener: CallOpener, begun: Begun, client: StainlessClient, { url, provider }: RequestSeen, send: Send) {
    this.opener = opener;
    this.begun = begun;
    this.client = client;
    this.url = url;
    this.provider = provider;
    this.send = send;
  }
}

/** How the answer to a call is watched: the SDK tells of its errors itself. */
class Watching implements ObserveOptions {
  readonly hideUsage: boolean;
  readonly everyEvent: boolean;
  readonly endOnStatus = false;
  readonly #client: StainlessClient;

  constructor(client: StainlessClient, hideUsage: boolean, everyEvent: boolean) {
    this.#client = client;
    this.hideUsage = hideUsage;
    this.everyEvent = everyEvent;
  }

  refusalError(refusal: Refusal): unknown {
    return refusalError(this.#client, refusal);
  }
}

const refuse = ({ begun, client }: Pending, refusal: Refusal): Promise<ResponseProps> => {
  begun.call.blocked(refusal);
  return Promise.reject(refusalError(client, refusal));
};

const sendAdmitted = (pending: Pending, options: RequestOptions, verdict: Verdict): Promise<ResponseProps> => {
  const { begun, client, opener } = pending;
  const { call } = begun;
  if (verdict.kind === 'refused') return refuse(pending, verdict.refusal);
  const { rewrite } = verdict;
  const changed = rewrite === undefined ? options : (guard('rewrite', () => rewritten(pending, options, rewrite)) ?? 'it could not be read');
  if (typeof changed === 'string') return refuse(pending, unchangeableRefusal(changed));
  const sent = guard('ask_usage', () => askUsage(opener, changed, pending.url.hostname)) ?? { options: changed, hideUsage: false };
  if (hasMiddleware(client, changed)) readers.set(call, begun.reader);
  return call
    .run(() => pending.send(sent.options))
    .then(
      (props) => {
        call.stopper = props.controller?.signal;
        observeResponse(props.response, call, begun.reader, new Watching(client, sent.hideUsage, opener.captureContent));
        return props;
      },
      (error: unknown) => {
        guard('headers', () => readErrorHeaders(begun, error));
        call.failed(error);
        throw error;
      },
    );
};

const readErrorHeaders = (begun: Begun, error: unknown): void => {
  if (!isRecord(error)) return;
  const { headers, status } = error as { headers?: { get?(name: string): string | null }; status?: unknown };
  if (typeof headers?.get === 'function' && typeof status === 'number') begun.reader.headers((name) => headers.get?.(name), status);
};

/** The readers of calls whose answer a middleware may replace. */
const readers = new WeakMap<OpenCall, ResponseReader>();

/** The key that was learnt of each client. */
const learnt = new WeakMap<object, unknown>();

/** Learns the key of a client, and each other one that it gets: it may be asked for anew before every request. */
const learnKey = (opener: CallOpener, client: StainlessClient): void => {
  const key = client.apiKey ?? client.authToken;
  if (learnt.get(client) === key) return;
  learnt.set(client, key);
  opener.learnSecret(client.apiKey);
  opener.learnSecret(client.authToken);
};

/** What is sent as one attempt. */
interface AttemptInit {
  readonly body?: unknown;
  readonly headers?: Headers;
}

/** The same of what is sent: a key that the client does not keep stands there alone. */
const learnSentKey = (opener: CallOpener, client: StainlessClient, { headers }: AttemptInit): void => {
  learnKey(opener, client);
  if ((client.apiKey ?? client.authToken ?? undefined) === undefined)
    guard('key', () => opener.learnSecret(credentialOf(headers?.get('authorization') ?? headers?.get('x-api-key'))));
};

/** Takes what the SDK itself parses, so that no body is parsed a second time. */
const patchParse = (constructor: unknown): void => {
  wrapMethod(ownerOf(constructor, 'parseResponseWithTimeout'), 'parseResponseWithTimeout', (original) => {
    return function parseResponseWithTimeout(this: StainlessClient, ...args) {
      const props = args[1] as ResponseProps | undefined;
      const observation = props === undefined ? undefined : observationOf(props.response);
      if (observation === undefined) return Reflect.apply(original, this, args);
      observation.defer();
      const parsing = Reflect.apply(original, this, args) as Promise<unknown>;
      // The SDK gets its own promise. This listener is the first, so that the call has ended when the app has its answer.
      parsing.then(
        (value) => guard('parsed', () => observation.parsed(value)),
        () => guard('parsed', () => observation.parsed(undefined)),
      );
      return parsing;
    };
  });
};

/** Wraps the one method through which every request of a Stainless SDK goes, and the one that makes each attempt. */
export const patchStainless = (opener: CallOpener, constructor: unknown, sdk: SdkFacts): boolean => {
  const begin = (client: StainlessClient, options: RequestOptions, send: Send): Pending | undefined => {
    learnKey(opener, client);
    const url = urlOf(client, options, sdk.defaultBaseUrl);
    const seen: RequestSeen = {
      method: options.method ?? 'get',
      url,
      body: bodyOf(options.body),
      source: sdk,
      provider: sdk.providerOf(client),
      credential: credentialOf(client.apiKey ?? client.authToken),
      signal: options.signal ?? undefined,
    };
    const begun = beginCall(opener, seen);
    return begun === undefined ? undefined : new Pending(opener, begun, client, seen, send);
  };
  const made = wrapMethod(ownerOf(constructor, 'makeRequest'), 'makeRequest', (original) => {
    return function makeRequest(this: StainlessClient, ...args) {
      const [optionsInput, , retryOf] = args;
      // Retries come through the same method and belong to the call that is already open.
      if (retryOf !== undefined) return Reflect.apply(original, this, args);
      return Promise.resolve(optionsInput as RequestOptions | Promise<RequestOptions>).then((options) => {
        const send: Send = (next) => Reflect.apply(original, this, [next, ...args.slice(1)]) as Promise<ResponseProps>;
        const pending = guard(`${sdk.name}.begin`, () => begin(this, options, send));
        if (pending === undefined) return send(options);
        const { verdict } = pending.begun.call;
        return verdict instanceof Promise ? verdict.then((known) => sendAdmitted(pending, options, known)) : sendAdmitted(pending, options, verdict);
      });
    };
  });
  wrapMethod(ownerOf(constructor, 'fetchWithTimeout'), 'fetchWithTimeout', (original) => {
    return function fetchWithTimeout(this: StainlessClient, ...args) {
      const call = opener.current();
      if (call === undefined) return Reflect.apply(original, this, args);
      const init = (args[1] ?? {}) as AttemptInit;
      if (typeof init.body === 'string') call.sent(init.body);
      return sendAttempt(call, () => {
        learnSentKey(opener, this, init);
        const reader = readers.get(call);
        const sent = reader === undefined ? args : (guard('middleware', () => watchedMiddleware(call, reader, args)) ?? args);
        return watchAttempt(call, Reflect.apply(original, this, sent) as Promise<ResponseLike>);
      });
    };
  });
  patchParse(constructor);
  return made;
};

/** Looks at an attempt beside the SDK, which always waits for it: no failure goes unheard because of us. */
const watchAttempt = (call: OpenCall, response: Promise<ResponseLike>): Promise<ResponseLike> => {
  const startedMs = timers.monotonicMs();
  const seen = (answer: unknown): void => {
    guard('attempt', () => call.attempt(attemptOf(answer, timers.monotonicMs() - startedMs)));
  };
  void response.then(seen, seen);
  return response;
};
