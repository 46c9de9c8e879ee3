import { join } from 'node:path';
import { wrongSpans, type Case } from './case.ts';
import { APPS, compare, IMPORT, REQUIRE, type Place } from './compare.ts';

const FAMILY = join(APPS, 'family.mjs');

/** Says where what the members counted does not add up: each has series of its own, told apart by the resource as back ends do. */
const wrongCounts = ({ receiver }: Place, wanted: number): readonly string[] => {
  const series = new Map<string, number>();
  for (const { metric, resource, attributes, value } of receiver.points)
    if (metric === 'purser.calls') series.set(JSON.stringify([resource['service.instance.id'], attributes]), value);
  const counted = [...series.values()].reduce((sum, value) => sum + value, 0);
  return counted === wanted ? [] : [`${counted} calls counted instead of ${wanted}`];
};

const family = (
  name: string,
  what: string,
  spans: number,
  how: {
    readonly byOptions?: boolean;
    readonly preload?: readonly string[];
    readonly quick?: boolean;
    readonly env?: Readonly<Record<string, string>>;
  },
): Case => ({
  name,
  quick: how.quick ?? false,
  async run(place) {
    if (how.byOptions !== true) {
      const { bare, different } = await compare(place, [FAMILY, what], { env: how.env ?? {} }, how.preload);
      const ran = bare.stdout.startsWith('codes 0') ? [] : [bare.stdout + bare.stderr.slice(0, 300)];
      return [...different, ...ran, ...wrongSpans(place, spans), ...wrongCounts(place, spans)];
    }
    const { different } = await compare(place, [FAMILY, what], { env: { NODE_OPTIONS: `--require ${REQUIRE}` } }, []);
    // Both runs had us.
    return [...different, ...wrongSpans(place, spans * 2), ...wrongCounts(place, spans * 2)];
  },
});

const NAMED = { OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=pod-1' };

/** Apps in several threads and processes. */
export const FAMILIES: readonly Case[] = [
  family('worker_threads, each of which makes a call', 'threads', 3, { quick: true }),
  family('worker_threads, --import', 'threads', 3, { preload: ['--import', IMPORT] }),
  family('worker_threads of a process whose owner named its instance', 'threads', 3, { env: NAMED }),
  family('cluster with two workers', 'cluster', 3, {}),
  family('cluster with two workers, whose owner named the instance', 'cluster', 3, { env: NAMED }),
  family('child_process.fork, which hands on the flags of Node', 'fork', 2, {}),
  family('child_process.spawn with NODE_OPTIONS', 'spawn', 2, { byOptions: true }),
];
