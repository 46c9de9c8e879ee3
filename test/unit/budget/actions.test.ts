import { expect, test } from 'vitest';
import { callOf, completed, ended, failed, world } from './world.ts';

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

/** An app that may call its request off. */
const app = () => {
  const listeners = new Set<() => void>();
  const caller = {
    gone: false,
    onGone: (listen: () => void) => {
      listeners.add(listen);
      return () => void listeners.delete(listen);
    },
  };
  const leave = (): void => {
    caller.gone = true;
    for (const listen of listeners) listen();
  };
  return { caller, leave, listening: () => listeners.size };
};

test('a throttled call whose app has gone waits no longer, and nothing is charged for it', async () => {
  const { pass, policy, spent } = world([{ ...budget, limit: '0.018', action: { kind: 'throttle', maxWait: '1m' } }]);
  pass();
  const { caller, leave } = app();
  const waiting = policy.admit(callOf(), caller);
  leave();
  const answer = await waiting;
  expect(answer).toMatchObject({ kind: 'admitted', grant: { marks: { 'purser.policy.throttled': true } } });
  if (answer.kind === 'admitted') void answer.grant.settle(ended('cancelled'));
  expect(spent('b')).toBe(0);
});

test.each(['usd', 'tokens', 'requests'])('a call whose app went while the store was asked is charged no %s', async (unit) => {
  const { policy } = world([{ ...budget, unit, limit: 100_000 }]);
  const { caller, leave } = app();
  leave();
  const answer = await policy.admit(callOf(), caller);
  if (answer.kind !== 'admitted') throw new Error(answer.kind);
  // The client tried, and gave up before it sent anything.
  void answer.grant.settle({ ...failed(undefined, 'AbortError'), kind: 'cancelled' });
  expect(policy.listBudgets().map(({ spent }) => spent)).toEqual([0]);
});

test('a refusal after waiting says how long it was waited', async () => {
  const { pass, policy } = world([{ ...budget, limit: '0.018', action: { kind: 'throttle', maxWait: 30 } }]);
  pass();
  const { caller, listening } = app();
  expect(await policy.admit(callOf(), caller)).toMatchObject({
    kind: 'refused',
    refusal: { marks: { 'purser.policy.throttled': true, 'purser.policy.throttled.wait_ms': 30 } },
  });
  expect(listening()).toBe(0);
});
