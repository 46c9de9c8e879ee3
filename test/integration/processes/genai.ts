import { join, resolve } from 'node:path';
import { installFolder } from '../../support/install-folder.ts';
import type { Case } from './case.ts';
import { APPS, compare } from './compare.ts';

/** Outcome, error and attempts of each call, in order. */
const ENDS = [
  ['failed', 'AbortError', 1],
  ['cancelled', undefined, 1],
  ['failed', 'UND_ERR_SOCKET', 1],
] as const;
const AGAIN = ['failed', '503', 3] as const;

const line = (version: string, folder: string, tries: 'once' | 'again'): Case => ({
  name: `@google/genai ${version}: what is late failed, what the app called off did not, and each try is an attempt`,
  async run(place) {
    if (folder !== '.') installFolder(folder);
    const { different } = await compare(place, [join(APPS, 'genai.mjs'), resolve(folder), tries]);
    const spans = place.receiver.spans.toSorted((a, b) => a.startMs - b.startMs);
    const seen = spans.map(({ attributes }) => [attributes['purser.outcome'], attributes['error.type'], attributes['purser.attempts']]);
    const wanted = tries === 'again' ? [...ENDS, AGAIN] : ENDS;
    return JSON.stringify(seen) === JSON.stringify(wanted) ? different : [...different, JSON.stringify(seen)];
  },
});

/** Lines of Google's SDK, which differ in who makes the signal, the error and the next try. */
export const GENAI: readonly Case[] = [
  line('1.0', 'test/matrix/oldest', 'once'),
  line('2.0', 'test/matrix/middle', 'once'),
  line('2.15', 'test/matrix/genai', 'again'),
  line('3.1', '.', 'again'),
];
