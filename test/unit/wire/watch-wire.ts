import { ROOT_CONTEXT } from '@opentelemetry/api';
import { systemClock } from '../../../src/base/clock.ts';
import { setDiagSink } from '../../../src/base/diag.ts';
import type { Call } from '../../../src/call/call.ts';
import type { Outcome } from '../../../src/call/outcome.ts';
import type { Policy } from '../../../src/call/policy.ts';
import { createOpener, type Opener } from '../../../src/runtime/opener.ts';
import { createWire } from '../../../src/wire/create-wire.ts';
import { wrapFetch } from '../../../src/wire/fetch/hook.ts';
import type { Fetch, WireCalls } from '../../../src/wire/wire-calls.ts';

/** What a test sees of calls on the wire. */
export interface WireWatching {
  readonly seen: { readonly call: Call; readonly outcome: Outcome }[];
  readonly faults: string[];
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
  const seen: { readonly call: Call; readonly outcome: Outcome }[] = [];
  const faults: string[] = [];
  setDiagSink({ fault: (cause, message) => faults.push(`${cause}: ${message}`), notice: () => undefined });
  const opener = createOpener(
    {
      clock: systemClock,
      recorder: {
        start: (call) => ({
          context: ROOT_CONTEXT,
          byHost: false,
          begun: () => undefined,
          attempt: () => undefined,
          end: (outcome) => void seen.push({ call, outcome }),
        }),
        startTool: () => ({ context: ROOT_CONTEXT, end: () => undefined }),
      },
      meter: { add: () => undefined, record: () => undefined, set: () => undefined },
      policies: options.policies ?? [],
      price: () => ({ kind: 'unpriced', reason: 'unknown_model', unpriced: [], tableVersion: 'none' }),
      sinks: [],
      redactor: { text: (value) => value, value: (value) => value, learnSecret: () => undefined, find: () => [] },
      labels: () => ({}),
      userId: (id) => id,
      captureContent: options.captureContent ?? false,
      keepsContent: () => true,
    },
    { hostRules: options.hostRules ?? [], askUsageHosts: options.askUsageHosts ?? [], enabled: () => true },
  );
  let made: WireCalls | undefined;
  const wire = (): WireCalls => (made ??= createWire(opener, { propagateTraceHeaders: options.propagateTraceHeaders ?? false }));
  return { seen, faults, opener, wire, loaded: () => made !== undefined, fetch: wrapFetch(options.original ?? fetch, wire) };
};
