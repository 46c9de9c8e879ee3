import { bareId } from '../match/model-id.ts';
import { providerId } from '../match/provider-id.ts';
import type { PriceTable } from '../table/price-table.ts';

/** A name with its numbers taken out, and the numbers: `claude-sonnet-5-5` is `claude-sonnet` and 5, 5. */
const taken = (name: string): { readonly family: string; readonly version: readonly number[] } => {
  const plain = bareId(name).replace(/[-@](?:20\d{6}|20\d{2}-\d{2}-\d{2}).*$/, '');
  return { family: plain.replaceAll(/[-.]?\d+(?:[.-]\d+)*/g, ''), version: [...plain.matchAll(/\d+/g)].map(([digits]) => Number(digits)) };
};

const isAfter = (a: readonly number[], b: readonly number[]): boolean => {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const step = (a[index] ?? 0) - (b[index] ?? 0);
    if (step !== 0) return step > 0;
  }
  return false;
};

/** Whether an unknown name reads like a later version of a family that the table knows. */
export const looksNewer = (table: PriceTable, provider: string, model: string): boolean => {
  const id = providerId(table, provider, undefined);
  const models = id === undefined ? undefined : table.providers[id]?.models;
  if (models === undefined) return false;
  const seen = taken(model);
  const family = Object.keys(models)
    .map((name) => taken(name))
    .filter((known) => known.family === seen.family);
  return seen.version.length > 0 && family.length > 0 && family.every((known) => isAfter(seen.version, known.version));
};
