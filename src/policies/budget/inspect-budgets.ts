import type { BudgetStore, StateQuestion } from '../../call/budget-store.ts';
import type { Clock } from '../../base/clock.ts';
import { parseAmount } from './amount.ts';
import type { BudgetConfig } from './budget-config.ts';
import { firstKeyOf, keyPart } from './match.ts';
import { type BudgetSnapshot, snapshotOf } from './snapshot.ts';
import { runStartOf } from './run-name.ts';
import { slotsOf } from './window.ts';

const UNIT_MARK = '/@';

/** Tells whether a key of the store is one of a budget in its present unit. */
export const isKeyOf = (config: BudgetConfig, key: string): boolean => {
  const first = firstKeyOf(config);
  return (key === first || key.startsWith(`${first}/`)) && (config.unit !== 'usd' || !key.startsWith(`${first}${UNIT_MARK}`));
};

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** People may leave the unit out of a key, which a budget has but one of, and write values as they are. */
const wholeKey = (config: BudgetConfig, key: string): string => {
  const first = firstKeyOf(config);
  const [, ...values] = key.slice(isKeyOf(config, key) ? first.length : config.id.length).split('/');
  return [first, ...values.map((value) => keyPart(decoded(value)))].join('/');
};

/** Tells whether calls can be counted under a key: that of a split budget has a value for each label that it is split by. */
export const isUsable = (config: BudgetConfig, key: string): boolean => {
  const values = wholeKey(config, key).slice(firstKeyOf(config).length).split('/').length - 1;
  return values === config.per.length + (config.window.kind === 'run' ? 1 : 0);
};

/** Asks a store how one key of a budget is kept at a moment; the key may be given without its unit, with values as calls have them. */
export const questionOf = (config: BudgetConfig, key: string, nowMs: number): StateQuestion => ({
  key: wholeKey(config, key),
  slots: slotsOf(config.window, config.window.kind === 'run' ? (runStartOf(key) ?? nowMs) : nowMs)(nowMs),
  limit: parseAmount(config.unit, config.limit) ?? 0,
});

const keysOf = async (config: BudgetConfig, store: BudgetStore): Promise<readonly string[]> => {
  const first = firstKeyOf(config);
  const known = (await store.keys(first)).filter((key) => isKeyOf(config, key));
  const whole = config.per.length === 0 && config.window.kind !== 'run';
  return whole && !known.includes(first) ? [first, ...known] : known;
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
