import { timers } from './timers.ts';

/** Time as the rest of the house sees it, so that tests can hand in their own. */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch. */
  nowMs(): number;
  /** Monotonic time in milliseconds; only differences mean anything. */
  monotonicMs(): number;
}

/** The clock of this process: `Date.now` and `performance.now`. */
export const systemClock: Clock = {
  nowMs: () => timers.nowMs(),
  monotonicMs: () => timers.monotonicMs(),
};
