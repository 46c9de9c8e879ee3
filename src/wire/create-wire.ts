import type { CallOpener } from '../call/adapter.ts';
import { fetchThrough } from './fetch/exchange.ts';
import { requestThrough } from './http/exchange.ts';
import { streamThrough } from './http/exchange-http2.ts';
import { isNamed } from './named.ts';
import { Retries } from './retries.ts';
import { followUndici } from './undici/exchange.ts';
import type { WireCalls } from './wire-calls.ts';

/** What the owner decided about requests to models. */
export interface WireSettings {
  readonly propagateTraceHeaders: boolean;
}

/** Makes the part of the tap that knows calls; the runtime does so when the first request to a model is seen. */
export const createWire = (opener: CallOpener, settings: WireSettings): WireCalls => {
  const deps = { opener, keepTrace: settings.propagateTraceHeaders, retries: new Retries(), asked: new Set<string>() };
  return {
    keepTrace: deps.keepTrace,
    trusts: (method, address) => isNamed(opener, method, new URL(address)),
    fetch: (seen) => fetchThrough(deps, seen),
    http: (seen) => requestThrough(deps, seen),
    http2: (seen) => streamThrough(deps, seen),
    undici: (seen) => followUndici(deps, seen),
  };
};
