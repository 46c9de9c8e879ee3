import { houseModule } from '../../base/load.ts';
import type * as WorkerThreads from 'node:worker_threads';
import type { ExitJob, ExitWork } from './exit-job.ts';

/** The script, built or as source. */
const script = (): URL => houseModule('exporters/exit/sender');

/**
 * Sends what is left while the process ends, when no event loop runs any more: through a thread of its own, which gets neither our
 * environment nor our flags, while this one waits for at most `timeoutMs`. Gives whether all of it arrived. Never throws.
 * @source Node runs new threads also while `exit` is emitted; 45 to 65 ms on a small machine, a child process takes 50 to 120
 */
export const sendAtExit = (jobs: readonly ExitJob[], timeoutMs: number): boolean => {
  if (jobs.length === 0) return true;
  try {
    const { Worker } = process.getBuiltinModule('node:worker_threads') satisfies typeof WorkerThreads;
    const state = new Int32Array(new SharedArrayBuffer(8));
    const work: ExitWork = { jobs, state };
    const worker = new Worker(script(), { workerData: work, execArgv: [], env: {}, stdout: true, stderr: true });
    worker.unref();
    return Atomics.wait(state, 0, 0, timeoutMs) !== 'timed-out' && state[1] === 0;
  } catch {
    return false;
  }
};
