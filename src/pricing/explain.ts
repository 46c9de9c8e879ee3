import type { PriceMatch, PriceQuestion } from '../call/cost.ts';
import { BUCKETS } from '../call/usage.ts';
import { FEES, UNKNOWN, type Rates } from './engine/rates.ts';
import { chooseRates } from './price-call.ts';
import type { Resolution } from './resolve.ts';
import type { CardData, PriceTable } from './table/price-table.ts';

/** One thing that a model charges for, and at what rate. */
export interface ExplainedRate {
  readonly item: string;
  /** Pico-dollars for one token or piece; `undefined` when nobody knows. */
  readonly rate: number | undefined;
  readonly unit: 'token' | 'piece';
  /** Where the rate comes from: the page, or a rule that filled it in. */
  readonly from: 'stated' | 'inferred' | 'disputed';
}

/** What applies to a model at a moment, and why. */
export interface Explanation {
  readonly matchedModel: string | undefined;
  readonly match: PriceMatch;
  readonly certain: boolean;
  readonly effectiveFrom: string | undefined;
  readonly free: boolean;
  readonly rates: readonly ExplainedRate[];
  /** Rates for a prompt of more than `threshold` tokens. */
  readonly long: { readonly threshold: number; readonly rates: readonly ExplainedRate[] } | undefined;
  /** What moved the price and has no rate. */
  readonly missing: readonly string[];
  /** All cards of the model as the table holds them, scheduled ones included. */
  readonly cards: readonly CardData[];
  readonly tableVersion: string;
  readonly sources: readonly string[];
}

const listRates = (rates: Rates): readonly ExplainedRate[] => {
  const tokens = BUCKETS.map((item, index): ExplainedRate => {
    const rate = rates.tokens[index] ?? UNKNOWN;
    const from = rates.disputed[index] === true ? 'disputed' : rates.inferred[index] === true ? 'inferred' : 'stated';
    return { item, rate: rate === UNKNOWN ? undefined : rate / rates.tokenDenominator, unit: 'token', from };
  });
  const fees = FEES.map((item, index): ExplainedRate => {
    const rate = rates.fees[index] ?? UNKNOWN;
    return { item, rate: rate === UNKNOWN ? undefined : rate / rates.feeDenominator, unit: 'piece', from: 'stated' };
  });
  const request: ExplainedRate = { item: 'request', rate: rates.request / rates.feeDenominator, unit: 'piece', from: 'stated' };
  return rates.request > 0 ? [...tokens, ...fees, request] : [...tokens, ...fees];
};

/** Lays a resolution open for a reader. */
export const explain = (resolution: Resolution, question: Omit<PriceQuestion, 'usage'>, table: PriceTable): Explanation => {
  const chosen = chooseRates(resolution, question);
  const long = chosen?.rates.long;
  return {
    matchedModel: resolution.matchedModel,
    match: chosen?.overridden === true ? 'override' : resolution.match,
    certain: resolution.certain,
    effectiveFrom: chosen?.effectiveFrom,
    free: resolution.free,
    rates: chosen === undefined ? [] : listRates(chosen.rates.base),
    long: long === undefined || chosen === undefined ? undefined : { threshold: chosen.rates.threshold, rates: listRates(long) },
    missing: chosen?.rates.missing ?? [],
    cards: [...resolution.cards, ...resolution.overrides.map(({ card }) => card)].map(({ data }) => data),
    tableVersion: table.version,
    sources: table.sources,
  };
};
