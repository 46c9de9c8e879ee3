import type { CallOpener } from '../../call/adapter.ts';
import { refusalStatus } from '../../call/errors.ts';
import { causeOf, type Refusal } from '../../call/policy.ts';
import { guard } from '../../base/diag.ts';
import { credentialOf } from '../shared/credential.ts';
import { type ChangedRequest, parsedBody, sendThrough } from '../shared/fetching.ts';
import type { ResponseLike } from '../shared/response/observe.ts';
import { StoppedStreams } from './stopped-streams.ts';

/** The function of the SDK through which every request of a model goes. */
type MakeModelRequest = (
  model: string,
  task: string,
  apiKey: string,
  stream: boolean,
  body: string,
  requestOptions?: { readonly baseUrl?: string; readonly apiVersion?: string; readonly signal?: AbortSignal },
  ...rest: readonly unknown[]
) => Promise<ResponseLike>;

type FetchErrorClass = new (message: string, status?: number, statusText?: string, errorDetails?: unknown) => Error;

const HOST = 'https://generativelanguage.googleapis.com';

/**
 * A signal that tells its listener at once: the SDK only listens, and would miss that the app called off a request while a policy let it wait.
 * @source @google/generative-ai 0.24.1, `buildFetchOptions`
 */
const ABORTED = { aborted: true, addEventListener: (_: string, listen: () => void): void => listen() };

const refusalErrorOf =
  (FetchError: unknown) =>
  (refusal: Refusal): unknown => {
    const cause = causeOf(refusal);
    if (typeof FetchError !== 'function') return cause;
    const error = new (FetchError as FetchErrorClass)(refusal.message, refusalStatus(refusal.code), refusal.code, [{ reason: refusal.code }]);
    Object.defineProperty(error, 'cause', { value: cause, configurable: true, enumerable: false, writable: true });
    return error;
  };

/**
 * Instruments `@google/generative-ai`: gives what takes the place of its `makeModelRequest`, which chats, models and streams all call, and of what reads a stream.
 */
export const patchGenerativeAI = (
  opener: CallOpener,
  bindings: Readonly<Record<string, unknown>>,
  version: string | undefined,
): Readonly<Record<string, unknown>> => {
  const original = bindings['makeModelRequest'];
  if (typeof original !== 'function') return {};
  const source = { name: '@google/generative-ai', version, changesAddress: true } as const;
  const refusalError = refusalErrorOf(bindings['GoogleGenerativeAIFetchError']);
  const stopped = new StoppedStreams();
  const { processStream } = bindings;
  const makeModelRequest: MakeModelRequest = (...args) => {
    const [model, task, apiKey, stream, body, requestOptions, ...rest] = args;
    // One that was aborted before calls nothing off: the SDK sends all the same.
    const signal = requestOptions?.signal?.aborted === true ? undefined : requestOptions?.signal;
    const send = (changed?: ChangedRequest): Promise<ResponseLike> => {
      const late = signal?.aborted === true;
      const options = late ? { ...requestOptions, signal: ABORTED } : requestOptions;
      const named = changed?.modelInUrl === undefined ? model : model.slice(0, model.lastIndexOf('/') + 1) + changed.modelInUrl;
      const sent = late || changed !== undefined ? [named, task, apiKey, stream, changed?.body ?? body, options, ...rest] : args;
      return Reflect.apply(original, undefined, sent) as Promise<ResponseLike>;
    };
    const url = guard('generative-ai.url', () => {
      opener.learnSecret(apiKey);
      const base = (requestOptions?.baseUrl ?? HOST).replace(/\/$/, '');
      return new URL(`${base}/${requestOptions?.apiVersion ?? 'v1beta'}/${model}:${task}${stream ? '?alt=sse' : ''}`);
    });
    if (url === undefined) return send();
    // Held weakly: that the response is collected ends the call of an app that never reads it.
    let answered: WeakRef<ResponseLike> | undefined;
    // No async function: it would be a frame of ours in the stack of each error that the app sees.
    const answer = (changed?: ChangedRequest): Promise<ResponseLike> =>
      send(changed).then((response) => {
        answered = new WeakRef(response);
        return response;
      });
    return sendThrough(opener, {
      seen: { method: 'POST', url, body: parsedBody(body), source, credential: credentialOf(apiKey), signal, abortsLate: true },
      send: answer,
      refusalError: (refusal) => {
        const error = refusalError(refusal);
        const response = answered?.deref();
        if (response !== undefined) stopped.stop(response, error);
        return error;
      },
      recordAttempt: true,
    });
  };
  return { makeModelRequest, ...(typeof processStream === 'function' ? { processStream: stopped.watch(processStream as never) } : {}) };
};
