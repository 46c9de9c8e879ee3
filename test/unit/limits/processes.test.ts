/** Processes that share a store, which may be away, by a clock by hand. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { compileLimits } from '../../../src/policies/limits/compiled-limit.ts';
import type { LimitPolicy } from '../../../src/policies/limits/limit-policy.ts';
import { parseLimits } from '../../../src/policies/limits/parse-limits.ts';
import { completed } from '../budget/world.ts';
import { ask, type Asked, byUser, grantOf, kinds, pass, processOf, refusalOf, SharedStore, useHandTimers } from './world.ts';
import { useRealTimers } from '../../support/fake-timers.ts';

beforeEach(useHandTimers);
afterEach(() => useRealTimers());

const end = async (asked: Asked | undefined): Promise<void> => {
  if (asked === undefined) throw new Error('no such call');
  void grantOf(asked).settle(completed(1, 1));
  await pass(0);
};

test('processes share places, and one that is given back in one of them is found by the others', async () => {
  const shared = new SharedStore();
  const limits = [{ id: 'slots', unit: 'concurrency', limit: 2 }];
  const [a, b] = [processOf(limits, shared.view), processOf(limits, shared.view)];
  const first = [ask(a.policy), ask(a.policy)];
  await pass(0);
  const second = ask(b.policy);
  await pass(200);
  expect(kinds([...first, second])).toEqual(['admitted', 'admitted', 'waiting']);
  await end(first[0]);
  await pass(100);
  expect(second.answer.kind).toBe('admitted');
});

test('processes take turns: one with many calls that wait holds up one with a single call by one turn', async () => {
  const shared = new SharedStore();
  const limits = [{ id: 'slots', unit: 'concurrency', limit: 1, maxWait: '5m' }];
  const [a, b] = [processOf(limits, shared.view), processOf(limits, shared.view)];
  const many = Array.from({ length: 50 }, () => byUser(a.policy, 'noisy'));
  await pass(500);
  const single = byUser(b.policy, 'quiet');
  await pass(300);
  await end(many[0]);
  await pass(300);
  expect(kinds([...many.slice(1, 3), single])).toEqual(['admitted', 'waiting', 'waiting']);
  await end(many[1]);
  await pass(300);
  expect(kinds([...many.slice(2, 3), single])).toEqual(['waiting', 'admitted']);
});

test('one who comes when there is room does not go before one who waits in another process', async () => {
  const shared = new SharedStore();
  const limits = [{ id: 'slots', unit: 'concurrency', limit: 1, maxWait: '5m' }];
  const [a, b] = [processOf(limits, shared.view), processOf(limits, shared.view)];
  const running = ask(a.policy);
  await pass(0);
  const waiting = ask(b.policy);
  await pass(300);
  void grantOf(running).settle(completed(1, 1));
  const late = ask(a.policy);
  await pass(0);
  expect(late.answer.kind).toBe('waiting');
  await pass(200);
  expect(kinds([waiting, late])).toEqual(['admitted', 'waiting']);
});

test('a rate is found open again within a moment of its time', async () => {
  const shared = new SharedStore();
  const { policy } = processOf([{ id: 'rpm', limit: 1, window: '10s', maxWait: '1m' }], shared.view);
  ask(policy);
  await pass(0);
  const waiting = ask(policy);
  // Ten seconds, the second that a request may be late, and what is left of the part of half a second in which the call was.
  await pass(11_490);
  expect(waiting.answer.kind).toBe('waiting');
  await pass(20);
  expect(waiting.answer.kind).toBe('admitted');
  expect(shared.asked).toBeLessThan(40);
});

test('where other limits have shorter leases, a call that begins while others run keeps its place for as long as it runs', async () => {
  const shared = new SharedStore();
  const slots = { id: 'slots', unit: 'concurrency', limit: 2, lease: '60s', maxWait: 0 };
  const [a, b] = [processOf([slots], shared.view), processOf([{ ...slots, lease: '2s' }], shared.view)];
  const before = ask(a.policy);
  await pass(0);
  a.policy.setLimits(parseLimits([{ ...slots, lease: '2s' }]).limits);
  const after = ask(a.policy);
  await pass(10_000);
  const other = ask(b.policy);
  await pass(0);
  expect(kinds([before, after, other])).toEqual(['admitted', 'admitted', 'refused']);
});

test('the places of a process that is gone come back when its lease runs out', async () => {
  const shared = new SharedStore();
  const limits = [{ id: 'slots', unit: 'concurrency', limit: 1, lease: '5s', maxWait: '1m' }];
  const killed = processOf(limits, shared.view);
  ask(killed.policy);
  await pass(0);
  // Its timers are gone with it.
  vi.clearAllTimers();
  const alive = processOf(limits, shared.view);
  const waiting = ask(alive.policy);
  await pass(4500);
  expect(waiting.answer.kind).toBe('waiting');
  await pass(700);
  expect(waiting.answer.kind).toBe('admitted');
});

test('while the store is away each process counts for itself, and goes back when it answers', async () => {
  const shared = new SharedStore();
  const limits = [{ id: 'slots', unit: 'concurrency', limit: 2, maxWait: 0 }];
  const { policy, events, metrics } = processOf(limits, shared.view);
  shared.isAway = true;
  const calls = [ask(policy), ask(policy), ask(policy)];
  await pass(0);
  expect(kinds(calls)).toEqual(['admitted', 'admitted', 'refused']);
  expect(events.map(({ name, message }) => [name, message])).toEqual([
    ['purser.store.unavailable', 'The store of the limits does not answer: on_store_unavailable decides about calls.'],
  ]);
  expect(metrics.some(({ name, attributes }) => name === 'purser.policy.decisions' && attributes['purser.reason'] === 'store_unavailable')).toBe(true);
  await end(calls[0]);
  shared.isAway = false;
  await pass(600);
  const back = [ask(policy), ask(policy), ask(policy)];
  await pass(0);
  expect(kinds(back)).toEqual(['admitted', 'admitted', 'refused']);
  expect(events.at(-1)?.name).toBe('purser.store.recovered');
});

test('the owner may choose that every call passes, or none, while the store is away', async () => {
  const shared = new SharedStore();
  shared.isAway = true;
  const open = processOf([{ id: 'slots', unit: 'concurrency', limit: 1, maxWait: 0, onStoreUnavailable: 'allow' }], shared.view);
  const passing = [ask(open.policy), ask(open.policy)];
  const closed = processOf([{ id: 'slots', unit: 'concurrency', limit: 1, onStoreUnavailable: 'block' }], shared.view);
  const blocked = ask(closed.policy);
  await pass(0);
  expect(kinds(passing)).toEqual(['admitted', 'admitted']);
  expect(refusalOf(blocked)).toMatchObject({ code: 'policy_unavailable', rule: 'slots' });
});

test('a reservation that reached the store although it did not answer is taken back', async () => {
  const shared = new SharedStore();
  const limits = [{ id: 'slots', unit: 'concurrency', limit: 1, maxWait: 0 }];
  const lossy = processOf(limits, {
    ...shared.view,
    reserve: async (request) => {
      shared.store.reserve(request);
      throw new Error('no answer');
    },
  });
  const lost = ask(lossy.policy);
  await pass(0);
  expect(lost.answer.kind).toBe('admitted');
  await pass(1000);
  const other = processOf(limits, shared.view);
  const next = ask(other.policy);
  await pass(0);
  expect(next.answer.kind).toBe('admitted');
});

/** Three callers, of whom the first has ended and the store is asked for the second at this very moment. */
const askedForSecond = async (policy: LimitPolicy) => {
  const [running, waiting, next] = [ask(policy), ask(policy), ask(policy)];
  await pass(0);
  void grantOf(running).settle(completed(1, 1));
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  return { waiting, next };
};

test('a caller who goes while the store is asked leaves nothing behind', async () => {
  const shared = new SharedStore();
  const limits = [{ id: 'slots', unit: 'concurrency', limit: 1, maxWait: '1m' }];
  const { policy } = processOf(limits, shared.view);
  const { waiting, next } = await askedForSecond(policy);
  waiting.caller.go();
  await pass(200);
  expect(grantOf(waiting).marks).toMatchObject({ 'purser.queue.rule': 'slots' });
  expect(next.answer.kind).toBe('admitted');
  await end(next);
  expect(await shared.view.read([{ key: 'limit:slots', slots: { kind: 'fixed', candidates: [{ startMs: 0, endMs: 8.64e15 }] }, limit: 1 }])).toMatchObject([
    { reserved: 0, committed: 0 },
  ]);
});

test('other limits that come while the store is asked for one who waits leave it its place and its tokens', async () => {
  const shared = new SharedStore();
  const slots = { id: 'slots', unit: 'concurrency', limit: 1, maxWait: '1m' };
  const tokens = { id: 'tokens', unit: 'tokens', limit: 1_000_000_000, window: 'day' };
  const { policy } = processOf([slots, tokens], shared.view);
  const { waiting, next } = await askedForSecond(policy);
  policy.setLimits(parseLimits([tokens, slots]).limits);
  await pass(200);
  expect(kinds([waiting, next])).toEqual(['admitted', 'waiting']);
  void grantOf(waiting).settle(completed(30, 12));
  await pass(200);
  await end(next);
  const questions = compileLimits(parseLimits([tokens, slots]).limits).map(({ config, slots: at }) => ({ key: `limit:${config.id}`, slots: at, limit: 1 }));
  expect(await shared.view.read(questions)).toMatchObject([
    { reserved: 0, committed: 2 + 42 + 2 },
    { reserved: 0, committed: 0 },
  ]);
});

test('one who comes while the store is asked for one who waits does not overtake the others', async () => {
  const shared = new SharedStore();
  const { policy } = processOf([{ id: 'slots', unit: 'concurrency', limit: 2, maxWait: '1m' }], shared.view);
  const calls = [ask(policy), ask(policy), ask(policy), ask(policy)];
  await pass(0);
  for (const call of calls.slice(0, 2)) void grantOf(call).settle(completed(1, 1));
  // The places are given back one after the other, and the store is asked meanwhile.
  for (let turn = 0; turn < 4; turn += 1) {
    calls.push(ask(policy));
    await Promise.resolve();
  }
  await pass(100);
  expect(kinds(calls.slice(2))).toEqual(['admitted', 'admitted', 'waiting', 'waiting', 'waiting', 'waiting']);
});
