import type { CostLine, PriceConfidence, PricedCost, PriceQuestion, UnpricedCost, UnpricedReason } from '../call/cost.ts';
import { picoUsd } from '../call/units.ts';
import { BUCKETS, type Usage, type UsageBuckets, type UsageFlag } from '../call/usage.ts';
import { billFees, billTokens, cacheSavings, cacheWritePremium, joinLines, newBill, promptTokens, savingAt, type Bill } from './engine/bill.ts';
import { cardRates, type Card, type CardRates } from './engine/card.ts';
import { chooseCard } from './engine/choose-card.ts';
import type { Rates } from './engine/rates.ts';
import { canonicalTier } from './engine/variant.ts';
import { holds } from './overrides/overrides.ts';
import type { Resolution } from './resolve.ts';

/** The rates that hold for a call, and where they come from. */
interface Chosen {
  readonly rates: CardRates;
  readonly overridden: boolean;
  readonly inTime: boolean;
  readonly effectiveFrom: string | undefined;
}

/** When and where a price is asked for. */
type Moment = Pick<PriceQuestion, 'at' | 'context'>;

/** Gives the owner's last entry that holds at a moment in a context; `undefined` when none does. */
const ownCard = ({ overrides }: Resolution, { at, context }: Moment): Card | undefined => {
  if (overrides.length === 0) return undefined;
  const fitting = overrides.filter(({ when }) => holds(when, context)).map(({ card }) => card);
  const own = chooseCard(fitting, at);
  return own?.inTime === true ? own.card : undefined;
};

/** Whether a price of the owner's holds at a moment in a context: one that has expired, or is for another tier or place, does not. */
export const isOverridden = (resolution: Resolution, moment: Moment): boolean => ownCard(resolution, moment) !== undefined;

/** Whether a resolution has any price at a moment in a context. */
export const hasPrice = (resolution: Resolution, moment: Moment): boolean => resolution.free || resolution.cards.length > 0 || isOverridden(resolution, moment);

/** Gives the rates that hold at a moment in a context: the owner's last fitting entry, else the table's card. */
export const chooseRates = (resolution: Resolution, question: Moment): Chosen | undefined => {
  const own = ownCard(resolution, question);
  if (own !== undefined) return { rates: cardRates(own, question.context), overridden: true, inTime: true, effectiveFrom: own.effectiveFrom };
  const chosen = chooseCard(resolution.cards, question.at);
  if (chosen === undefined) return undefined;
  const { card, inTime } = chosen;
  return { rates: cardRates(card, question.context), overridden: false, inTime, effectiveFrom: card.effectiveFrom };
};

/** Whether a usage reports nothing at all, which is not the same as a call that used nothing. */
export const isEmpty = ({ buckets, fees }: Usage): boolean => {
  for (const name of BUCKETS) if (buckets[name] > 0) return false;
  return fees === undefined || !Object.values(fees).some((count) => count > 0);
};

/** Says that a call has no price, and why. */
export const unpriced = (reason: UnpricedReason, tableVersion: string, dimensions: readonly string[] = []): UnpricedCost => ({
  kind: 'unpriced',
  reason,
  unpriced: dimensions,
  tableVersion,
});

const ratesForPrompt = (rates: CardRates, buckets: UsageBuckets, longestPrompt?: number): Rates =>
  rates.long !== undefined && (longestPrompt ?? promptTokens(buckets)) > rates.threshold ? rates.long : rates.base;

/** What says that not all was priced that was used: the provider had not told all, or its own total is not the sum of what it tells, as where it leaves thoughts out. */
const PARTIAL: readonly UsageFlag[] = ['output_unfinished', 'total_mismatch'];

const confidenceOf = (bill: Bill, { flags }: Usage, certain: boolean): PriceConfidence => {
  if (bill.unpriced.length > 0 || PARTIAL.some((flag) => flags.includes(flag))) return 'partial';
  if (bill.disputed) return 'disputed';
  return bill.inferred || !certain ? 'inferred' : 'exact';
};

/** The tier that was asked for and the one that was served, when they differ. */
const tierMismatch = ({ context }: PriceQuestion): PricedCost['tierMismatch'] => {
  const { requestedTier, servedTier } = context;
  if (requestedTier === undefined || servedTier === undefined || requestedTier === 'auto' || canonicalTier(requestedTier) === canonicalTier(servedTier))
    return undefined;
  return { requested: requestedTier, served: servedTier };
};

/** Gives how another pass's model is priced, or `undefined` when nobody knows it. */
type ResolvePass = (model: string) => Resolution | undefined;

const billPasses = (bill: Bill, usage: Usage, question: PriceQuestion, own: CardRates, resolvePass: ResolvePass): void => {
  if (usage.passes === undefined || usage.passes.length === 0) {
    billTokens(bill, ratesForPrompt(own, usage.buckets), usage.buckets);
    return;
  }
  for (const pass of usage.passes) {
    const resolution = pass.model === undefined ? undefined : resolvePass(pass.model);
    const rates = pass.model === undefined ? own : resolution === undefined ? undefined : chooseRates(resolution, question)?.rates;
    if (rates === undefined) bill.unpriced.push(`model:${pass.model ?? ''}`);
    else billTokens(bill, ratesForPrompt(rates, pass.buckets, pass.longestPrompt), pass.buckets);
    if (resolution?.certain === false) bill.inferred = true;
  }
  joinLines(bill);
};

type Draft = { -readonly [K in keyof PricedCost]: PricedCost[K] };

const addExtras = (cost: Draft, question: PriceQuestion, rates: CardRates, buckets: UsageBuckets, bill: Bill): void => {
  const passes = question.usage?.passes ?? [];
  // Each pass has a prompt of its own; their sum says nothing about a threshold.
  const manyPrompts = passes.length > 1 || passes[0]?.longestPrompt !== undefined;
  const prompt = manyPrompts ? rates.base : ratesForPrompt(rates, buckets);
  const savings = cacheSavings(prompt, buckets);
  if (savings !== undefined) cost.cacheSavings = picoUsd(savings);
  const premium = cacheWritePremium(prompt, buckets);
  if (premium !== undefined) cost.cacheWritePremium = picoUsd(premium);
  if (rates.cheaper !== undefined) cost.batchSaving = picoUsd(savingAt(bill, rates.cheaper));
  if (rates.threshold !== Infinity && !manyPrompts) cost.longContextHeadroom = rates.threshold - promptTokens(buckets);
  const mismatch = tierMismatch(question);
  if (mismatch !== undefined) cost.tierMismatch = mismatch;
};

/** Prices a usage by a resolution. Gives an unpriced cost when nothing of it has a price. */
export const priceUsage = (
  question: PriceQuestion,
  usage: Usage,
  resolution: Resolution,
  tableVersion: string,
  certain: boolean,
  resolvePass: ResolvePass,
): PricedCost | UnpricedCost => {
  if (resolution.free && !isOverridden(resolution, question)) return freeCost(resolution, tableVersion);
  const chosen = chooseRates(resolution, question);
  if (chosen === undefined) return unpriced('unpriced_dimension', tableVersion, ['card']);
  const bill = newBill();
  if (chosen.rates.missing.length > 0) bill.unpriced.push(...chosen.rates.missing);
  billPasses(bill, usage, question, chosen.rates, resolvePass);
  billFees(bill, chosen.rates.base, usage.fees);
  if (bill.lines.length === 0) return unpriced('unpriced_dimension', tableVersion, bill.unpriced);
  const cost: Draft = {
    kind: 'priced',
    amount: picoUsd(BigInt(bill.amount)),
    source: 'local',
    lines: bill.lines,
    match: chosen.overridden ? 'override' : resolution.match,
    confidence: confidenceOf(bill, usage, chosen.overridden || (certain && resolution.certain && chosen.inTime)),
    matchedModel: resolution.matchedModel,
    tableVersion,
    effectiveFrom: chosen.effectiveFrom,
    unpriced: bill.unpriced,
  };
  addExtras(cost, question, chosen.rates, usage.buckets, bill);
  return cost;
};

/** The cost of a call that its owner or its provider says is free. */
const freeCost = (resolution: Resolution, tableVersion: string): PricedCost => ({
  kind: 'priced',
  amount: picoUsd(0n),
  source: 'local',
  lines: [],
  match: 'free',
  confidence: 'exact',
  matchedModel: resolution.matchedModel,
  tableVersion,
  effectiveFrom: undefined,
  unpriced: [],
});

/** The cost that the response itself stated, with what the table knows besides. */
export const providerCost = (usage: Usage, local: PricedCost | undefined, tableVersion: string): PricedCost | undefined => {
  if (usage.providerCost === undefined || usage.providerCost.amount <= 0n) return undefined;
  const line: CostLine = { item: 'providerReported', quantity: 1, amount: usage.providerCost.amount };
  return {
    ...local,
    kind: 'priced',
    amount: usage.providerCost.amount,
    source: 'provider',
    lines: [line],
    match: 'provider',
    confidence: 'exact',
    matchedModel: local?.matchedModel,
    tableVersion,
    effectiveFrom: local?.effectiveFrom,
    unpriced: [],
  };
};
