import { totalInput, totalOutput, type Usage } from '../../call/usage.ts';
import { amountIn, type LinePlan } from './line-plan.ts';

/** The least that an extension asks for, in output tokens. */
const LEAST_STEP = 64;
const LEAST_QUANTILE_STEP = 256;
const MOST_MARGIN = 512;

/** How far one line's reservation reaches, while a stream runs. */
export interface Reach {
  readonly plan: LinePlan;
  /** Output tokens that the reservation covers. */
  readonly granted: number;
  /** What the store holds, in the budget's unit. */
  readonly amount: number;
}

const stepOf = ({ plan, granted }: Reach): number => {
  const { reserve } = plan.budget.config;
  return reserve.kind === 'metered' ? reserve.stepTokens : Math.max(LEAST_QUANTILE_STEP, Math.ceil(granted / 2));
};

/** Whether a stream comes near the end of what is reserved for it, so that more is asked for before it is used. */
export const isNear = (reach: Reach, soFar: Usage): boolean => {
  if (reach.plan.budget.config.unit === 'requests') return false;
  const margin = reach.granted >= reach.plan.bound.output ? 0 : Math.min(MOST_MARGIN, reach.granted / 4);
  return totalOutput(soFar.buckets) > reach.granted - margin;
};

/** Whether a stream has used up what is reserved for it. */
export const isUsedUp = (reach: Reach, soFar: Usage): boolean => totalOutput(soFar.buckets) >= reach.granted;

/** Gives a line with more reserved. `divisor` makes the step smaller, after a larger one was refused. */
export const stretch = (reach: Reach, soFar: Usage, divisor: number): Reach => {
  const { plan, granted } = reach;
  const seen = totalOutput(soFar.buckets);
  const step = Math.max(LEAST_STEP, Math.ceil(stepOf(reach) / divisor));
  const wanted = Math.max(granted, seen) + step;
  // A provider that goes past the request's own bound is followed all the same.
  const reaches = seen >= plan.bound.output ? wanted : Math.min(plan.bound.output, wanted);
  const input = Math.max(plan.bound.input, totalInput(soFar.buckets));
  return { plan, granted: reaches, amount: Math.max(reach.amount, plan.spare + amountIn(plan.budget, plan.rates, input, reaches)) };
};

/** Whether a step can still be made smaller. */
export const canShrink = (reach: Reach, divisor: number): boolean => stepOf(reach) / divisor > LEAST_STEP;
