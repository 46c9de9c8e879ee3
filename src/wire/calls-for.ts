import { guard } from '../base/diag.ts';
import type { WireCalls } from './wire-calls.ts';

/** A request as the first look found it. */
interface Found {
  readonly method: string;
  readonly address: string;
  /** Whether the address alone says that it is a model's. */
  readonly sure: boolean;
}

/** Gives what is done with requests to models, where this is one; `undefined` for those that pass as they are. */
export const callsFor = (found: Found | undefined, wire: () => WireCalls | undefined): WireCalls | undefined => {
  if (found === undefined) return undefined;
  const calls = wire();
  return found.sure || guard('wire.trust', () => calls?.trusts(found.method, found.address)) === true ? calls : undefined;
};
