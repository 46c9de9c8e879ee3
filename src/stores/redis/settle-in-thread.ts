import type * as WorkerThreads from 'node:worker_threads';
import { houseModule } from '../../base/load.ts';
import type { SettleRequest } from '../../call/budget-store.ts';

/** Settlements that are left when the process ends, and the server they go to. */
export interface LastSettlements {
  readonly url: string;
  readonly namespace: string | undefined;
  /** What the server is known to be at, which saves a round trip. */
  readonly epoch: string;
  readonly timeoutMs: number;
  readonly requests: readonly SettleRequest[];
}

/** What the thread that settles is given. */
export interface LastWork extends LastSettlements {
  /** Two cells: whether all is over, and whether something failed. */
  readonly state: Int32Array;
}

/**
 * Settles while the process ends, when no event loop runs any more: through a thread of its own, which gets neither our environment nor
 * our flags, while this one waits for at most `timeoutMs`. Gives whether all of it came through. Never throws.
 * What was already on its way is settled once all the same, by the ids of the calls.
 * @source Node runs new threads also while `exit` is emitted
 */
export const settleInThread = (work: LastSettlements): boolean => {
  try {
    const { Worker } = process.getBuiltinModule('node:worker_threads') satisfies typeof WorkerThreads;
    const state = new Int32Array(new SharedArrayBuffer(8));
    const workerData: LastWork = { ...work, state };
    new Worker(houseModule('stores/redis/last-settler'), { workerData, execArgv: [], env: {}, stdout: true, stderr: true }).unref();
    return Atomics.wait(state, 0, 0, work.timeoutMs) !== 'timed-out' && state[1] === 0;
  } catch {
    return false;
  }
};
