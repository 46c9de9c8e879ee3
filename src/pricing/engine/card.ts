import type { PriceContext } from '../../call/cost.ts';
import type { CardData, Ratio } from '../table/price-table.ts';
import { compileRates, type RateFactors, type Rates } from './rates.ts';
import { standardVariant, variantOf, type Variant } from './variant.ts';

/** A card with its rates worked out for one tier and place. */
export interface CardRates {
  readonly base: Rates;
  /** Rates for a prompt of more than `threshold` tokens. */
  readonly long: Rates | undefined;
  /** Prompt tokens up to which the base rates hold; infinite without a threshold. */
  readonly threshold: number;
  /** What moves the price and has no rate here, such as `serviceTier:priority`. */
  readonly missing: readonly string[];
  /** The best factor of a batch or flex tier that this call could have had instead, with its denominator. */
  readonly cheaper: Ratio | undefined;
}

/** A price card ready for use. */
export interface Card {
  readonly data: CardData;
  readonly fromMs: number;
  readonly toMs: number;
  /** The day from which it holds, for provenance. */
  readonly effectiveFrom: string | undefined;
  readonly standard: CardRates;
  readonly variants: Map<string, CardRates>;
  readonly flat: boolean;
  readonly discount: Ratio;
}

const times = (a: Ratio, b: Ratio): Ratio => [a[0] * b[0], a[1] * b[1]];

const cheaperThan = (data: CardData, variant: Variant): Ratio | undefined => {
  if (variant.tier !== '') return undefined;
  const { batch, flex } = data.x ?? {};
  if (batch === undefined || flex === undefined) return batch ?? flex;
  return batch[0] * flex[1] <= flex[0] * batch[1] ? batch : flex;
};

const ratesFor = (data: CardData, variant: Variant, flat: boolean, discount: Ratio): CardRates => {
  let tokens: Ratio = [1, 1];
  const missing: string[] = [];
  for (const { key, label, required } of variant.parts) {
    const factor = data.x?.[key];
    if (factor !== undefined) tokens = times(tokens, factor);
    else if (required) missing.push(label);
  }
  const factors: RateFactors = { tokens, all: discount };
  const notes = { flat, disputed: data.q ?? [], once: data.once ?? [] };
  return {
    base: compileRates(data.r, notes, factors),
    long: data.over === undefined ? undefined : compileRates({ ...data.r, ...data.over.r }, notes, factors),
    threshold: data.over?.n ?? Infinity,
    missing,
    cheaper: cheaperThan(data, variant),
  };
};

/** Prepares a card. `discount` is a factor on everything that it charges. */
export const compileCard = (data: CardData, flat: boolean, discount: Ratio): Card => ({
  data,
  fromMs: data.from === undefined ? -Infinity : Date.parse(data.from),
  toMs: data.to === undefined ? Infinity : Date.parse(data.to),
  effectiveFrom: data.from?.slice(0, 10),
  standard: ratesFor(data, standardVariant, flat, discount),
  variants: new Map(),
  flat,
  discount,
});

/** Gives a card's rates for the tier, speed and place of a call; worked out once for each combination. */
export const cardRates = (card: Card, context: PriceContext): CardRates => {
  const variant = variantOf(context);
  if (variant === standardVariant) return card.standard;
  const known = card.variants.get(variant.key);
  if (known !== undefined) return known;
  const made = ratesFor(card.data, variant, card.flat, card.discount);
  // Tiers and places come from responses; the bound keeps a host that invents them from filling the memory.
  if (card.variants.size < 64) card.variants.set(variant.key, made);
  return made;
};
