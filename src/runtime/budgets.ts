import type { Clock } from '../base/clock.ts';
import { notice } from '../base/diag.ts';
import { loadNow } from '../base/load.ts';
import type { PriceCall } from '../call/cost.ts';
import type { EmitEvent, Meter } from '../call/event.ts';
import type { Config } from '../config/config.ts';
import type * as BudgetPolicyModule from '../policies/budget/budget-policy.ts';
import type { BudgetPolicy } from '../policies/budget/budget-policy.ts';
import type * as ParseModule from '../policies/budget/parse-budgets.ts';
import type * as MemoryStoreModule from '../stores/memory/memory-store.ts';

/** What the budgets of a process are made with. */
export interface BudgetParts {
  readonly config: Config;
  readonly price: PriceCall;
  readonly meter: Meter;
  readonly emit: EmitEvent;
  readonly clock: Clock;
}

/** Makes the budget policy where budgets are configured; nothing of it is loaded otherwise. */
export const createBudgets = ({ config, price, meter, emit, clock }: BudgetParts): BudgetPolicy | undefined => {
  if (config.budgets === undefined) return undefined;
  const { parseBudgets } = loadNow<typeof ParseModule>('policies/budget/parse-budgets');
  const { budgets, problems } = parseBudgets(config.budgets.value);
  for (const { path, seen, wanted } of problems) notice(`config.${path}`, `${path} is ${seen}, wanted ${wanted}`);
  if (budgets.length === 0) return undefined;
  const { createBudgetPolicy } = loadNow<typeof BudgetPolicyModule>('policies/budget/budget-policy');
  const { MemoryStore } = loadNow<typeof MemoryStoreModule>('stores/memory/memory-store');
  const store = new MemoryStore({ clock });
  return createBudgetPolicy({ budgets, store, price, meter, emit, clock });
};
