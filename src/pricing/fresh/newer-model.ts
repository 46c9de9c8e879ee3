import { bareId } from '../match/model-id.ts';
import { providerData, providerId } from '../match/provider-id.ts';
import type { PriceTable, ProviderData } from '../table/price-table.ts';

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

const latest = new WeakMap<ProviderData, ReadonlyMap<string, readonly number[]>>();

/** The latest version of each family of a provider; worked out once, when the first unknown name appears. */
const latestOf = (provider: ProviderData): ReadonlyMap<string, readonly number[]> => {
  const known = latest.get(provider);
  if (known !== undefined) return known;
  const versions = new Map<string, readonly number[]>();
  for (const name of Object.keys(provider.models)) {
    const { family, version } = taken(name);
    const before = versions.get(family);
    if (before === undefined || isAfter(version, before)) versions.set(family, version);
  }
  latest.set(provider, versions);
  return versions;
};

/** Whether an unknown name reads like a later version of a family that the table knows. */
export const looksNewer = (table: PriceTable, provider: string, model: string): boolean => {
  const id = providerId(table, provider, undefined);
  const data = providerData(table, id);
  if (data === undefined) return false;
  const seen = taken(model);
  const known = latestOf(data).get(seen.family);
  return seen.version.length > 0 && known !== undefined && isAfter(seen.version, known);
};
