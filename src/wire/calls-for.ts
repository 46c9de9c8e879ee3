import { guard } from '../base/diag.ts';
import type { Seen } from './place.ts';
import type { WireCalls } from './wire-calls.ts';

/** A request as the first look found it. */
type Found = Seen & { readonly method: string; readonly address: string };

/** A request that may ask a model, and what is done with such requests. */
interface Chosen<T> {
  readonly calls: WireCalls;
  readonly seen: T;
}

/** Gives what is done with requests to models, where this may be one; `undefined` for those that pass as they are. */
export const callsFor = <T extends Found>(found: T | undefined, wire: () => WireCalls | undefined): Chosen<T> | undefined => {
  const calls = found === undefined ? undefined : wire();
  if (found === undefined || calls === undefined) return undefined;
  if (found.sure && !found.doubtful) return { calls, seen: found };
  // That the owner named the host settles what the address leaves open.
  if (guard('wire.trust', () => calls.trusts(found.method, found.address)) === true) return { calls, seen: { ...found, doubtful: false } };
  if (found.sure) return { calls, seen: found };
  // Another one's path at a provider's host, which is told as little of traces as by any other request.
  return found.known ? { calls, seen: { ...found, kind: 'host' } } : undefined;
};
