import type { Cost, PricedCost } from '../../call/cost.ts';
import { picoToUsd, type PicoUsd } from '../../call/units.ts';
import { put, type Draft } from './draft.ts';

const usd = (amount: PicoUsd | undefined): number | undefined => (amount === undefined ? undefined : picoToUsd(amount));

const putLines = (draft: Draft, cost: PricedCost): void => {
  const sums = new Map<string, bigint>();
  for (const line of cost.lines) sums.set(line.item, (sums.get(line.item) ?? 0n) + line.amount);
  for (const [item, amount] of sums) put(draft, `purser.cost.item.${item}`, picoToUsd(amount as PicoUsd));
};

const putPriced = (draft: Draft, cost: PricedCost): void => {
  put(draft, 'gen_ai.usage.cost.amount', picoToUsd(cost.amount));
  put(draft, 'gen_ai.usage.cost.currency', 'USD');
  put(draft, 'gen_ai.usage.cost.source', cost.source);
  put(draft, 'purser.cost.match', cost.match);
  put(draft, 'purser.cost.confidence', cost.confidence);
  put(draft, 'purser.cost.matched_model', cost.matchedModel);
  put(draft, 'purser.cost.effective_from', cost.effectiveFrom);
  put(draft, 'purser.cost.cache_savings', usd(cost.cacheSavings));
  put(draft, 'purser.cost.cache_write_premium', usd(cost.cacheWritePremium));
  put(draft, 'purser.cost.batch_saving', usd(cost.batchSaving));
  put(draft, 'purser.cost.long_context_headroom', cost.longContextHeadroom);
  put(draft, 'purser.cost.tier_requested', cost.tierMismatch?.requested);
  put(draft, 'purser.cost.tier_served', cost.tierMismatch?.served);
  if (cost.estimated === true) put(draft, 'purser.cost.estimated', true);
  putLines(draft, cost);
};

/** Puts the cost and where it comes from, or why there is none; an unknown cost is never an amount. */
export const putCost = (draft: Draft, cost: Cost): void => {
  put(draft, 'purser.cost.table_version', cost.tableVersion);
  if (cost.unpriced.length > 0) put(draft, 'purser.cost.unpriced', cost.unpriced);
  if (cost.kind === 'priced') putPriced(draft, cost);
  else put(draft, 'purser.cost.unpriced_reason', cost.reason);
};
