import type { Clock } from '../base/clock.ts';
import { notice } from '../base/diag.ts';
import { loadNow } from '../base/load.ts';
import type { PriceCall } from '../call/cost.ts';
import type { EmitEvent, Meter } from '../call/event.ts';
import type { Admission, Caller, Policy } from '../call/policy.ts';
import type { Call } from '../call/call.ts';
import type { Config } from '../config/config.ts';
import type * as BudgetPolicyModule from '../policies/budget/budget-policy.ts';
import type { BudgetConfig } from '../policies/budget/budget-config.ts';
import type { BudgetPolicy } from '../policies/budget/budget-policy.ts';
import type { BudgetSnapshot } from '../policies/budget/snapshot.ts';
import type * as ParseModule from '../policies/budget/parse-budgets.ts';
import { openStore } from './store.ts';

/** What the budgets of a process are made with. */
export interface BudgetParts {
  readonly price: PriceCall;
  readonly meter: Meter;
  readonly emit: EmitEvent;
  readonly clock: Clock;
}

/** The budgets in force; another set takes their place when the config changes. */
export interface Budgets extends Policy {
  list(): readonly BudgetSnapshot[];
  /** Writes what is finished to the store, within the time given; at once where nothing waits. */
  drain(timeoutMs: number): Promise<void> | undefined;
  /** The same, blocking, when nothing can be waited for any more. */
  drainAtExit(timeoutMs: number): void;
  /** Puts the budgets of `config` in force; what is spent stays, since it is kept by the budgets' ids. */
  reload(config: Config): void;
  /** Reserves at the prices that are in force from now on. */
  pricesChanged(): void;
}

const budgetsOf = (config: Config): readonly BudgetConfig[] => {
  if (config.budgets === undefined) return [];
  const { parseBudgets } = loadNow<typeof ParseModule>('policies/budget/parse-budgets');
  const { budgets, problems } = parseBudgets(config.budgets.value);
  for (const { path, seen, wanted } of problems) notice(`config.${path}`, `${path} is ${seen}, wanted ${wanted}`);
  return budgets;
};

const make = (config: Config, parts: BudgetParts): BudgetPolicy | undefined => {
  const budgets = budgetsOf(config);
  if (budgets.length === 0) return undefined;
  const { createBudgetPolicy } = loadNow<typeof BudgetPolicyModule>('policies/budget/budget-policy');
  return createBudgetPolicy({ budgets, store: openStore(config, parts.clock), ...parts });
};

/** Makes the budgets that are configured; nothing of them is loaded while there are none. */
export const createBudgets = (config: Config, parts: BudgetParts): Budgets => {
  let policy = make(config, parts);
  return {
    name: 'budget',
    admit: (call: Call, caller?: Caller): Admission | Promise<Admission> => policy?.admit(call, caller) ?? { kind: 'indifferent' },
    list: () => policy?.listBudgets() ?? [],
    drain(timeoutMs) {
      if (policy?.unsettled === true) return policy.drain(timeoutMs);
      policy?.publish();
      return undefined;
    },
    drainAtExit: (timeoutMs) => policy?.drainAtExit(timeoutMs),
    reload(next) {
      // The store stays: it holds what was spent, and what the calls that run now have reserved.
      if (policy === undefined) policy = make(next, parts);
      else policy.setBudgets(budgetsOf(next));
    },
    pricesChanged: () => policy?.pricesChanged(),
    stop: async () => policy?.stop?.(),
  };
};
