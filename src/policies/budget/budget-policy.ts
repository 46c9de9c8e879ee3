import type { Clock } from '../../base/clock.ts';
import type { BudgetStore } from '../../call/budget-store.ts';
import type { PriceCall } from '../../call/cost.ts';
import type { EmitEvent, Meter } from '../../call/event.ts';
import type { Policy } from '../../call/policy.ts';
import type { BudgetConfig, BudgetUnit } from './budget-config.ts';

/** What a model can take in and give out at most. */
export interface ModelLimits {
  readonly maxInputTokens?: number;
  readonly maxOutputTokens?: number;
}

/** What the budget policy is given. */
export interface BudgetDeps {
  readonly budgets: readonly BudgetConfig[];
  readonly store: BudgetStore;
  /** Holds the slices of budgets whose `onStoreUnavailable` is `local`: a store in memory. Without it they block. */
  readonly localStore?: BudgetStore;
  readonly price: PriceCall;
  /** The bounds of a model where they are known, for requests that state none. */
  readonly modelLimits?: (provider: string, model: string) => ModelLimits | undefined;
  readonly meter: Meter;
  readonly emit: EmitEvent;
  readonly clock: Clock;
}

/** How one budget stands, as this process saw it last. Amounts are floats in the budget's unit: dollars, tokens or requests. */
export interface BudgetSnapshot {
  readonly id: string;
  /** The id, with the values it is split by. */
  readonly key: string;
  readonly unit: BudgetUnit;
  readonly mode: BudgetConfig['mode'];
  readonly limit: number;
  readonly spent: number;
  readonly reserved: number;
  /** Never below 0. */
  readonly remaining: number;
  /** In milliseconds since the epoch; `undefined` for a budget without an end. */
  readonly windowStartMs: number | undefined;
  readonly windowEndMs: number | undefined;
  /** What will be spent at the window's end at the pace so far; `undefined` without an end. */
  readonly forecast: number | undefined;
}

/** The budgets of a process as a policy. */
export interface BudgetPolicy extends Policy {
  /** The budgets that this process has used, as it saw them last; at most 1000. */
  listBudgets(): readonly BudgetSnapshot[];
  /** Brings the gauges up to date now; they follow by themselves within a second. */
  publish(): void;
}
