import type { Clock } from '../base/clock.ts';
import type { Cost, PriceCall, PriceQuestion } from '../call/cost.ts';
import type { Labels } from '../call/labels.ts';
import type { Policy } from '../call/policy.ts';
import type { Meter } from '../call/event.ts';
import type { Recorder } from '../call/recorder.ts';
import type { Redactor } from '../call/redactor.ts';
import type { Sink } from '../call/sink.ts';
import type { LateUsage } from './late-usage.ts';

/** The stations that one call walks past, as they were wired at the start. */
export interface Stations {
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly meter: Meter;
  readonly policies: readonly Policy[];
  readonly price: PriceCall;
  /** Prices a call whose usage the provider did not report: an amount marked as estimated where the owner wants one, else unpriced. */
  readonly estimate?: (question: PriceQuestion, guess: { readonly promptChars: number; readonly outputChars: number }) => Cost;
  readonly sinks: readonly Sink[];
  readonly lateUsage: Pick<LateUsage, 'counted'>;
  readonly redactor: Redactor;
  /** Labels that hold for every call of the process. */
  readonly labels: () => Labels;
  /** Gives a user id as it may be shown: itself, or hashed. */
  readonly userId: (id: string) => string;
  /** Tells API keys apart without showing them; `undefined` where nobody wants to know. */
  readonly fingerprint?: ((key: string) => string | undefined) | undefined;
  readonly captureContent: boolean;
  /** Whether the content of this call is recorded, where content is; asked once for each call, at its end. */
  readonly keepsContent: (failed: boolean) => boolean;
  /** Puts off what is read of a request until it is on its way; read before it is sent where this is absent. */
  readonly soon?: (work: () => void) => void;
  /** Puts off what is told of a call that has ended until the app's own turn is over; told at once where this is absent. */
  readonly later?: (work: () => void) => void;
  /** Told of each call that policies take time over, and when they have answered: one that has ended by then is settled. */
  readonly unanswered?: (call: { readonly ended: boolean }, answered: Promise<void>) => void;
  /** Whether a sink must know of a call by the time the app has its answer, so that nothing is put off: a ledger that outlives kill -9, a host that freezes the process. */
  readonly tellsAtOnce?: boolean;
}
