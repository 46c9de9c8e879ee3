// Run by itself, as a thread beside an app in the middle of process.exit(): settles what it was given and says when it is over.
import { timers } from '../../base/timers.ts';
import { answerAtExit, type WorkAtExit } from '../../base/ask-at-exit.ts';
import type { SettleAnswer } from '../../call/budget-store.ts';
import { openRedisStore } from './open-redis.ts';
import type { LastSettlements } from './settle-in-thread.ts';

const given = process.getBuiltinModule('node:worker_threads').workerData as WorkAtExit<LastSettlements>;
const { url, namespace, epoch, timeoutMs, requests } = given.work;

const settleAll = async (): Promise<readonly SettleAnswer[] | undefined> => {
  const store = openRedisStore({ url }, { ...(namespace === undefined ? {} : { namespace }), settleTimeoutMs: timeoutMs, lastEpoch: epoch });
  if (store === undefined) return undefined;
  // Nothing else holds the thread while it waits.
  timers.setTimeout(() => undefined, timeoutMs);
  return Promise.all(requests.map((request) => store.settle(request)));
};

settleAll().then(
  (answers) => answerAtExit(given, answers),
  () => answerAtExit(given, undefined),
);
