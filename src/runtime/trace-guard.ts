import { channel, subscribe, unsubscribe, type Channel } from 'node:diagnostics_channel';
import { guard } from '../base/diag.ts';
import { withoutTrace } from '../wire/trace-headers.ts';

/** Keeps what a host's instrumentation writes on requests from telling providers of the app's traces. */
export interface TraceGuard {
  /** To be called before a call is sent: whoever listens by now has its say before the guard. */
  readonly renew: () => void;
  readonly stop: () => void;
}

/** @source undici 6 to 8: published before a request is queued; listeners may still add headers. Also what Node's own fetch publishes. */
const CHANNEL = 'undici:request:create';

/** Listeners in the order in which they are called; where Node keeps them elsewhere, the guard only takes longer. @source Node 18 to 26, lib/diagnostics_channel.js */
type ChannelInside = Channel & { readonly _subscribers?: readonly unknown[] };

const strip = (headers: unknown): void => {
  if (!Array.isArray(headers)) return;
  const kept = withoutTrace(headers as readonly unknown[]);
  if (kept !== headers) headers.splice(0, headers.length, ...kept);
};

/**
 * Takes the headers of a trace off requests that are sent inside a call. Instrumentations of fetch write them after everything that can
 * be wrapped, so this listens behind them.
 * @param inCall whether the running code sends a call
 */
export const guardTrace = (inCall: () => boolean): TraceGuard => {
  const onRequest = (message: unknown): void => {
    if (inCall()) guard('trace_guard', () => strip((message as { readonly request: { readonly headers: unknown } }).request.headers));
  };
  const requests = channel(CHANNEL) as ChannelInside;
  return {
    renew() {
      if (requests._subscribers?.at(-1) === onRequest) return;
      unsubscribe(CHANNEL, onRequest);
      subscribe(CHANNEL, onRequest);
    },
    stop: () => void unsubscribe(CHANNEL, onRequest),
  };
};
