import type { Cost, PricedCost, PriceQuestion } from '../../../src/call/cost.ts';
import { epochMs, formatUsd } from '../../../src/call/units.ts';
import { NO_TOKENS, type Usage, type UsageBuckets } from '../../../src/call/usage.ts';

/** A usage with some buckets filled. */
export const usageOf = (buckets: Partial<UsageBuckets>, more: Partial<Usage> = {}): Usage => ({ buckets: { ...NO_TOKENS, ...buckets }, flags: [], ...more });

/** A question about a model that was asked for and answered under the same name, at noon UTC on 2026-11-20. */
export const ask = (provider: string, model: string, buckets: Partial<UsageBuckets>, more: Partial<PriceQuestion> = {}): PriceQuestion => ({
  provider,
  requestModel: model,
  responseModel: model,
  at: epochMs(Date.parse('2026-11-20T12:00:00Z')),
  usage: usageOf(buckets),
  context: {},
  ...more,
});

/** The exact dollars of a cost, or the reason why there are none. */
export const usd = (cost: Cost): string => (cost.kind === 'priced' ? formatUsd(cost.amount) : cost.reason);

/** A cost that must have a price. */
export const priced = (cost: Cost): PricedCost => {
  if (cost.kind === 'priced') return cost;
  throw new Error(`no price: ${cost.reason} ${cost.unpriced.join(' ')}`);
};

/** An instant. */
export const at = (iso: string): PriceQuestion['at'] => epochMs(Date.parse(iso));
