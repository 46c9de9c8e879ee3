import { Lru } from '../../base/lru.ts';
import type { Dialect } from '../../call/call.ts';
import type { Endpoint } from './dialect.ts';

/** How many files are remembered. */
const MOST = 10_000;

/** Files that batches named as the place of their results, by id, with the model of the batch; results of some endpoints do not name theirs. */
const files = new Lru<string, { readonly model: string | undefined }>(MOST);

/** Remembers that a file holds the results of a batch of `model`. `name` is its id, or for Google `files/` and the id. */
export const rememberBatchFile = (name: unknown, model: string | undefined): void => {
  if (typeof name === 'string' && name !== '') files.set(name, { model });
};

/** What asks after a batch that is there already, calls it off, or fetches its results. */
export const madeBatch = (dialect: Dialect): Endpoint => ({ dialect, operation: 'batch', model: undefined, stream: false, spends: false });

/** What fetches a file, where it is known to hold the results of a batch: its path alone does not tell it from any other that is fetched. */
export const batchFile = (dialect: Dialect, name: string): Endpoint | undefined => {
  const file = files.get(name);
  return file === undefined ? undefined : { ...madeBatch(dialect), model: file.model };
};
