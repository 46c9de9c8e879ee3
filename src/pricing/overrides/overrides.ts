import type { PriceContext } from '../../call/cost.ts';
import type { Card } from '../engine/card.ts';
import { compileCard } from '../engine/card.ts';
import { canonicalTier, placeOf } from '../engine/variant.ts';
import type { Found } from '../match/find-model.ts';
import { providerId } from '../match/provider-id.ts';
import type { CardData, PriceTable, Ratio } from '../table/price-table.ts';
import type { Conditions, Matcher, OverrideFile, PriceEntry } from './override-file.ts';

/** What an override may be matched with. */
export interface Place {
  /** The provider as the call names it. */
  readonly provider: string;
  /** The provider as the table names it. */
  readonly providerId: string | undefined;
  readonly model: string;
  readonly baseUrl: string | undefined;
}

/** A card that an owner wrote, and the conditions under which it holds. */
export interface OverrideCard {
  readonly card: Card;
  readonly when: Conditions;
}

/** The owner's own prices, ready to be asked. */
export interface Overrides {
  /** Gives what a name stands for, such as a Bedrock profile or an Azure deployment. */
  alias(provider: string, model: string): { readonly provider: string | undefined; readonly model: string } | undefined;
  /** The product of all discounts that fit. */
  discount(place: Place): Ratio;
  isFree(place: Place): boolean;
  /** The cards that fit, in the order of the file. Tier factors of the table's model hold for them too. */
  cards(place: Place, found: Found | undefined, discount: Ratio): readonly OverrideCard[];
}

/** Turns a pattern with `*` into a test of the whole text, ignoring case. */
export const globTest = (pattern: string): ((text: string) => boolean) => {
  const test = new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`, 'i');
  return (text) => test.test(text);
};

const fits = (matcher: Matcher, place: Place, idOf: (name: string) => string | undefined): boolean =>
  (matcher.provider === undefined || matcher.provider === place.provider || (place.providerId !== undefined && idOf(matcher.provider) === place.providerId)) &&
  (matcher.model === undefined || globTest(matcher.model)(place.model)) &&
  (matcher.baseUrl === undefined || (place.baseUrl !== undefined && globTest(matcher.baseUrl)(place.baseUrl)));

/** What an entry is itself about is not multiplied once more. */
const ownFactors = ({ when }: PriceEntry): Readonly<Record<string, Ratio>> =>
  Object.fromEntries(
    [when.tier, when.batch === true ? 'batch' : undefined, when.speed, when.geo === undefined ? undefined : `geo:${when.geo}`]
      .filter((key) => key !== undefined && key !== '' && key !== 'standard')
      .map((key) => [key, [1, 1]]),
  );

/** The provider's factors for tiers and places hold for a negotiated price too. */
const cardOf = (entry: PriceEntry, found: Found | undefined): CardData => ({ ...entry.card, x: { ...found?.data.c.at(-1)?.x, ...ownFactors(entry) } });

/** Prepares overrides for use. `table` only serves to understand the names of providers. */
export const compileOverrides = (file: OverrideFile, table: () => PriceTable): Overrides => {
  const idOf = (name: string): string | undefined => providerId(table(), name, undefined);
  const matching = <T extends { readonly match: Matcher }>(entries: readonly T[], place: Place): readonly T[] =>
    entries.filter((entry) => fits(entry.match, place, idOf));
  return {
    alias: (provider, model) => {
      const place: Place = { provider, providerId: idOf(provider), model, baseUrl: undefined };
      const entry = file.aliases.find((alias) => alias.from === model && (alias.match.provider === undefined || fits(alias.match, place, idOf)));
      return entry === undefined ? undefined : { provider: entry.toProvider, model: entry.toModel };
    },
    discount: (place) => matching(file.discounts, place).reduce<Ratio>((product, { ratio }) => [product[0] * ratio[0], product[1] * ratio[1]], [1, 1]),
    isFree: (place) => matching(file.free, place).length > 0,
    cards: (place, found, discount) =>
      matching(file.prices, place).map((entry) => ({ when: entry.when, card: compileCard(cardOf(entry, found), found?.flat ?? false, discount) })),
  };
};

/** Overrides that say nothing. */
export const NO_OVERRIDES: Overrides = {
  alias: () => undefined,
  discount: () => [1, 1],
  isFree: () => false,
  cards: () => [],
};

const placeHolds = (geo: string | undefined, context: PriceContext): boolean =>
  geo === undefined || geo === placeOf(context) || geo === context.geo?.toLowerCase() || geo === context.region?.toLowerCase();

/** Whether the conditions of an entry hold for a call. */
export const holds = (when: Conditions, context: PriceContext): boolean => {
  const tier = context.batch === true ? 'batch' : canonicalTier(context.servedTier ?? '');
  if (when.tier !== undefined && when.tier !== tier) return false;
  if (when.batch !== undefined && when.batch !== (tier === 'batch')) return false;
  if (when.speed !== undefined && when.speed !== (context.speed ?? 'standard')) return false;
  return placeHolds(when.geo, context);
};
