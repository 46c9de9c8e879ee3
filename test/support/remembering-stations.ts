import { ROOT_CONTEXT } from '@opentelemetry/api';
import { systemClock } from '../../src/base/clock.ts';
import { setDiagSink } from '../../src/base/diag.ts';
import type { Call } from '../../src/call/call.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import type { Policy } from '../../src/call/policy.ts';
import { LateUsage } from '../../src/runtime/late-usage.ts';
import type { Stations } from '../../src/runtime/stations.ts';

/** A call and how it ended, as the stations are told. */
export interface Seen {
  readonly call: Call;
  readonly outcome: Outcome;
}

/** What stations that only remember have seen. */
export interface Remembered {
  readonly seen: Seen[];
  readonly faults: string[];
  /** Names of tools, with a `!` behind those that failed. */
  readonly tools: string[];
}

/** Makes stations that only remember, and remembers faults of ours from here on. */
export const rememberingStations = (options: {
  readonly policies?: readonly Policy[];
  readonly captureContent?: boolean;
  /** Whether the usage of a stored answer is remembered each time that it is read, for those who look at what is read. */
  readonly readsStored?: boolean;
}): { readonly stations: Stations; readonly remembered: Remembered } => {
  const remembered: Remembered = { seen: [], faults: [], tools: [] };
  setDiagSink({ fault: (cause, message) => remembered.faults.push(`${cause}: ${message}`), notice: () => undefined });
  const stations: Stations = {
    clock: systemClock,
    recorder: {
      start: (call) => ({
        context: ROOT_CONTEXT,
        byHost: false,
        begun: () => undefined,
        attempt: () => undefined,
        end: (outcome) => void remembered.seen.push({ call, outcome }),
      }),
      startTool: (tool) => ({ context: ROOT_CONTEXT, end: (error) => void remembered.tools.push(error === undefined ? tool.name : `${tool.name}!`) }),
    },
    meter: { add: () => undefined, record: () => undefined, set: () => undefined },
    policies: options.policies ?? [],
    price: () => ({ kind: 'unpriced', reason: 'unknown_model', unpriced: [], tableVersion: 'none' }),
    sinks: [],
    lateUsage: options.readsStored === true ? { counted: (_, facts) => facts } : new LateUsage(),
    redactor: { text: (value) => value, value: (value) => value, learnSecret: () => undefined, generation: () => 0, find: () => [] },
    labels: () => ({}),
    userId: (id) => id,
    captureContent: options.captureContent ?? false,
    keepsContent: () => true,
  };
  return { stations, remembered };
};
