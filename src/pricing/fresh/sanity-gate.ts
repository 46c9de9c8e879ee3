import type { CardData, PriceTable } from '../table/price-table.ts';

/** A price that moves by more than this factor is far more often a slip of the pen than a price. */
const MOST = 10;
/** A table that lost more than this share of its models is not the same kind of table. */
const LEAST_MODELS = 0.8;

const count = (table: PriceTable): number => Object.values(table.providers).reduce((sum, { models }) => sum + Object.keys(models).length, 0);

type Values = Readonly<Record<string, number | null | undefined>>;

const isFar = (old: number, now: number): boolean => old === 0 || now === 0 || now / old > MOST || old / now > MOST;

/** Names the first value that moved too far; one that came or went is no move. */
const moved = (before: Values, after: Values): string | undefined => {
  for (const [key, old] of Object.entries(before)) {
    const now = after[key];
    if (typeof old === 'number' && typeof now === 'number' && old !== now && isFar(old, now)) return key;
  }
  return undefined;
};

/** A factor that is not there is one. */
const factors = (card: CardData, other: CardData): Values =>
  Object.fromEntries(
    Object.keys({ ...card.x, ...other.x }).map((name) => {
      const [numerator, denominator] = card.x?.[name] ?? [1, 1];
      return [name, numerator / denominator];
    }),
  );

/** What of a card is money, and how each kind is told. */
const KINDS: readonly { readonly of: (card: CardData, other: CardData) => Values; readonly name: (key: string) => string; readonly unit: string }[] = [
  { of: (card) => card.r, name: (key) => `price "${key}"`, unit: ' pico-dollars' },
  { of: (card) => card.over?.r ?? {}, name: (key) => `price "${key}" of long prompts`, unit: ' pico-dollars' },
  { of: factors, name: (key) => `factor "${key}"`, unit: '' },
];

const jump = (before: CardData, after: CardData, model: string): string | undefined => {
  for (const { of, name, unit } of KINDS) {
    const [old, now] = [of(before, after), of(after, before)];
    const key = moved(old, now);
    if (key !== undefined) return `the ${name(key)} of ${model} would go from ${String(old[key])} to ${String(now[key])}${unit}`;
  }
  const charged = Object.values(before.r).some((rate) => typeof rate === 'number' && rate > 0);
  return after.free === 1 && before.free !== 1 && charged ? `${model} would become free` : undefined;
};

/** The cards that both tables mean to hold from the same date; scheduled and past cards compare with their own kind. */
const pairs = (before: readonly CardData[], after: readonly CardData[]): readonly (readonly [CardData, CardData])[] =>
  after.flatMap((card) => {
    const same = before.find((old) => old.from === card.from && JSON.stringify(old.utc) === JSON.stringify(card.utc)) ?? before.at(-1);
    return same === undefined ? [] : [[same, card] as const];
  });

/** Tells why a new table is not to be believed, or `undefined`: a price or a factor that moved over ten times, a model that became free, or many models that are gone. */
export const implausibleChange = (before: PriceTable, after: PriceTable): string | undefined => {
  if (count(after) < count(before) * LEAST_MODELS) return `it has ${count(after)} models where there were ${count(before)}`;
  for (const [id, provider] of Object.entries(after.providers))
    for (const [name, model] of Object.entries(provider.models)) {
      const known = before.providers[id]?.models[name];
      if (known === undefined) continue;
      for (const [old, now] of pairs(known.c, model.c)) {
        const reason = jump(old, now, `${id}/${name}`);
        if (reason !== undefined) return reason;
      }
    }
  return undefined;
};
