/** How long the policy takes to admit a call that three budgets count, over memory with a journal. */
import { systemClock } from '../../src/base/clock.ts';
import type { Meter } from '../../src/call/event.ts';
import { createBudgetPolicy } from '../../src/policies/budget/budget-policy.ts';
import { parseBudgets } from '../../src/policies/budget/parse-budgets.ts';
import { MemoryStore } from '../../src/stores/memory/memory-store.ts';
import { callOf, completed, price } from '../unit/budget/world.ts';

const silent: Meter = { add: () => undefined, record: () => undefined, set: () => undefined };
const ROUNDS = 30_000;

/** The median in microseconds. */
export const measureAdmission = (directory: string): number => {
  const { budgets } = parseBudgets([
    { id: 'day', limit: 1_000_000, mode: 'enforce', window: { every: 'day', tz: 'Europe/Berlin' } },
    { id: 'user', limit: 1_000_000, mode: 'enforce', window: 'month', per: 'user' },
    { id: 'tokens', unit: 'tokens', limit: '900B', mode: 'enforce', window: 'day', match: { provider: 'openai' } },
  ]);
  const store = new MemoryStore({ clock: systemClock, journal: { directory, durability: 'process' } });
  const policy = createBudgetPolicy({ budgets, store, price, meter: silent, emit: () => undefined, clock: systemClock });
  const outcome = completed(1000, 200);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const call = callOf({ labels: { user: `user-${round % 50}` } });
    const start = performance.now();
    const answer = policy.admit(call);
    const took = performance.now() - start;
    if (answer instanceof Promise || answer.kind !== 'admitted') throw new Error('not admitted at once');
    void answer.grant.settle(outcome);
    if (round > ROUNDS / 5) times.push(took * 1000);
  }
  void policy.stop();
  return Math.round((times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0) * 100) / 100;
};
