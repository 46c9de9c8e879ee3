import { guard } from '../base/diag.ts';
import { tapGlobalFetch } from './fetch/hook.ts';
import type { WireCalls } from './wire-calls.ts';

/** What the tap is handed when it is installed. */
export interface TapDeps {
  /** Wires the stations unless that was done; `undefined` where calls on the wire are not to be seen. */
  readonly wire: () => WireCalls | undefined;
}

/** Begins to look at every request that leaves the process, cheaply: what is behind it loads with the first request to a model. Never throws. */
export const installTap = ({ wire }: TapDeps): void => {
  guard('tap.fetch', () => tapGlobalFetch(wire));
};
