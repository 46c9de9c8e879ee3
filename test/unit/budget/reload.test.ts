/** Budgets that change while the process runs: what is told of them is told of those in force. */
import { expect, test } from 'vitest';
import { picoUsd } from '../../../src/call/units.ts';
import { parseBudgets } from '../../../src/policies/budget/parse-budgets.ts';
import { callOf, completed, price, world } from './world.ts';

const budget = (window: string, limit = 5) => ({ id: 'b', limit, mode: 'enforce', window, reserve: 'worst_case' });

const shown = ({ policy }: Pick<ReturnType<typeof world>, 'policy'>) =>
  policy.listBudgets().map(({ key, limit, spent, reserved, windowStartMs }) => [key, limit, spent, reserved, new Date(windowStartMs ?? 0).toISOString()]);

const JUST_NOW = '2026-11-20T12:00:00.000Z';
const TODAY = '2026-11-20T00:00:00.000Z';

test('a budget whose window becomes a longer one is shown as it stands in that one', () => {
  const { policy, pass } = world([budget('hour')]);
  void pass().settle(completed(1000, 1000));
  expect(shown({ policy })).toEqual([['b', 5, 0.018, 0, JUST_NOW]]);
  policy.setBudgets(parseBudgets([budget('day', 7)]).budgets);
  const grant = pass();
  expect(shown({ policy })).toEqual([['b', 7, 0, 0.018, TODAY]]);
  void grant.settle(completed(1000, 500));
  expect(shown({ policy })).toEqual([['b', 7, 0.0105, 0, TODAY]]);
});

test('a call that began under another window is charged there, and the present one is shown still', () => {
  const { policy, pass } = world([budget('hour')]);
  const before = pass();
  policy.setBudgets(parseBudgets([budget('day')]).budgets);
  void pass().settle(completed(1000, 500));
  void before.settle(completed(1000, 1000));
  expect(shown({ policy })).toEqual([['b', 5, 0.0105, 0, TODAY]]);
});

test('a call that began under another limit is charged, and the present limit is shown from the next call on', () => {
  const { policy, pass } = world([budget('day', 5)]);
  const before = pass();
  policy.setBudgets(parseBudgets([budget('day', 7)]).budgets);
  void before.settle(completed(1000, 1000));
  expect(shown({ policy })).toEqual([['b', 5, 0.018, 0, TODAY]]);
  void pass().settle(completed(1000, 1000));
  expect(shown({ policy })).toEqual([['b', 7, 0.036, 0, TODAY]]);
});

test('a budget that is switched off is shown no more, also while its last calls end', () => {
  const { policy, pass } = world([budget('day'), { ...budget('day'), id: 'c' }]);
  const before = pass(callOf());
  policy.setBudgets(parseBudgets([budget('day'), { ...budget('day'), id: 'c', mode: 'off' }]).budgets);
  void before.settle(completed(1000, 1000));
  expect(shown({ policy }).map(([key]) => key)).toEqual(['b']);
});

test.each([
  ['is switched off', { mode: 'off' }],
  ['counts in another unit', { unit: 'requests' }],
  ['is split', { per: 'user' }],
])('gauges of a budget go when it %s', (_, change) => {
  const { policy, pass, gauges } = world([budget('day')]);
  void pass().settle(completed(1000, 1000));
  policy.publish();
  const told = [...gauges.keys()].filter((key) => key.startsWith('purser.budget.'));
  expect(told).toHaveLength(6);
  policy.setBudgets(parseBudgets([{ ...budget('day'), ...change }]).budgets);
  expect([...gauges.keys()].filter((key) => told.includes(key))).toEqual([]);
});

test('calls reserve at new prices at once', () => {
  let factor = 1;
  const dearer: typeof price = (question) => {
    const cost = price(question);
    return cost.kind === 'priced' ? { ...cost, amount: picoUsd(cost.amount * BigInt(factor)) } : cost;
  };
  const { policy, pass } = world([budget('day')], { price: dearer });
  const grants = [pass()];
  factor = 10;
  policy.pricesChanged();
  grants.push(pass());
  expect(shown({ policy })).toEqual([['b', 5, 0, 0.198, TODAY]]);
  expect(grants).toHaveLength(2);
});

test('calls reserve at the price of the address that they go to', () => {
  const free: typeof price = (question) => {
    const cost = price(question);
    return cost.kind === 'priced' && question.context.baseUrl === 'http://free' ? { ...cost, amount: picoUsd(0n) } : cost;
  };
  const { policy, pass } = world([budget('day')], { price: free });
  pass(callOf({ baseUrl: 'http://free' }));
  pass(callOf({ baseUrl: 'http://dear' }));
  expect(shown({ policy })).toEqual([['b', 5, 0, 0.018, TODAY]]);
});

test('thresholds and the first refusal of a limit that was raised are told as well, and nothing of it twice', () => {
  const watched = (limit: number) => ({ ...budget('day', limit), thresholds: [0.5, 1] });
  const { policy, pass, no, events } = world([watched(0.036)]);
  const use = (): void => {
    do void pass().settle(completed(1000, 1000));
    while (policy.listBudgets()[0]?.remaining !== 0);
    no();
    no();
  };
  const told = (): readonly string[] => events.splice(0).map(({ dedupeKey }) => dedupeKey.split('/').slice(2).join(' '));
  use();
  expect(told()).toEqual(['0.036 0.5', '0.036 1', '0.036 exhausted']);
  policy.setBudgets(parseBudgets([watched(0.144)]).budgets);
  use();
  expect(told()).toEqual(['0.144 0.5', '0.144 1', '0.144 exhausted']);
});
