import type * as WorkerThreads from 'node:worker_threads';
import { houseModule } from '../../base/load.ts';
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

/** What the thread that settles is given. */
export interface LastWork extends LastSettlements {
  /** Two cells: whether all is over, and how long the answers are as text; 0 when not all came through. */
  readonly state: Int32Array;
  /** Where the answers are written. */
  readonly answers: Uint8Array;
}

/** So much is room for the answer about one line, in bytes; a sentence of numbers takes a quarter of it. */
const BYTES_PER_LINE = 1000;

/**
 * Settles while the process ends, when no event loop runs any more: through a thread of its own, which gets neither our environment nor
 * our flags, while this one waits for at most `timeoutMs`. Gives the answers, or `undefined` when not all came through. Never throws.
 * What was already on its way is settled once all the same, by the ids of the calls.
 * @source Node runs new threads also while `exit` is emitted
 */
export const settleInThread = (work: LastSettlements): readonly SettleAnswer[] | undefined => {
  try {
    const { Worker } = process.getBuiltinModule('node:worker_threads') satisfies typeof WorkerThreads;
    const state = new Int32Array(new SharedArrayBuffer(8));
    const lines = work.requests.reduce((sum, request) => sum + request.lines.length, work.requests.length);
    const answers = new Uint8Array(new SharedArrayBuffer(lines * BYTES_PER_LINE));
    const workerData: LastWork = { ...work, state, answers };
    new Worker(houseModule('stores/redis/last-settler'), { workerData, execArgv: [], env: {}, stdout: true, stderr: true }).unref();
    const length = Atomics.wait(state, 0, 0, work.timeoutMs) === 'timed-out' ? 0 : (state[1] ?? 0);
    return length === 0 ? undefined : (JSON.parse(Buffer.from(answers.subarray(0, length)).toString()) as readonly SettleAnswer[]);
  } catch {
    return undefined;
  }
};
