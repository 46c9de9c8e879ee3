/** Calls in flight and those that wait for them, in one process, by a clock by hand. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseLimits } from '../../../src/policies/limits/parse-limits.ts';
import { callOf, completed } from '../budget/world.ts';
import { ask, type Asked, byUser, grantOf, HandCaller, kinds, pass, processOf, refusalOf, SharedStore, useHandTimers } from './world.ts';
import { useRealTimers } from '../../support/fake-timers.ts';

beforeEach(useHandTimers);
afterEach(() => useRealTimers());

const end = async (asked: Asked): Promise<void> => {
  void grantOf(asked).settle(completed(1, 1));
  await pass(0);
};

test('calls beyond the bound wait, and go in the order in which they came as places are given back', async () => {
  const { policy } = processOf([{ id: 'slots', unit: 'concurrency', limit: 2 }]);
  const calls = [1, 2, 3, 4, 5].map(() => ask(policy));
  expect(kinds(calls)).toEqual(['admitted', 'admitted', 'waiting', 'waiting', 'waiting']);
  await end(calls[1] ?? ask(policy));
  expect(kinds(calls)).toEqual(['admitted', 'admitted', 'admitted', 'waiting', 'waiting']);
  await end(calls[0] ?? ask(policy));
  expect(kinds(calls)).toEqual(['admitted', 'admitted', 'admitted', 'admitted', 'waiting']);
});

test('one who comes when a place has just become free does not go before those who wait', async () => {
  const { policy } = processOf([{ id: 'slots', unit: 'concurrency', limit: 1 }]);
  const [first, second] = [ask(policy), ask(policy)];
  void grantOf(first ?? ask(policy)).settle(completed(1, 1));
  const third = ask(policy);
  await pass(0);
  expect(kinds([second ?? third, third])).toEqual(['admitted', 'waiting']);
});

test('a user with many calls holds up another by one turn only', async () => {
  const { policy } = processOf([{ id: 'slots', unit: 'concurrency', limit: 1, maxWait: '5m' }]);
  const noisy = Array.from({ length: 200 }, () => byUser(policy, 'noisy'));
  await pass(1000);
  const quiet = [byUser(policy, 'quiet'), byUser(policy, 'quiet'), byUser(policy, 'other')];
  let running = noisy[0] ?? byUser(policy, 'noisy');
  const order = [running.call.id];
  for (let turn = 0; turn < 6; turn += 1) {
    await end(running);
    const next = [...noisy, ...quiet].find((one) => one.answer.kind === 'admitted' && one !== running && !order.includes(one.call.id)) ?? running;
    order.push(next.call.id);
    running = next;
  }
  const users = order.slice(1).map((id) => [...noisy, ...quiet].find(({ call }) => call.id === id)?.call.labels.user);
  expect(users).toEqual(['noisy', 'quiet', 'other', 'noisy', 'quiet', 'noisy']);
});

test('one whose own limit is reached holds up nobody else', async () => {
  const { policy } = processOf([
    { id: 'all', unit: 'concurrency', limit: 10 },
    { id: 'user', unit: 'concurrency', limit: 1, per: 'user' },
  ]);
  expect(kinds([byUser(policy, 'a'), byUser(policy, 'a'), byUser(policy, 'a'), byUser(policy, 'b')])).toEqual(['admitted', 'waiting', 'waiting', 'admitted']);
});

test('at its deadline a call is refused, and the refusal says how long it waited', async () => {
  const { policy, metrics } = processOf([{ id: 'slots', unit: 'concurrency', limit: 1, maxWait: '2s' }]);
  ask(policy);
  const late = ask(policy);
  await pass(1999);
  expect(late.answer.kind).toBe('waiting');
  await pass(1);
  expect(refusalOf(late)).toMatchObject({
    code: 'concurrency_limited',
    message: 'The limit "slots" is reached: 1 of 1 calls in flight. It has waited 2 s for room. A new try may pass in 1 s.',
    details: { waitedMs: 2000 },
    marks: { 'purser.queue.wait': 2, 'purser.queue.rule': 'slots' },
  });
  expect(metrics.filter(({ name }) => name === 'purser.policy.decisions').at(-1)?.attributes).toMatchObject({
    'purser.decision': 'refused',
    'purser.reason': 'deadline',
  });
});

test('a queue that is full refuses at once, each key for itself', () => {
  const { policy } = processOf([{ id: 'slots', unit: 'concurrency', limit: 1, per: 'user', maxQueue: 1 }]);
  const calls = [byUser(policy, 'a'), byUser(policy, 'a'), byUser(policy, 'a'), byUser(policy, 'b'), byUser(policy, 'b')];
  expect(kinds(calls)).toEqual(['admitted', 'waiting', 'refused', 'admitted', 'waiting']);
  expect(refusalOf(calls[2] ?? ask(policy)).message).toContain('1 calls wait already.');
});

test('one who calls off leaves the queue at once, holds nothing, and its place goes to the next', async () => {
  const { policy, metrics } = processOf([{ id: 'slots', unit: 'concurrency', limit: 1 }]);
  const [first, second, third] = [ask(policy), ask(policy), ask(policy)];
  await pass(500);
  second?.caller.go();
  await pass(0);
  expect(grantOf(second ?? ask(policy)).marks).toEqual({ 'purser.queue.wait': 0.5, 'purser.queue.rule': 'slots' });
  await end(first ?? ask(policy));
  expect(third?.answer.kind).toBe('admitted');
  expect(second?.caller.listeners.size).toBe(0);
  expect(metrics.filter(({ name }) => name === 'purser.queue.length').map(({ value }) => value)).toEqual([1, 2, 1, 0]);
});

test('a call that the app called off before it was let through counts for nothing', async () => {
  const limits = [{ id: 'rpm', limit: 1 }];
  const before = new HandCaller();
  before.go();
  const { policy } = processOf(limits);
  expect(policy.admit(callOf(), before)).toEqual({ kind: 'indifferent' });
  expect(ask(policy).answer.kind).toBe('admitted');
  const shared = processOf(limits, new SharedStore().view).policy;
  const meanwhile = ask(shared);
  meanwhile.caller.go();
  await pass(0);
  void grantOf(meanwhile).settle({ ...completed(1, 1), kind: 'cancelled' });
  const next = ask(shared);
  await pass(0);
  expect(next.answer.kind).toBe('admitted');
});

test('a call that is on its way is counted, whether there is room or not, and waits for nothing', async () => {
  const { policy, metrics } = processOf([
    { id: 'slots', unit: 'concurrency', limit: 1 },
    { id: 'rpm', limit: 3 },
  ]);
  ask(policy);
  const onItsWay = ask(policy);
  expect(onItsWay.answer.kind).toBe('waiting');
  onItsWay.caller.goOn();
  await pass(0);
  expect(grantOf(onItsWay).marks).toEqual({ 'purser.policy.would_limit': 'slots' });
  expect(metrics.filter(({ name }) => name === 'purser.queue.length').at(-1)?.value).toBe(0);
  void grantOf(onItsWay).settle(completed(1, 1));
  const shared = processOf([{ id: 'rpm', limit: 1 }], new SharedStore().view).policy;
  const [first, second, third] = [ask(shared), ask(shared), ask(shared)];
  second?.caller.goOn();
  await pass(0);
  expect(kinds([first ?? onItsWay, second ?? onItsWay, third ?? onItsWay])).toEqual(['admitted', 'admitted', 'refused']);
});

test('when nobody waits no timer is left', async () => {
  const { policy } = processOf([{ id: 'rpm', limit: 1, window: '5s', maxWait: '10s' }]);
  const [, second] = [ask(policy), ask(policy)];
  expect(vi.getTimerCount()).toBe(2);
  second?.caller.go();
  await pass(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('the end of a place is its lease, which running calls renew', async () => {
  const { policy } = processOf([{ id: 'slots', unit: 'concurrency', limit: 1, lease: '3s', maxWait: '1m' }]);
  const [running, waiting] = [ask(policy), ask(policy)];
  await pass(30_000);
  expect(waiting?.answer.kind).toBe('waiting');
  await end(running ?? ask(policy));
  expect(waiting?.answer.kind).toBe('admitted');
});

test('a call that is settled twice gives its place back once', async () => {
  const { policy } = processOf([{ id: 'slots', unit: 'concurrency', limit: 2, maxWait: 0 }]);
  const [first] = [ask(policy), ask(policy)];
  await end(first ?? ask(policy));
  await end(first ?? ask(policy));
  expect(kinds([ask(policy), ask(policy)])).toEqual(['admitted', 'refused']);
});

test('other limits take the place of those in force: calls that wait are asked anew, calls that run keep their place', async () => {
  const { policy } = processOf([{ id: 'slots', unit: 'concurrency', limit: 1 }]);
  const calls = [ask(policy), ask(policy), ask(policy)];
  const [running, ...waiting] = calls;
  policy.setLimits(parseLimits([{ id: 'slots', unit: 'concurrency', limit: 2 }]).limits);
  await pass(0);
  expect(kinds(waiting)).toEqual(['admitted', 'waiting']);
  await end(running ?? ask(policy));
  expect(kinds(waiting)).toEqual(['admitted', 'admitted']);
});

test('other limits begin no wait anew: it is told once, in all, and ends at its deadline', async () => {
  const slots = { id: 'slots', unit: 'concurrency', limit: 1, maxWait: '2s' };
  const { policy, metrics } = processOf([slots]);
  const calls = [ask(policy), ask(policy), ask(policy)];
  const [running, next, late] = calls;
  for (let turn = 0; turn < 3; turn++) {
    await pass(500);
    policy.setLimits(parseLimits([slots]).limits);
  }
  await pass(0);
  await end(running ?? ask(policy));
  expect(grantOf(next ?? ask(policy)).marks).toEqual({ 'purser.queue.wait': 1.5, 'purser.queue.rule': 'slots' });
  await pass(500);
  expect(refusalOf(late ?? ask(policy))).toMatchObject({ code: 'concurrency_limited', details: { waitedMs: 2000 } });
  expect(metrics.filter(({ name }) => name === 'purser.queue.wait').map(({ value }) => value)).toEqual([1.5, 2]);
  policy.setLimits([]);
  expect(metrics.filter(({ name }) => name === 'purser.queue.length').at(-1)?.value).toBe(0);
});

test('a call whose limits go away while it waits is sent, and says that it has waited', async () => {
  const { policy } = processOf([{ id: 'slots', unit: 'concurrency', limit: 1 }]);
  const calls = [ask(policy), ask(policy)];
  await pass(500);
  policy.setLimits([]);
  await pass(0);
  expect(grantOf(calls[1] ?? ask(policy)).marks).toEqual({ 'purser.queue.wait': 0.5, 'purser.queue.rule': 'slots' });
});

test('the end of the policy lets go of all that wait', async () => {
  const { policy } = processOf([{ id: 'slots', unit: 'concurrency', limit: 1 }]);
  const calls = [ask(policy), ask(policy)];
  await policy.stop();
  expect(kinds(calls)).toEqual(['admitted', 'admitted']);
  expect(ask(policy).answer.kind).toBe('indifferent');
  expect(vi.getTimerCount()).toBe(0);
});
