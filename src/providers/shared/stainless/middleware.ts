import { guard } from '../../../base/diag.ts';
import type { OpenCall } from '../../../call/adapter.ts';
import type { ResponseReader } from '../dialect.ts';
import type { ResponseLike } from '../response/observe.ts';
import type { StainlessClient } from './client.ts';

type Next = (request: unknown) => Promise<ResponseLike>;
type Middleware = (request: unknown, next: Next) => Promise<ResponseLike>;

interface Options {
  readonly middleware?: readonly unknown[] | undefined;
}

/** Where `fetchWithTimeout(url, init, timeoutMs, controller, options)` takes the options of the request. */
const OPTIONS = 4;

/** Reads an answer that the app's own code did not want, where it left it whole; what streams tells of the others itself. */
const setAside = (answer: ResponseLike & Partial<Pick<Response, 'bodyUsed' | 'clone'>>, reader: ResponseReader): void => {
  const isWhole = answer.status < 400 && answer.headers.get('content-type')?.includes('json') === true;
  if (!isWhole || answer.bodyUsed !== false || (answer.body as ReadableStream | null)?.locked !== false || typeof answer.clone !== 'function') return;
  answer
    .clone()
    .json()
    .then(
      (json) => guard('aside', () => reader.aside?.(json)),
      () => undefined,
    );
};

/** Runs innermost: what a middleware asks for belongs to the call, whenever it asks, and so does an answer for which it took another. */
const watcherOf = (call: OpenCall, reader: ResponseReader): Middleware => {
  let before: ResponseLike | undefined;
  return (request, next) => {
    const unwanted = before;
    if (unwanted !== undefined) guard('aside', () => setAside(unwanted, reader));
    return call
      .run(() => next(request))
      .then((answer) => {
        before = answer;
        return answer;
      });
  };
};

const isChangeable = (options: object): boolean => Object.getOwnPropertyDescriptor(options, 'middleware')?.configurable !== false;

/** Stands in for the options of a request, with one middleware more when the SDK asks, once; the app's own middleware finds them as they are. */
const withOneMore = (options: Options, watcher: Middleware): Options => {
  let asked = false;
  return new Proxy(options, {
    get(target, name) {
      if (name !== 'middleware' || asked) return Reflect.get(target, name);
      asked = true;
      return [...(target.middleware ?? []), watcher];
    },
  });
};

/** Whether an app lets a request go through middleware of its own. */
export const hasMiddleware = (client: StainlessClient, options: Options): boolean =>
  (client.middleware?.length ?? 0) > 0 || (options.middleware?.length ?? 0) > 0;

/**
 * Gives the arguments of `fetchWithTimeout` with which what the app's middleware sends is seen as a part of the call.
 * @source @anthropic-ai/sdk 1.12 `BaseAnthropic.middleware`, `RequestOptions.middleware`, `betaRefusalFallbackMiddleware`
 */
export const watchedMiddleware = (call: OpenCall, reader: ResponseReader, args: readonly unknown[]): readonly unknown[] => {
  const options = args[OPTIONS] as Options | null | undefined;
  if (typeof options !== 'object' || options === null || !isChangeable(options)) return args;
  return [...args.slice(0, OPTIONS), withOneMore(options, watcherOf(call, reader)), ...args.slice(OPTIONS + 1)];
};
