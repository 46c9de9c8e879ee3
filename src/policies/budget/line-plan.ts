import type { BudgetLine } from '../../call/budget-store.ts';
import type { Call } from '../../call/call.ts';
import { canSpend } from '../../call/operations.ts';
import { boundOf, type TokenBound } from './bound.ts';
import type { CompiledBudget } from './compiled-budget.ts';
import type { ModelLimitsOf } from './model-limits.ts';
import type { History } from './history.ts';
import { priceTokens, type RateCard, type Rates } from './rates.ts';

/** One budget's part in a call: what is reserved for it and how that was reckoned. */
export interface LinePlan {
  readonly budget: CompiledBudget;
  readonly line: BudgetLine;
  /** False where refusing the call would save nothing. */
  readonly refusable: boolean;
  /** The most that the call can use. */
  readonly bound: TokenBound;
  /** The output tokens that the reservation covers: the bound, or less where it is extended later. */
  readonly granted: number;
  /** What a single attempt is taken to cost. */
  readonly single: number;
  /** The part of the line's amount that is held for retries inside the SDK. */
  readonly spare: number;
  /** `undefined` where no price is known, or none is needed. */
  readonly rates: Rates | undefined;
  /** True where the price is unknown and the budget's owner chose to block. */
  readonly blocked: boolean;
}

/** What a plan is made of besides the call. */
export interface Planner {
  readonly rateCard: RateCard;
  readonly history: History;
  readonly modelLimits: ModelLimitsOf | undefined;
}

/** What a policy may have changed about a request: its model and its bound of output. */
export interface RequestShape {
  readonly model: string | undefined;
  readonly maxTokens: number | undefined;
}

/** The output tokens that a stream's first grant covers before its like was seen. */
const UNLEARNT_TOKENS = 8192;

/** The name under which calls of one kind are learnt from. */
export const kindOf = (call: Call, model: string | undefined): string => `${call.provider}|${model}|${call.operation}|${call.request.stream === true}`;

/** Prices tokens in a budget's own unit. */
export const amountIn = (budget: CompiledBudget, rates: Rates | undefined, input: number, output: number): number => {
  switch (budget.config.unit) {
    case 'requests':
      return 1;
    case 'tokens':
      return input + output;
    case 'usd':
      return rates === undefined ? 0 : priceTokens(rates, input, output);
  }
};

const grantedOutput = ({ config }: CompiledBudget, call: Call, shape: RequestShape, bound: TokenBound, history: History): number => {
  const { reserve } = config;
  const streams = call.request.stream === true;
  if (reserve.kind === 'worst_case' || bound.output === 0) return bound.output;
  if (reserve.kind === 'metered') return streams ? Math.min(bound.output, reserve.stepTokens) : bound.output;
  if (!streams && reserve.nonStreaming === 'worst_case') return bound.output;
  // A stream that asks for more before it uses it may start small while nothing is learnt; another call may not.
  const unlearnt = streams ? UNLEARNT_TOKENS : bound.output;
  return Math.min(bound.output, history.quantile(kindOf(call, shape.model), reserve.quantile) ?? unlearnt);
};

/** Reckons what a call wants of one budget. */
export const planLine = (planner: Planner, budget: CompiledBudget, key: string, call: Call, shape: RequestShape, nowMs: number): LinePlan => {
  const { config } = budget;
  const limits = shape.model === undefined ? undefined : planner.modelLimits?.(call.provider, shape.model);
  const bound = boundOf(call, shape.maxTokens, limits, config.assumeMaxTokens);
  const known = config.unit === 'usd' ? planner.rateCard.of(call, shape.model, bound.input, nowMs) : undefined;
  const unknown = config.unit === 'usd' && known === undefined;
  const rates = unknown && config.onUnknownPrice === 'ceiling' ? budget.ceiling : known;
  const granted = grantedOutput(budget, call, shape, bound, planner.history);
  const single = amountIn(budget, rates, bound.input, granted);
  const spare = single * (config.attempts - 1);
  const refusable = config.unit === 'requests' || canSpend(call);
  const line: BudgetLine = {
    key,
    slots: budget.slotsAt(nowMs),
    limit: budget.limit,
    amount: single + spare,
    enforce: refusable && config.mode === 'enforce',
    thresholds: budget.thresholds,
  };
  return {
    budget,
    line,
    refusable,
    bound,
    granted,
    single,
    spare,
    rates,
    blocked: unknown && bound.input > 0 && config.onUnknownPrice === 'block' && line.enforce,
  };
};
