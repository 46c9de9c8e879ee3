/** A limit of 0, with which somebody is cut off. */
import { describe, expect, test } from 'vitest';
import { inspectBudgets } from '../../../src/policies/budget/inspect-budgets.ts';
import { parseBudgets } from '../../../src/policies/budget/parse-budgets.ts';
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts';
import { callOf, completed, HandClock, world } from './world.ts';

const streaming = () => callOf({ request: { model: 'big', maxTokens: 10, promptChars: 4, stream: true } });

describe.each(['usd', 'tokens', 'requests'])('in %s', (unit) => {
  const budget = { id: 'b', unit, limit: 0, window: 'day' };

  test.each(['worst_case', 'quantile', 'metered'])('refuses every call for good, streams too: %s', (reserve) => {
    const { no, events, policy } = world([{ ...budget, mode: 'enforce', reserve }]);
    for (const call of [callOf(), streaming()]) {
      const refusal = no(call);
      expect(refusal).toMatchObject({ code: 'request_exceeds_budget', details: { limit: 0, spent: 0 } });
      expect(refusal.retryAtMs).toBeUndefined();
    }
    expect(events).toEqual([]);
    expect(policy.listBudgets()).toMatchObject([{ limit: 0, spent: 0, remaining: 0, forecast: 0 }]);
  });

  test.each([{ kind: 'throttle', maxWait: '10s' }, { kind: 'clamp' }, { kind: 'downgrade', models: { big: 'small' } }])('refuses at once with %j', (action) => {
    const { no } = world([{ ...budget, mode: 'enforce', action }]);
    expect(no().code).toBe('request_exceeds_budget');
  });

  test('only watches otherwise, without shares of nothing', async () => {
    const clock = new HandClock();
    const store = new MemoryStore({ clock });
    const { pass, counts, events, policy, gauges } = world([{ ...budget, mode: 'alert' }], { clock, store });
    void pass().settle(completed(1000, 1000));
    expect(counts.get('purser.policy.decisions{would_refuse}')).toBe(1);
    expect(events).toEqual([]);
    policy.publish();
    expect(gauges.get('purser.budget.limit{b}')).toBe(0);
    const shots = await inspectBudgets(parseBudgets([budget]).budgets, store, clock);
    expect(Object.values(shots[0] ?? {}).filter((value) => typeof value === 'number' && !Number.isFinite(value))).toEqual([]);
  });
});

test('lets pass what costs nothing', () => {
  const { pass } = world([{ id: 'b', limit: 0, mode: 'enforce' }]);
  const free = callOf({ request: { model: 'free', maxTokens: 10, promptChars: 4 } });
  for (const call of [free, callOf({ operation: 'count_tokens' })]) expect(() => pass(call)).not.toThrow();
});
