// Run by itself, as a thread beside an app in the middle of process.exit(): settles what it was given and says when it is over.
import { openRedisStore } from './open-redis.ts';
import type { LastWork } from './settle-in-thread.ts';

const { url, namespace, epoch, timeoutMs, requests, state, answers } = process.getBuiltinModule('node:worker_threads').workerData as LastWork;

const over = (text: string): void => {
  const bytes = Buffer.from(text);
  if (bytes.length <= answers.length) answers.set(bytes);
  Atomics.store(state, 1, bytes.length <= answers.length ? bytes.length : 0);
  Atomics.store(state, 0, 1);
  Atomics.notify(state, 0);
};

const settleAll = async (): Promise<string> => {
  const store = openRedisStore({ url }, { ...(namespace === undefined ? {} : { namespace }), settleTimeoutMs: timeoutMs, lastEpoch: epoch });
  if (store === undefined) return '';
  // Nothing else holds the thread while it waits.
  setTimeout(() => undefined, timeoutMs);
  return JSON.stringify(await Promise.all(requests.map((request) => store.settle(request))));
};

settleAll().then(over, () => over(''));
