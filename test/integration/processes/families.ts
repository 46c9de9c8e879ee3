import { join } from 'node:path';
import { wrongSpans, type Case } from './case.ts';
import { APPS, compare, IMPORT, REQUIRE } from './compare.ts';

const FAMILY = join(APPS, 'family.mjs');

const family = (
  name: string,
  what: string,
  spans: number,
  how: { readonly byOptions?: boolean; readonly preload?: readonly string[]; readonly quick?: boolean },
): Case => ({
  name,
  quick: how.quick ?? false,
  async run(place) {
    if (how.byOptions !== true) {
      const { bare, different } = await compare(place, [FAMILY, what], {}, how.preload);
      return [...different, ...(bare.stdout.startsWith('codes 0') ? [] : [bare.stdout + bare.stderr.slice(0, 300)]), ...wrongSpans(place, spans)];
    }
    const { different } = await compare(place, [FAMILY, what], { env: { NODE_OPTIONS: `--require ${REQUIRE}` } }, []);
    // Both runs had us.
    return [...different, ...wrongSpans(place, spans * 2)];
  },
});

/** Apps in several threads and processes. */
export const FAMILIES: readonly Case[] = [
  family('worker_threads, each of which makes a call', 'threads', 3, { quick: true }),
  family('worker_threads, --import', 'threads', 3, { preload: ['--import', IMPORT] }),
  family('cluster with two workers', 'cluster', 3, {}),
  family('child_process.fork, which hands on the flags of Node', 'fork', 2, {}),
  family('child_process.spawn with NODE_OPTIONS', 'spawn', 2, { byOptions: true }),
];
