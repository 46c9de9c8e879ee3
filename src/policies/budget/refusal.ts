import { errorMessage } from '../../call/errors.ts';
import { type LineState, NO_END } from '../../call/budget-store.ts';
import type { Refusal, RefusalCode } from '../../call/policy.ts';
import { amountInUnit, formatAmount } from './amount.ts';
import type { BudgetConfig } from './budget-config.ts';
import type { LinePlan } from './line-plan.ts';
import { shownKey } from './match.ts';

type BudgetCode = Extract<RefusalCode, 'budget_exhausted' | 'budget_in_flight' | 'request_exceeds_budget'>;

/** Calls in flight end within seconds. */
const IN_FLIGHT_RETRY_MS = 1000;

/** Tells why a budget has no room for an amount on top of what it stands at. */
export const codeOf = (state: LineState, amount: number): BudgetCode => {
  if (amount > state.limit) return 'request_exceeds_budget';
  return state.committed + amount > state.limit ? 'budget_exhausted' : 'budget_in_flight';
};

/** When there will be room: where a window rolls, when enough of it has lapsed; else when it ends. */
const endOf = (state: LineState, nowMs: number): number | undefined => {
  if (state.roomInMs !== undefined) return nowMs + state.roomInMs;
  return state.endMs === NO_END ? undefined : state.endMs;
};

const retryAt = (code: BudgetCode, state: LineState, nowMs: number): number | undefined => {
  if (code === 'request_exceeds_budget') return undefined;
  if (code === 'budget_in_flight') return nowMs + IN_FLIGHT_RETRY_MS;
  return endOf(state, nowMs);
};

/** Says when a budget starts over, in UTC, behind what is spent of it; nothing where it never does. */
export const resetsWords = (atMs: number | undefined): string => (atMs === undefined || atMs === NO_END ? '' : `, resets at ${new Date(atMs).toISOString()}`);

/** Words a budget's no to a call, or to more of it. `amount`: what was asked for on top of what the call held. */
export const refusalOf = ({ budget, line }: LinePlan, state: LineState, amount: number, nowMs: number): Refusal => {
  const { id: rule, unit } = budget.config;
  const code = codeOf(state, amount);
  const resetsAtMs = endOf(state, nowMs);
  const words = {
    rule: shownKey(budget.config, line.key),
    limit: formatAmount(unit, state.limit),
    spent: formatAmount(unit, state.committed),
    reserved: formatAmount(unit, state.reserved),
    needed: formatAmount(unit, amount),
    resets: resetsWords(resetsAtMs),
  };
  const needs = code === 'request_exceeds_budget' ? '' : ` This call needs up to ${words.needed}.`;
  const retryAtMs = retryAt(code, state, nowMs);
  return {
    code,
    policy: 'budget',
    rule,
    message: errorMessage(code, words) + needs,
    ...(retryAtMs === undefined ? {} : { retryAtMs }),
    details: {
      budget: rule,
      key: shownKey(budget.config, line.key),
      unit,
      limit: amountInUnit(unit, state.limit),
      spent: amountInUnit(unit, state.committed),
      reserved: amountInUnit(unit, state.reserved),
      needed: amountInUnit(unit, amount),
      ...(resetsAtMs === undefined ? {} : { resetsAt: new Date(resetsAtMs).toISOString(), resetsAtMs }),
    },
  };
};

/** Words a no for want of a price. */
export const unpricedRefusal = ({ budget, line }: LinePlan, model: string | undefined): Refusal => {
  const { id: rule, unit } = budget.config;
  const words = { rule: shownKey(budget.config, line.key), limit: formatAmount(unit, budget.limit), needed: 'an unknown amount' };
  return {
    code: 'request_exceeds_budget',
    policy: 'budget',
    rule,
    message: `${errorMessage('request_exceeds_budget', words)} Nobody knows the price of ${model ?? 'its model'}.`,
    details: {
      budget: rule,
      key: shownKey(budget.config, line.key),
      unit,
      limit: amountInUnit(unit, budget.limit),
      reason: 'unknown_price',
      model: model ?? '',
    },
  };
};

const whyUnavailable = ({ onStoreUnavailable }: BudgetConfig): string =>
  onStoreUnavailable === 'local'
    ? 'this process has nothing left of the share of the limit that it may spend in that case'
    : 'its owner chose to block in that case';

/** Words a no for want of a store. */
export const unavailableRefusal = ({ budget, line }: LinePlan, nowMs: number): Refusal => ({
  code: 'policy_unavailable',
  policy: 'budget',
  rule: budget.config.id,
  message: errorMessage('policy_unavailable', { rule: shownKey(budget.config, line.key), why: whyUnavailable(budget.config) }),
  retryAtMs: nowMs + IN_FLIGHT_RETRY_MS,
  details: {
    budget: budget.config.id,
    key: shownKey(budget.config, line.key),
    unit: budget.config.unit,
    limit: amountInUnit(budget.config.unit, budget.limit),
  },
});
