import type { Context } from '@opentelemetry/api';
import type { Cost, PricedCost } from '../../call/cost.ts';
import type { Origin } from '../../call/export.ts';
import { picoToUsd, type PicoUsd } from '../../call/units.ts';
import type { SeriesSet } from './series-set.ts';

const SOURCE = 'gen_ai.usage.cost.source';

const countSavings = (set: SeriesSet, cost: PricedCost): void => {
  const up = (metric: string, amount: PicoUsd | undefined): void => {
    if (amount !== undefined && amount > 0n) set.of(metric)?.add(picoToUsd(amount));
  };
  up('purser.cost.cache_savings', cost.cacheSavings);
  up('purser.cost.batch_saving', cost.batchSaving);
  if (cost.cacheWritePremium !== undefined && cost.cacheWritePremium !== 0n) set.of('purser.cost.cache_write_premium')?.add(picoToUsd(cost.cacheWritePremium));
};

/** Counts the money of a call, or that there is no price for it. */
export const countCost = (set: SeriesSet, cost: Cost, origin: Origin | undefined, context: Context): void => {
  if (cost.kind === 'unpriced') return set.with('purser.unpriced_calls', 'purser.reason', cost.reason)?.add(1, context);
  const amount = picoToUsd(cost.amount);
  set.with('purser.cost', SOURCE, cost.source)?.add(Math.max(0, amount), context);
  set.with('gen_ai.client.operation.cost', SOURCE, cost.source)?.record(amount, origin, context);
  for (const line of cost.lines) if (line.amount > 0n) set.with('purser.cost.items', 'purser.cost.item', line.item)?.add(picoToUsd(line.amount));
  countSavings(set, cost);
};
