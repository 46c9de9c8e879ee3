import { once } from '../../base/once.ts';
import type { CallOpener, OpenCall } from '../../call/adapter.ts';
import type { ResponseLike } from '../shared/response/observe.ts';
import { wrapMethod } from '../shared/stainless/client.ts';

/** Sends one exchange, or answers in the provider's place. */
export type Through = (send: () => Promise<ResponseLike>) => Promise<ResponseLike>;

const through = new WeakMap<OpenCall, Through>();

let opener: CallOpener | undefined;

const tap = once(() =>
  wrapMethod(globalThis as never, 'fetch', (original) => {
    return function fetch(this: unknown, ...args) {
      const send = (): Promise<ResponseLike> => Reflect.apply(original, this as never, args) as Promise<ResponseLike>;
      const call = opener?.current();
      const way = call === undefined ? undefined : through.get(call);
      return way === undefined ? send() : way(send);
    };
  }),
);

/** Lets `exchangesThrough` see what is sent by the global fetch. */
export const tapGlobalFetch = (of: CallOpener): void => {
  opener = of;
  tap();
};

/** What is known of the exchanges of a call. */
export interface Exchanges {
  /** Whether there were any: an app may have put a fetch of its own in the place of the global one. */
  isSeen: boolean;
  /** Why the last one had no answer. */
  error: unknown;
}

/** Sends a call whose SDK asks the global fetch as often as it tries: each exchange goes through `way`. */
export const exchangesThrough = (call: OpenCall, way: Through, send: (exchanges: Exchanges) => Promise<ResponseLike>): Promise<ResponseLike> => {
  const exchanges: Exchanges = { isSeen: false, error: undefined };
  through.set(call, (exchange) => {
    exchanges.isSeen = true;
    exchanges.error = undefined;
    return way(exchange).catch((error: unknown) => {
      exchanges.error = error;
      throw error;
    });
  });
  return send(exchanges);
};
