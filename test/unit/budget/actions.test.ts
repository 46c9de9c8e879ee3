import { expect, test } from 'vitest';
import { callOf, completed, world } from './world.ts';

const budget = { id: 'b', limit: '0.03', mode: 'enforce', window: 'total', reserve: 'worst_case' };

test('a call is downgraded to the cheaper model that the owner named, and says so', () => {
  const { pass, spent } = world([{ ...budget, action: { kind: 'downgrade', models: { big: 'small' } } }]);
  expect(pass().rewrite).toBeUndefined();
  const second = pass();
  expect(second.rewrite).toEqual({ model: 'small' });
  expect(second.marks).toEqual({ 'purser.policy.downgraded': true, 'purser.policy.downgraded.from': 'big', 'purser.policy.downgraded.to': 'small' });
  void second.settle(completed(1000, 1000, 'small'));
  expect(spent('b')).toBeCloseTo(0.0018, 9);
});

test('a model that the owner did not name is blocked', () => {
  const { pass, no } = world([{ ...budget, action: { kind: 'downgrade', models: { other: 'small' } } }]);
  pass();
  expect(no().code).toBe('budget_in_flight');
});

test('the bound of output tokens is lowered to what there is room for, and not below the least', () => {
  const { pass, no, policy } = world([{ ...budget, action: { kind: 'clamp', minTokens: 300 } }]);
  pass();
  const second = pass();
  // $0.012 are left, $0.003 of them for the input.
  expect(second.rewrite?.maxTokens).toBe(599);
  expect(second.marks).toMatchObject({ 'purser.policy.clamped': true });
  expect(policy.listBudgets()[0]?.reserved).toBeLessThanOrEqual(0.03);
  expect(no().code).toBe('budget_in_flight');
});

test('a throttled call waits for room and goes out when there is some', async () => {
  const { pass, policy } = world([{ ...budget, action: { kind: 'throttle', maxWait: '5s' } }]);
  const first = pass();
  const waiting = policy.admit(callOf());
  expect(waiting).toBeInstanceOf(Promise);
  void first.settle(completed(10, 10));
  const answer = await waiting;
  expect(answer).toMatchObject({ kind: 'admitted', grant: { marks: { 'purser.policy.throttled': true } } });
});

test('a throttled call is refused when its time is over', async () => {
  const { pass, policy } = world([{ ...budget, action: { kind: 'throttle', maxWait: 60 } }]);
  pass();
  expect(await policy.admit(callOf())).toMatchObject({ kind: 'refused', refusal: { code: 'budget_in_flight' } });
});

test('where one of two full budgets wants to block, the call is blocked', () => {
  const { pass, no } = world([
    { ...budget, action: { kind: 'downgrade', models: { big: 'small' } } },
    { ...budget, id: 'strict' },
  ]);
  pass();
  expect(no().rule).toBe('b');
});
