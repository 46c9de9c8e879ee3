/** Says in words what differs between two tables, one line a model, for review. */
import type { CardData, PriceTable } from '../../src/pricing/table/price-table.ts';

const flatten = (cards: readonly CardData[]): ReadonlyMap<string, string> =>
  new Map(
    cards.flatMap((card, index) => {
      const at = [card.from ?? 'always', card.utc === undefined ? '' : ` ${JSON.stringify(card.utc)}`].join('');
      const where =
        cards.findIndex((other) => other.from === card.from && JSON.stringify(other.utc) === JSON.stringify(card.utc)) === index ? at : `${at}#${index}`;
      const rates = (set: object, prefix: string): [string, string][] =>
        Object.entries(set).map(([key, value]) => [`${where} ${prefix}${key}`, JSON.stringify(value)]);
      return [
        ...rates(card.r, ''),
        ...rates(card.over?.r ?? {}, `over ${card.over?.n ?? 0} `),
        ...rates(card.x ?? {}, 'x '),
        ...(card.once === undefined ? [] : ([[`${where} once a call`, card.once.join(' ')]] satisfies [string, string][])),
        ...(card.q === undefined ? [] : ([[`${where} disputed`, card.q.join(' ')]] satisfies [string, string][])),
        ...(card.free === undefined ? [] : ([[`${where} free`, '1']] satisfies [string, string][])),
      ];
    }),
  );

const diffCards = (before: readonly CardData[], after: readonly CardData[]): string => {
  const [old, now] = [flatten(before), flatten(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => old.get(key) !== now.get(key))
    .map((key) => `${key}: ${old.get(key) ?? 'none'} -> ${now.get(key) ?? 'none'}`)
    .join('; ');
};

/** Gives one line for each model that came, went or changed. Rates are in pico-dollars: 1,000,000 is $1 for a million tokens. */
export const diffTables = (before: PriceTable, after: PriceTable): readonly string[] => {
  const ids = [...new Set([...Object.keys(before.providers), ...Object.keys(after.providers)])].sort();
  return ids.flatMap((id) => {
    const [old, now] = [before.providers[id]?.models ?? {}, after.providers[id]?.models ?? {}];
    return [...new Set([...Object.keys(old), ...Object.keys(now)])].sort().flatMap((name) => {
      const [was, is] = [old[name], now[name]];
      if (was === undefined) return [`+ ${id}/${name}`];
      if (is === undefined) return [`- ${id}/${name}`];
      const cards = diffCards(was.c, is.c);
      const names = JSON.stringify(was.a) === JSON.stringify(is.a) ? '' : `names: ${(was.a ?? []).join(' ')} -> ${(is.a ?? []).join(' ')}`;
      const change = [cards, names].filter((part) => part !== '').join('; ');
      return change === '' ? [] : [`~ ${id}/${name}: ${change}`];
    });
  });
};
