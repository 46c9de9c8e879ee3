import { askAtExit } from '../../base/ask-at-exit.ts';
import type { SettleAnswer, SettleRequest } from '../../call/budget-store.ts';

/** Settlements that are left when the process ends, and the server they go to. */
export interface LastSettlements {
  readonly url: string;
  readonly namespace: string | undefined;
  /** What the server is known to be at, which saves a round trip. */
  readonly epoch: string;
  readonly timeoutMs: number;
  readonly requests: readonly SettleRequest[];
}

/**
 * Settles while the process ends, over a connection of a thread's own. Gives the answers, or `undefined` when not all came through. Never throws.
 * What was already on its way is settled once all the same, by the ids of the calls.
 */
export const settleInThread = (work: LastSettlements): readonly SettleAnswer[] | undefined =>
  askAtExit('stores/redis/last-settler', work, work.timeoutMs) as readonly SettleAnswer[] | undefined;
