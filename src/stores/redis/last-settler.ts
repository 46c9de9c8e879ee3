// Run by itself, as a thread beside an app in the middle of process.exit(): settles what it was given and says when it is over.
import { openRedisStore } from './open-redis.ts';
import type { LastWork } from './settle-in-thread.ts';

const { url, namespace, epoch, timeoutMs, requests, state } = process.getBuiltinModule('node:worker_threads').workerData as LastWork;

const over = (failed: boolean): void => {
  Atomics.store(state, 1, failed ? 1 : 0);
  Atomics.store(state, 0, 1);
  Atomics.notify(state, 0);
};

const settleAll = async (): Promise<boolean> => {
  const store = openRedisStore({ url }, { ...(namespace === undefined ? {} : { namespace }), settleTimeoutMs: timeoutMs, lastEpoch: epoch });
  if (store === undefined) return false;
  // Nothing else holds the thread while it waits.
  setTimeout(() => undefined, timeoutMs);
  await Promise.all(requests.map((request) => store.settle(request)));
  return true;
};

settleAll().then(
  (done) => over(!done),
  () => over(true),
);
