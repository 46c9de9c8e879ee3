import { anywhere, max, rate, sum, value } from './promql.ts';

/** What tells one budget from another; two jobs may have budgets with the same id. */
export const BUDGET = ['job', 'purser.budget', 'purser.budget.key', 'purser.budget.unit'] as const;

/** Keys beyond the cap of labels are many budgets in one series, which no limit is for. */
const ONE_BUDGET = 'purser_budget_key!="other"';

/** Queries over budgets; with `chosen` they keep to the dashboard's budget variable. */
export const budgetQueries = (chosen: boolean) => {
  const pick = { where: chosen ? `purser_budget=~"$budget", ${ONE_BUDGET}` : ONE_BUDGET };
  // Every replica reports the shared value, so it is the maximum and never the sum.
  const shared = (metric: string): string => max(value(metric, pick), ...BUDGET);
  // A replica that nobody calls still shows a window that has ended; it says nothing about the present one.
  const present = (metric: string): string => max(`${value(metric, pick)} unless ${anywhere('purser.budget.window.end', pick)} <= time()`, ...BUDGET);
  const limit = shared('purser.budget.limit');
  const committed = present('purser.budget.committed');
  const reserved = present('purser.budget.reserved');
  const end = shared('purser.budget.window.end');
  const start = shared('purser.budget.window.start');
  const length = shared('purser.budget.window.duration');
  const pace = sum(rate('purser.budget.spend', { ...pick, range: '1h' }), ...BUDGET);
  const left = `clamp_min(${end} - time(), 0)`;
  const exhaustion = `clamp_min(${limit} - ${committed}, 0) / (${pace} > 0)`;
  return {
    limit,
    committed,
    reserved,
    used: `${committed} / ${limit}`,
    held: `${reserved} / ${limit}`,
    secondsLeftInWindow: left,
    windowGone: `clamp_max((time() - ${start}) / ${length}, 1)`,
    /** 1 is the pace that uses up the budget exactly at the end of its window. */
    burn: `${pace} / (${limit} / ${length})`,
    /** Only of budgets that run out before their window ends; those without an end always count. */
    secondsToExhaustion: `((${exhaustion}) < ${left} or (${exhaustion}) unless ${end})`,
    forecast: `(${committed} + ${pace} * ${left}) / ${limit}`,
  };
};
