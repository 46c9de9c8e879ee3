import { Lru } from '../../base/lru.ts';

/** How many files are remembered. */
const MOST = 10_000;

/** Files that batches named as the place of their results, by id. */
const files = new Lru<string, true>(MOST);

/** Remembers that a file holds the results of a batch. `name` is its id, or for Google `files/` and the id. */
export const rememberBatchFile = (name: unknown): void => {
  if (typeof name === 'string' && name !== '') files.set(name, true);
};

/** Whether a file is known to hold the results of a batch: its path alone does not tell it from any other that is fetched. */
export const isBatchFile = (name: string): boolean => files.get(name) === true;
