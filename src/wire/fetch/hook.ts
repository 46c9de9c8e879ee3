import { guard } from '../../base/diag.ts';
import { callsFor } from '../calls-for.ts';
import { seenAt, type Seen } from '../place.ts';
import type { Fetch, FetchSeen, WireCalls } from '../wire-calls.ts';

const addressOf = (input: unknown): string | undefined => {
  if (typeof input === 'string') return input;
  if (typeof input !== 'object' || input === null) return undefined;
  const { href, url } = input as { readonly href?: unknown; readonly url?: unknown };
  if (typeof href === 'string') return href;
  return typeof url === 'string' ? url : undefined;
};

const methodOf = (input: unknown, init: { readonly method?: unknown } | undefined): string => {
  const method = init?.method ?? (typeof input === 'object' && input !== null && 'method' in input ? input.method : undefined);
  return typeof method === 'string' ? method.toUpperCase() : 'GET';
};

type Found = Omit<FetchSeen, 'send'> & Seen;

const look = (input: FetchSeen['input'], init: FetchSeen['init']): Found | undefined => {
  const address = addressOf(input);
  if (address === undefined) return undefined;
  const method = methodOf(input, init);
  const seen = seenAt(method, address);
  return seen === undefined ? undefined : { input, init, method, address, ...seen };
};

const wrapped = new WeakSet<object>();

/**
 * A function that does what `original` does, and shows requests to models to `wire` first. Wrapping twice gives the same function.
 * @param inCall whether the running code sends a call that is seen already: then there is nothing to see
 */
export const wrapFetch = (original: Fetch, wire: () => WireCalls | undefined, inCall: () => boolean = () => false): Fetch => {
  if (wrapped.has(original)) return original;
  const tapped = function fetch(this: unknown, ...args: Parameters<Fetch>): Promise<Response> {
    if (inCall()) return Reflect.apply(original, this, args);
    const chosen = callsFor(
      guard('wire.look', () => look(args[0], args[1])),
      wire,
    );
    if (chosen === undefined) return Reflect.apply(original, this, args);
    return chosen.calls.fetch({ ...chosen.seen, send: (...sent) => Reflect.apply(original, this, sent) });
  };
  wrapped.add(tapped);
  Object.defineProperty(tapped, 'name', { value: original.name, configurable: true });
  Object.defineProperty(tapped, 'length', { value: original.length, configurable: true });
  return tapped;
};

/** Puts the tap in the place of `globalThis.fetch` without loading what is behind it. False where there is none. */
export const tapGlobalFetch = (wire: () => WireCalls | undefined, inCall: () => boolean): boolean => {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  const original: unknown = descriptor?.value;
  if (descriptor?.configurable !== true || typeof original !== 'function') return false;
  Object.defineProperty(globalThis, 'fetch', { ...descriptor, value: wrapFetch(original as Fetch, wire, inCall) });
  return true;
};
