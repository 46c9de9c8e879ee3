/** Lays the reviewed entries over the source, in their order. An entry that changes nothing is an error: it has become stale. */
import { parsePerMillion, parsePerPiece } from '../../src/pricing/overrides/decimal.ts';
import { RATE_KEYS, type CardData, type ModelData, type ProviderData, type RateKey, type RateSet, type Ratio } from '../../src/pricing/table/price-table.ts';
import type { Dollars, OverlayEntry, WrittenCard } from './overlay-entry.ts';

type Providers = Readonly<Record<string, ProviderData>>;

const PIECES: ReadonlySet<string> = new Set(['web', 'ground', 'code', 'file', 'img', 'req']);

const rates = (usd: Dollars): RateSet =>
  Object.fromEntries(
    RATE_KEYS.filter((key) => usd[key] !== undefined).map((key) => {
      const text = usd[key] ?? null;
      const value = text === null ? null : PIECES.has(key) ? parsePerPiece(text) : parsePerMillion(text);
      if (value === undefined) throw new Error(`not an exact price: ${key} ${String(text)}`);
      return [key, value];
    }),
  );

const writeCard = ({ usd, over, ...rest }: WrittenCard): CardData => ({
  ...rest,
  r: rates(usd),
  ...(over === undefined ? {} : { over: { n: over.n, r: rates(over.usd) } }),
});

const select = (provider: ProviderData, wanted: readonly string[], where: string): readonly string[] =>
  wanted.flatMap((name) => {
    const ids = name.endsWith('*')
      ? Object.keys(provider.models).filter((id) => id.startsWith(name.slice(0, -1)))
      : provider.models[name] === undefined
        ? []
        : [name];
    if (ids.length === 0) throw new Error(`${where}: no model ${name}`);
    return ids;
  });

const times = (rate: number, [numerator, denominator]: Ratio, where: string): number => {
  const value = (rate * numerator) / denominator;
  if (!Number.isSafeInteger(value)) throw new Error(`${where}: ${rate} times ${numerator}/${denominator} is no whole number`);
  return value;
};

const derive = (set: RateSet, entry: Extract<OverlayEntry, { kind: 'derive' }>, where: string): RateSet => {
  const base = set[entry.of];
  return base === undefined || base === null || set[entry.rate] !== undefined ? set : { ...set, [entry.rate]: times(base, entry.times, where) };
};

const merge = (set: RateSet, more: RateSet, replace: boolean): RateSet => (replace ? { ...set, ...more } : { ...more, ...set });

const changeCard = (card: CardData, entry: OverlayEntry, where: string): CardData => {
  switch (entry.kind) {
    case 'rates': {
      const over =
        card.over === undefined || entry.over === undefined ? card.over : { n: card.over.n, r: merge(card.over.r, rates(entry.over), entry.replace === true) };
      return { ...card, r: merge(card.r, rates(entry.usd), entry.replace === true), ...(over === undefined ? {} : { over }) };
    }
    case 'derive':
      return {
        ...card,
        r: derive(card.r, entry, where),
        ...(card.over === undefined ? {} : { over: { n: card.over.n, r: derive(card.over.r, entry, where) } }),
      };
    case 'factors':
      return { ...card, x: { ...card.x, ...entry.x } };
    case 'free':
      return { ...card, r: {}, free: 1 };
    case 'once':
      return { ...card, once: entry.rates };
    case 'disputed':
      return { ...card, q: [...new Set<RateKey>([...(card.q ?? []), ...entry.rates])] };
    case 'alias':
    case 'borrow':
    case 'flat':
    case 'model':
    case 'settled':
      return card;
  }
};

const changeModels = (provider: ProviderData, ids: readonly string[], change: (model: ModelData, id: string) => ModelData, where: string): ProviderData => {
  const models: Record<string, ModelData> = { ...provider.models };
  let changed = false;
  for (const id of ids) {
    const before = models[id];
    if (before === undefined) continue;
    const after = change(before, id);
    changed ||= JSON.stringify(before) !== JSON.stringify(after);
    models[id] = after;
  }
  if (!changed) throw new Error(`${where}: changes nothing any more; remove it`);
  return { ...provider, models };
};

const withoutFees = (rates: RateSet): RateSet => Object.fromEntries(Object.entries(rates).filter(([key]) => !PIECES.has(key)));

const borrow = (provider: ProviderData, entry: Extract<OverlayEntry, { kind: 'borrow' }>, lender: ProviderData | undefined, where: string): ProviderData => {
  if (lender === undefined) throw new Error(`${where}: no provider ${entry.from}`);
  const borrowed = select(lender, entry.models, where).map((id): [string, ModelData] => {
    const model = lender.models[id] ?? { c: [] };
    return [id, { ...model, c: model.c.map((card) => ({ ...card, r: withoutFees(card.r), x: { ...card.x, ...entry.x } })) }];
  });
  return { ...provider, models: { ...provider.models, ...Object.fromEntries(borrowed) } };
};

const apply = (provider: ProviderData, entry: OverlayEntry, lender: ProviderData | undefined, where: string): ProviderData => {
  switch (entry.kind) {
    case 'model': {
      const own = new Set([entry.id, ...(entry.aliases ?? [])]);
      // A name that now has a model of its own is no longer another one's alias.
      const others = Object.entries(provider.models)
        .filter(([id]) => id !== entry.id)
        .map(([id, { a, ...rest }]): [string, ModelData] => {
          const kept = a?.filter((alias) => !own.has(alias));
          return [id, kept === undefined || kept.length === 0 ? rest : { a: kept, ...rest }];
        });
      const made: ModelData = { ...(entry.aliases === undefined ? {} : { a: entry.aliases }), c: entry.cards.map(writeCard) };
      return { ...provider, models: Object.fromEntries([...others, [entry.id, made]]) };
    }
    case 'alias':
      return changeModels(
        provider,
        select(provider, [entry.id], where),
        (model) => ({ ...model, a: [...new Set([...(model.a ?? []), ...entry.aliases])] }),
        where,
      );
    case 'flat':
      return { ...provider, flat: 1 };
    case 'settled':
      return provider;
    case 'borrow':
      return borrow(provider, entry, lender, where);
    case 'rates':
    case 'derive':
    case 'factors':
    case 'free':
    case 'once':
    case 'disputed':
      return changeModels(
        provider,
        select(provider, entry.models, where),
        (model) => ({ ...model, c: model.c.map((card) => changeCard(card, entry, where)) }),
        where,
      );
  }
};

/** Gives the providers with all entries applied. */
export const applyOverlay = (providers: Providers, entries: readonly OverlayEntry[]): Providers => {
  const result: Record<string, ProviderData> = { ...providers };
  for (const [index, entry] of entries.entries()) {
    const where = `overlay entry ${index} (${entry.kind} ${entry.provider} ${entry.source.url})`;
    if (!/^\d{4}-\d{2}-\d{2}$/.test(entry.source.observed)) throw new Error(`${where}: no day on which it was observed`);
    const provider = result[entry.provider];
    if (provider === undefined) throw new Error(`${where}: no such provider`);
    result[entry.provider] = apply(provider, entry, entry.kind === 'borrow' ? result[entry.from] : undefined, where);
  }
  return result;
};
