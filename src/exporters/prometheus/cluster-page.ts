import type Cluster from 'node:cluster';
import type { PromClientModule } from './prometheus-settings.ts';

/** How this process stands in a cluster. */
export type ClusterRole = 'single' | 'primary' | 'worker';

/** Gives how this process stands in a cluster now; a process with workers is their primary. */
export const clusterRole = (): ClusterRole => {
  const cluster = process.getBuiltinModule('node:cluster') as unknown as typeof Cluster;
  if (cluster.isWorker) return 'worker';
  return Object.keys(cluster.workers ?? {}).length > 0 ? 'primary' : 'single';
};

/**
 * Gives the sum over all workers, in the text form. A worker answers once `joinCluster` ran in it.
 * @source prom-client 15.1, lib/cluster.js: workers answer by message with their global registry
 */
export const clusterText = (client: PromClientModule): Promise<string> => new client.AggregatorRegistry().clusterMetrics();

/** Makes a worker answer the primary's questions. */
export const joinCluster = (client: PromClientModule): void => void new client.AggregatorRegistry();
