import { type LineState, NO_END, type SlotChoice } from '../../call/budget-store.ts';
import { amountInUnit } from './amount.ts';
import type { BudgetConfig, BudgetUnit } from './budget-config.ts';
import { shownKey } from './match.ts';

/** How one budget stands. Amounts are floats in the budget's unit: dollars, tokens or requests. */
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
  /** In milliseconds since the epoch; `undefined` for a budget without a beginning. */
  readonly windowStartMs: number | undefined;
  /** In milliseconds since the epoch; `undefined` for a budget without an end. */
  readonly windowEndMs: number | undefined;
  /** Whether the window rolls: it does not start over at its end, but moves on by a part. */
  readonly rolls?: true;
  /** What will be spent at the window's end at the pace so far; for a rolling window what is spent now; `undefined` without an end. */
  readonly forecast: number | undefined;
}

/** Too early in a window its pace says nothing. */
const LEAST_SHARE = 0.02;

const forecastOf = (spent: number, startMs: number, endMs: number, nowMs: number): number => {
  const share = (nowMs - startMs) / (endMs - startMs);
  return share < LEAST_SHARE ? spent : spent / Math.min(1, share);
};

const spanOf = (slots: SlotChoice, state: LineState): { readonly startMs: number; readonly endMs: number } =>
  slots.kind === 'rolling'
    ? { startMs: state.slotMs - slots.widthMs * slots.count, endMs: state.slotMs + slots.widthMs }
    : { startMs: state.slotMs, endMs: state.endMs };

/** Shows how a budget stands, for people and gauges. */
export const snapshotOf = (config: BudgetConfig, key: string, slots: SlotChoice, state: LineState, nowMs: number): BudgetSnapshot => {
  const { id, unit, mode } = config;
  const { startMs, endMs } = spanOf(slots, state);
  const spent = amountInUnit(unit, state.committed);
  const ends = endMs !== NO_END;
  return {
    id,
    key: shownKey(config, key),
    unit,
    mode,
    limit: amountInUnit(unit, state.limit),
    spent,
    reserved: amountInUnit(unit, state.reserved),
    remaining: amountInUnit(unit, Math.max(0, state.limit - state.committed - state.reserved)),
    windowStartMs: startMs === 0 ? undefined : startMs,
    windowEndMs: ends ? endMs : undefined,
    ...(slots.kind === 'rolling' ? { rolls: true } : {}),
    forecast: ends ? (slots.kind === 'rolling' ? spent : forecastOf(spent, startMs, endMs, nowMs)) : undefined,
  };
};
