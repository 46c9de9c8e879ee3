import type * as WorkerThreads from 'node:worker_threads';
import { houseModule } from './load.ts';

/** What a thread is given that works while the process ends. */
export interface WorkAtExit<Work> {
  readonly work: Work;
  readonly port: WorkerThreads.MessagePort;
  /** One cell: whether all is over. */
  readonly over: Int32Array;
}

/** Less is not enough to hand anything over: a thread takes longer to start. */
const ENOUGH_MS = 20;

/**
 * Has a thread of our own do something while the process ends, when no event loop runs any more; this one waits for at most `timeoutMs`. The thread
 * gets neither our environment nor our flags. Gives its answer; `undefined` when there is none in time, or no time for one. Never throws.
 * @param path the thread's module from src/ on, without an extension; it ends with `answerAtExit`
 * @source Node runs new threads also while `exit` is emitted; 45 to 65 ms on a small machine, a child process takes 50 to 120
 */
export const askAtExit = (path: string, work: unknown, timeoutMs: number): unknown => {
  if (timeoutMs < ENOUGH_MS) return undefined;
  try {
    const { MessageChannel, receiveMessageOnPort, Worker } = process.getBuiltinModule('node:worker_threads') satisfies typeof WorkerThreads;
    const { port1, port2 } = new MessageChannel();
    const over = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const workerData: WorkAtExit<unknown> = { work, port: port2, over };
    new Worker(houseModule(path), { workerData, transferList: [port2], execArgv: [], env: {}, stdout: true, stderr: true }).unref();
    Atomics.wait(over, 0, 0, timeoutMs);
    return receiveMessageOnPort(port1)?.message as unknown;
  } catch {
    return undefined;
  }
};

/** The thread's side: gives the answer, and wakes who waits for it. */
export const answerAtExit = ({ port, over }: WorkAtExit<unknown>, answer: unknown): void => {
  port.postMessage(answer, []);
  Atomics.store(over, 0, 1);
  Atomics.notify(over, 0);
};
