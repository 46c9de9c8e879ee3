import http from 'node:http';
import type { Policy } from '../../../src/call/policy.ts';
import { createOpener, type Opener } from '../../../src/runtime/opener.ts';
import { createWire } from '../../../src/wire/create-wire.ts';
import { wrapFetch } from '../../../src/wire/fetch/hook.ts';
import { tapHttp, type HttpModule } from '../../../src/wire/http/hook.ts';
import type { Fetch, WireCalls } from '../../../src/wire/wire-calls.ts';
import { rememberingStations, type Remembered } from '../../support/remembering-stations.ts';

/** What a test sees of calls on the wire. */
export interface WireWatching extends Remembered {
  readonly opener: Opener;
  /** The tap's other half, made when it is first asked for. */
  readonly wire: () => WireCalls;
  /** Whether it was asked for. */
  readonly loaded: () => boolean;
  /** The platform's `fetch`, tapped. */
  readonly fetch: Fetch;
}

/** The real tap with stations that only remember. */
export const watchWire = (
  options: {
    readonly policies?: readonly Policy[];
    readonly askUsageHosts?: readonly string[];
    readonly captureContent?: boolean;
    readonly propagateTraceHeaders?: boolean;
    readonly hostRules?: Opener['hostRules'];
    readonly original?: Fetch;
  } = {},
): WireWatching => {
  const { stations, remembered } = rememberingStations(options);
  const opener = createOpener(stations, { hostRules: options.hostRules ?? [], askUsageHosts: options.askUsageHosts ?? [], enabled: () => true });
  let made: WireCalls | undefined;
  const wire = (): WireCalls => (made ??= createWire(opener, { propagateTraceHeaders: options.propagateTraceHeaders ?? false }));
  return { ...remembered, opener, wire, loaded: () => made !== undefined, fetch: wrapFetch(options.original ?? fetch, wire) };
};

/** What of `node:http` begins a request, tapped beside the module itself. */
export const tappedHttp = ({ wire }: WireWatching): typeof http => {
  const module = { request: http.request, get: http.get, ClientRequest: http.ClientRequest };
  tapHttp(module as unknown as HttpModule, 'http:', wire);
  return module as unknown as typeof http;
};
