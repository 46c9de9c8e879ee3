import type { Call } from './call.ts';
import type { Outcome } from './outcome.ts';

/** A station that is told of every call: telemetry, the ledger, alerts. Must not throw and must not block. */
export interface Sink {
  readonly name: string;
  /** Told exactly once for each call, after redaction of nothing: the sink itself must keep content to itself. */
  callEnded(call: Call, outcome: Outcome): void;
}
