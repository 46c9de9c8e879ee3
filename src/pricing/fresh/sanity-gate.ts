import type { CardData, PriceTable, RateKey, RateSet } from '../table/price-table.ts';

/** A price that moves by more than this factor is far more often a slip of the pen than a price. */
const MOST = 10;
/** A table that lost more than this share of its models is not the same kind of table. */
const LEAST_MODELS = 0.8;

const count = (table: PriceTable): number => Object.values(table.providers).reduce((sum, { models }) => sum + Object.keys(models).length, 0);

const moved = (before: RateSet, after: RateSet): RateKey | undefined => {
  for (const [key, old] of Object.entries(before) as [RateKey, number | null][]) {
    const now = after[key];
    if (old === null || now === null || now === undefined || old === now) continue;
    if (old === 0 || now === 0 || now / old > MOST || old / now > MOST) return key;
  }
  return undefined;
};

/** The rates that both tables mean to hold from the same date; scheduled and past cards compare with their own kind. */
const pairs = (before: readonly CardData[], after: readonly CardData[]): readonly (readonly [RateSet, RateSet])[] =>
  after.flatMap((card) => {
    const same = before.find((old) => old.from === card.from && JSON.stringify(old.utc) === JSON.stringify(card.utc)) ?? before.at(-1);
    return same === undefined ? [] : [[same.r, card.r] as const];
  });

/** Tells why a new table is not to be believed, or `undefined`: a price that moved over ten times, or many models that are gone. */
export const implausibleChange = (before: PriceTable, after: PriceTable): string | undefined => {
  if (count(after) < count(before) * LEAST_MODELS) return `it has ${count(after)} models where there were ${count(before)}`;
  for (const [id, provider] of Object.entries(after.providers))
    for (const [name, model] of Object.entries(provider.models)) {
      const known = before.providers[id]?.models[name];
      if (known === undefined) continue;
      for (const [old, now] of pairs(known.c, model.c)) {
        const key = moved(old, now);
        if (key !== undefined) return `the price "${key}" of ${id}/${name} would go from ${String(old[key])} to ${String(now[key])} pico-dollars`;
      }
    }
  return undefined;
};
