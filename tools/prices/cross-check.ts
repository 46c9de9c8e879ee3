/** Compares the table with independent collections and marks what they dispute. */
import type { CardData, ModelData, ProviderData, RateKey } from '../../src/pricing/table/price-table.ts';
import type { OverlayEntry } from './overlay-entry.ts';
import { readWitness, type Witness } from './witness.ts';

type Providers = Readonly<Record<string, ProviderData>>;

const WITNESSES = ['litellm', 'portkey'];

/** The card that held on a day, hours and weekdays aside. */
const cardOn = (model: ModelData, day: string): number => {
  let found = 0;
  for (const [index, card] of model.c.entries()) if (card.utc === undefined && (card.from === undefined || card.from <= day)) found = index;
  return found;
};

/** What people have looked at already: models written out in the overlay, and cells found right. */
const settled = (overlay: readonly OverlayEntry[]): ReadonlySet<string> =>
  new Set(
    overlay.flatMap((entry) =>
      entry.kind === 'settled'
        ? entry.models.flatMap((model) => entry.rates.map((rate) => `${entry.provider}/${model}/${rate}`))
        : entry.kind === 'model'
          ? ['in', 'read', 'w5', 'w1', 'out'].map((rate) => `${entry.provider}/${entry.id}/${rate}`)
          : [],
    ),
  );

interface Verdict {
  readonly agree: number;
  readonly against: readonly string[];
}

const judge = (card: CardData, key: RateKey, name: string, witnesses: readonly Witness[]): Verdict => {
  const own = card.r[key];
  const said = witnesses.flatMap((witness) => {
    const value = witness.cells[name]?.[key];
    return value === undefined ? [] : [{ value, text: `${value} (${new URL(witness.source.split(' ')[0] ?? '').pathname.slice(1)})` }];
  });
  return { agree: said.filter(({ value }) => value === own).length, against: said.filter(({ value }) => value !== own).map(({ text }) => text) };
};

/** Gives the providers with disputed rates marked, and one line for each of them. */
export const crossCheck = (
  providers: Providers,
  overlay: readonly OverlayEntry[],
): { readonly providers: Providers; readonly witnesses: readonly string[]; readonly report: readonly string[] } => {
  const witnesses = WITNESSES.map((name) => readWitness(name));
  const known = settled(overlay);
  const report: string[] = [];
  const marked = Object.entries(providers).map(([id, provider]): [string, ProviderData] => {
    const models = Object.entries(provider.models).map(([name, model]): [string, ModelData] => {
      const seen = witnesses.filter((witness) => witness.cells[`${id}/${name}`] !== undefined);
      if (seen.length === 0) return [name, model];
      const cards = model.c.map((card, index) => {
        // A witness speaks of the card that held on its day; a later card is beyond its knowledge.
        const present = seen.filter((witness) => cardOn(model, witness.observed) === index);
        const disputed = Object.keys(card.r).filter((key): key is RateKey => {
          const { agree, against } = judge(card, key as RateKey, `${id}/${name}`, present);
          if (agree > 0 || against.length === 0 || known.has(`${id}/${name}/${key}`)) return false;
          report.push(`disputed ${id}/${name} ${key}: ${card.r[key as RateKey] ?? 'none'} here, ${against.join(', ')}`);
          return true;
        });
        return disputed.length === 0 ? card : { ...card, q: [...new Set([...(card.q ?? []), ...disputed])] };
      });
      return [name, { ...model, c: cards }];
    });
    return [id, { ...provider, models: Object.fromEntries(models) }];
  });
  return {
    providers: Object.fromEntries(marked),
    witnesses: witnesses.map(({ source, licence, observed }) => `${source} of ${observed} (${licence}), for the cross-check`),
    report,
  };
};
