import { timers } from '../base/timers.ts';
import { guard } from '../base/diag.ts';

/** Something whose last settlements must reach a store before the process is gone. */
export interface Drained {
  /** Writes what is finished to the store, within the time given; at once where nothing waits. */
  drain(timeoutMs: number): Promise<void> | undefined;
  /** The same, blocking, when nothing can be waited for any more. */
  drainAtExit(timeoutMs: number): void;
}

/** Several as one, all at once; blocking, the first takes what time it needs. */
export const together = (...all: readonly Drained[]): Drained => ({
  drain: (timeoutMs) => {
    const waits = all.flatMap((one) => one.drain(timeoutMs) ?? []);
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
  },
  drainAtExit: (timeoutMs) => {
    const began = timers.monotonicMs();
    for (const one of all) one.drainAtExit(Math.max(0, timeoutMs - (timers.monotonicMs() - began)));
  },
});

/** Several, one after the other: what one of them does gives the next one work. */
export const inTurn = (...all: readonly Drained[]): Drained => ({
  drain(timeoutMs) {
    const endMs = timers.monotonicMs() + timeoutMs;
    for (const [index, one] of all.entries()) {
      const wait = one.drain(timeoutMs);
      if (wait !== undefined) return wait.then(() => inTurn(...all.slice(index + 1)).drain(Math.max(0, endMs - timers.monotonicMs())));
    }
    return undefined;
  },
  drainAtExit: (timeoutMs) => together(...all).drainAtExit(timeoutMs),
});

/** The part of the time that settlements may take before telemetry has its turn. */
const SETTLE_SHARE = 0.7;

/** Sends what is finished, budgets first: what they charge, and what they could not write, is told by the telemetry that follows. */
export const flushInOrder =
  (budgets: Drained, flush: (timeoutMs: number) => Promise<unknown>) =>
  async (timeoutMs: number): Promise<void> => {
    const began = timers.monotonicMs();
    const draining = budgets.drain(timeoutMs * SETTLE_SHARE);
    if (draining !== undefined) await draining;
    await flush(timeoutMs - (draining === undefined ? 0 : timers.monotonicMs() - began));
  };

/** The same, blocking, when nothing can be waited for any more. */
export const flushAtExitInOrder =
  (budgets: Drained, flushAtExit: (timeoutMs: number) => void) =>
  (timeoutMs: number): void => {
    const began = timers.monotonicMs();
    guard('budgets.exit', () => budgets.drainAtExit(timeoutMs * SETTLE_SHARE));
    flushAtExit(timeoutMs - (timers.monotonicMs() - began));
  };
