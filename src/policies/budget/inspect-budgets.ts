import type { BudgetStore, StateQuestion } from '../../call/budget-store.ts';
import type { Clock } from '../../base/clock.ts';
import { parseAmount } from './amount.ts';
import type { BudgetConfig } from './budget-config.ts';
import { type BudgetSnapshot, snapshotOf } from './snapshot.ts';
import { runStartOf } from './run-name.ts';
import { slotsOf } from './window.ts';

/** Asks a store how one key of a budget is kept at a moment. */
export const questionOf = (config: BudgetConfig, key: string, nowMs: number): StateQuestion => ({
  key,
  slots: slotsOf(config.window, config.window.kind === 'run' ? (runStartOf(key) ?? nowMs) : nowMs)(nowMs),
  limit: parseAmount(config.unit, config.limit) ?? 0,
});

const keysOf = async (config: BudgetConfig, store: BudgetStore): Promise<readonly string[]> => {
  const known = await store.keys(config.id);
  const whole = config.per.length === 0 && config.window.kind !== 'run';
  return whole && !known.includes(config.id) ? [config.id, ...known] : known;
};

/** Reads from a store how budgets stand, each with all the values it is split by. Rejects when the store is away. */
export const inspectBudgets = async (budgets: readonly BudgetConfig[], store: BudgetStore, clock: Clock): Promise<readonly BudgetSnapshot[]> => {
  const shots: BudgetSnapshot[] = [];
  for (const config of budgets) {
    const nowMs = clock.nowMs();
    const keys = await keysOf(config, store);
    const questions = keys.map((key) => questionOf(config, key, nowMs));
    const states = keys.length === 0 ? [] : await store.read(questions);
    for (const [index, { key, slots }] of questions.entries()) {
      const state = states[index];
      if (state !== undefined) shots.push(snapshotOf(config, key, slots, state, nowMs));
    }
  }
  return shots;
};
