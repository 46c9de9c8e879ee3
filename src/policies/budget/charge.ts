import type { Outcome } from '../../call/outcome.ts';
import type { Cost } from '../../call/cost.ts';
import { picoToNano } from '../../call/units.ts';
import { totalInput, totalOutput, type Usage } from '../../call/usage.ts';
import type { Billing } from './billing.ts';
import { amountIn, type LinePlan } from './line-plan.ts';

/** Output tokens that a provider may have made after the last chunk that was read, before it noticed that nobody listens. */
const AHEAD_TOKENS = 256;

const exactAmount = (plan: LinePlan, usage: Usage, cost: Cost | undefined, reserved: number): number => {
  if (plan.budget.config.unit === 'tokens') return totalInput(usage.buckets) + totalOutput(usage.buckets);
  // No price, or a price for a part only: what was reserved stays, since unknown is never free.
  if (cost?.kind !== 'priced') return reserved;
  const amount = picoToNano(cost.amount);
  return cost.confidence === 'partial' ? Math.max(amount, reserved) : amount;
};

const seenAmount = (plan: LinePlan, usage: Usage | undefined, ahead: number): number => {
  const input = Math.max(plan.bound.input, usage === undefined ? 0 : totalInput(usage.buckets));
  const output = (usage === undefined ? 0 : totalOutput(usage.buckets)) + ahead;
  return amountIn(plan.budget, plan.rates, input, output);
};

const amountOf = (plan: LinePlan, billing: Billing, outcome: Outcome, reserved: number): number => {
  switch (billing.kind) {
    case 'unbilled':
      return 0;
    case 'exact':
      return exactAmount(plan, billing.usage, outcome.cost, reserved);
    case 'partial': {
      // Without a price for its tokens only the reservation says anything.
      if (plan.budget.config.unit === 'usd' && plan.rates === undefined) return reserved;
      const seen = seenAmount(plan, billing.usage, 0);
      const ahead = seenAmount(plan, billing.usage, AHEAD_TOKENS);
      // Stopped by a budget: the reservation is used up by then, and what ran ahead comes on top.
      return outcome.kind === 'blocked' ? ahead : Math.max(seen, Math.min(ahead, reserved));
    }
    case 'unknown':
      return Math.max(reserved, seenAmount(plan, billing.usage, 0));
  }
};

/** What a line is charged for. */
export interface ChargeFacts {
  readonly plan: LinePlan;
  readonly billing: Billing;
  readonly outcome: Outcome;
  /** What the store holds for the last attempt. */
  readonly reserved: number;
  /** Attempts before the last whose fate is unknown. */
  readonly unknownAttempts: number;
}

// Each attempt is a request, whatever became of it; a call that was never sent is none.
const requestsOf = (billing: Billing, { attempts }: Outcome): number => Math.max(billing.kind === 'unbilled' ? 0 : 1, attempts.length);

/** Reckons what a call is charged in one budget. Never less than is known, and never nothing for want of knowledge. */
export const chargeOf = ({ plan, billing, outcome, reserved, unknownAttempts }: ChargeFacts): number =>
  plan.budget.config.unit === 'requests' ? requestsOf(billing, outcome) : amountOf(plan, billing, outcome, reserved) + unknownAttempts * plan.single;
