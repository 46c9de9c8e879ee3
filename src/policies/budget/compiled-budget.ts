import { parseAmount } from './amount.ts';
import type { BudgetConfig } from './budget-config.ts';
import { keyOf, type KeyOf } from './match.ts';
import type { Rates } from './rates.ts';
import { slotsOf, type SlotsAt } from './window.ts';

/** A budget, ready to be asked about calls. */
export interface CompiledBudget {
  readonly config: BudgetConfig;
  /** In whole units: nano-dollars, tokens or requests. */
  readonly limit: number;
  readonly keyOf: KeyOf;
  readonly slotsAt: SlotsAt;
  /** What is reported of it: nothing in the shadow. */
  readonly thresholds: readonly number[];
  /** What a token of an unknown model is taken to cost. */
  readonly ceiling: Rates;
}

/** Prepares budgets, those that are off left out. `run` names this run of the process. */
export const compileBudgets = (budgets: readonly BudgetConfig[], run: string, runStartMs: number): readonly CompiledBudget[] =>
  budgets
    .filter((config) => config.mode !== 'off')
    .map((config) => ({ config, limit: parseAmount(config.unit, config.limit) ?? 0 }))
    .map(({ config, limit }) => ({
      config,
      limit,
      keyOf: keyOf(config, run),
      slotsAt: slotsOf(config.window, runStartMs),
      // Of nothing there are no shares: all of them are passed before the first call.
      thresholds: config.mode === 'shadow' || limit === 0 ? [] : config.thresholds,
      ceiling: { input: config.ceilingUsdPerMillion * 1e6, output: config.ceilingUsdPerMillion * 1e6 },
    }));
