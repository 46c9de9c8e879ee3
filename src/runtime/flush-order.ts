import { guard } from '../base/diag.ts';
import type { Budgets } from './budgets.ts';

/** The part of the time that settlements may take before telemetry has its turn. */
const SETTLE_SHARE = 0.7;

/** Sends what is finished, budgets first: what they charge, and what they could not write, is told by the telemetry that follows. */
export const flushInOrder =
  (budgets: Budgets, flush: (timeoutMs: number) => Promise<unknown>) =>
  async (timeoutMs: number): Promise<void> => {
    const began = performance.now();
    const draining = budgets.drain(timeoutMs * SETTLE_SHARE);
    if (draining !== undefined) await draining;
    await flush(timeoutMs - (draining === undefined ? 0 : performance.now() - began));
  };

/** The same, blocking, when nothing can be waited for any more. */
export const flushAtExitInOrder =
  (budgets: Budgets, flushAtExit: (timeoutMs: number) => void) =>
  (timeoutMs: number): void => {
    const began = performance.now();
    guard('budgets.exit', () => budgets.drainAtExit(timeoutMs * SETTLE_SHARE));
    flushAtExit(timeoutMs - (performance.now() - began));
  };
