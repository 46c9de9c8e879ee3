import type Cluster from 'node:cluster';
import { randomUUID } from 'node:crypto';
import { isMainThread, threadId } from 'node:worker_threads';

/** The number of this process among the workers of a cluster, if it is one. */
const clusterWorker = (): string | undefined => {
  const { worker } = process.getBuiltinModule('node:cluster') as unknown as typeof Cluster;
  return worker === undefined ? undefined : `worker-${worker.id}`;
};

/**
 * What tells the figures of this thread of this process from those of all others: each counts for itself, and what two send under one id, a back end takes for one
 * series. Where the owner names an id for the process, its worker threads and the workers of a cluster, which inherit it, have their number behind it.
 * @source OpenTelemetry semantic conventions 1.41, `service.instance.id`: unique for each instance; a random UUID unless somebody knows better
 */
export const instanceId = (named: string | undefined): string => {
  if (named === undefined) return randomUUID();
  return [named, clusterWorker(), isMainThread ? undefined : `thread-${threadId}`].filter((part) => part !== undefined).join('/');
};
