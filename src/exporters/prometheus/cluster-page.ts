import type Cluster from 'node:cluster';
import type { FamilyMetric } from './family-metric.ts';
import type { PromClientModule } from './prometheus-settings.ts';

/** How this process stands in a cluster. */
export type ClusterRole = 'single' | 'primary' | 'worker';

/** Gives how this process stands in a cluster now; a process with workers is their primary. */
export const clusterRole = (): ClusterRole => {
  const cluster = process.getBuiltinModule('node:cluster') as unknown as typeof Cluster;
  if (cluster.isWorker) return 'worker';
  return Object.keys(cluster.workers ?? {}).length > 0 ? 'primary' : 'single';
};

/** A metric of a page: the lines that announce it, and its series by name and labels. */
interface Block {
  readonly head: readonly string[];
  readonly series: Map<string, { readonly text: string; readonly value: number | string }>;
}

// Labels stand in the order in which a process met them.
const keyOf = (series: string): string => {
  const labels = series.match(/[A-Za-z0-9_]+="(?:[^"\\]|\\.)*"/g) ?? [];
  return `${series.split('{', 1).join('')}{${labels.toSorted().join()}}`;
};

const blocksOf = (page: string): Map<string, Block> => {
  const blocks = new Map<string, Block>();
  for (const text of page.split('\n\n')) {
    const lines = text.split('\n').filter((line) => line !== '');
    const head = lines.filter((line) => line.startsWith('# '));
    const name = /^# TYPE (\S+) /m.exec(text)?.[1];
    if (name === undefined) continue;
    const series: Block['series'] = new Map();
    for (const line of lines.slice(head.length)) {
      const end = line.lastIndexOf(' ');
      series.set(keyOf(line.slice(0, end)), { text: line.slice(0, end), value: line.slice(end + 1) });
    }
    blocks.set(name, { head, series });
  }
  return blocks;
};

const textOf = (blocks: Iterable<Block>): string =>
  `${[...blocks].map(({ head, series }) => [...head, ...[...series.values()].map(({ text, value }) => `${text} ${value}`)].join('\n')).join('\n\n')}\n`;

// By way of the app's registry, which may add labels to all that it holds.
const ownText = async (client: PromClientModule, own: readonly FamilyMetric[]): Promise<string> => {
  const names = new Set(own.map(({ name }) => name));
  const held = await client.register.getMetricsAsJSON();
  return client.AggregatorRegistry.aggregate([held.filter(({ name }) => names.has(name))]).metrics();
};

/**
 * Gives the sum over all workers, in the text form, with the calls of this process itself: `own` are its metrics. A worker answers once
 * `joinCluster` ran in it. What the app itself counts is the workers' alone, as prom-client has it.
 * @source prom-client 15.1, lib/cluster.js: workers answer by message with their global registry
 */
export const clusterText = async (client: PromClientModule, own: readonly FamilyMetric[]): Promise<string> => {
  const [ofWorkers, ofPrimary] = await Promise.all([new client.AggregatorRegistry().clusterMetrics(), ownText(client, own)]);
  const page = blocksOf(ofWorkers);
  for (const [name, block] of blocksOf(ofPrimary)) {
    const theirs = page.get(name)?.series;
    if (theirs === undefined) {
      page.set(name, block);
      continue;
    }
    const greatest = own.some((metric) => metric.name === name && metric.aggregator === 'max');
    for (const [key, { text, value }] of block.series) {
      const [ours, other] = [Number(value), Number(theirs.get(key)?.value ?? (greatest ? value : 0))];
      theirs.set(key, { text, value: greatest ? Math.max(ours, other) : ours + other });
    }
  }
  return textOf(page.values());
};

/** Makes a worker answer the primary's questions. */
export const joinCluster = (client: PromClientModule): void => void new client.AggregatorRegistry();
