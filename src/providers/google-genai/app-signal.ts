import { guard } from '../../base/diag.ts';
import { type AnyFunction, wrapMethod } from '../shared/stainless/client.ts';

/** Whether a value is a signal, of whatever class. */
export const isSignal = (value: unknown): value is AbortSignal =>
  typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value;

/** The signals that the SDK made, each with the app's own where there is one. */
const made = new WeakMap<AbortSignal, { readonly app: AbortSignal | undefined }>();

/**
 * Learns whose signal is behind each that the SDK makes: it aborts that one for the app and for its own timeout.
 * @source code of @google/genai 1.0 to 2.17, whose `apiCall` is handed that signal alone
 */
export const learnSignals = (owner: Record<string, AnyFunction> | undefined): void => {
  wrapMethod(owner, 'includeExtraHttpOptionsToRequestInit', (original) => {
    return function includeExtraHttpOptionsToRequestInit(this: unknown, ...args) {
      const pending = Reflect.apply(original, this as never, args) as Promise<{ readonly signal?: unknown }>;
      return pending.then((init) => {
        guard('genai.signal', () => {
          if (isSignal(init.signal)) made.set(init.signal, { app: args.slice(1).find(isSignal) });
        });
        return init;
      });
    };
  });
};

/** Gives a signal by which the app calls a request off. The SDK's own timeout does so only as long as nothing was sent. */
export const callingOff = (signal: AbortSignal, isSent: () => boolean): AbortSignal => {
  const known = made.get(signal);
  if (known === undefined) return signal;
  const off = new AbortController();
  const told = (): void => {
    if (!isSent() || known.app?.aborted === true) off.abort(signal.reason);
  };
  if (signal.aborted) told();
  else signal.addEventListener('abort', told, { once: true });
  return off.signal;
};
