import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { resetDiag, setDiagSink } from '../../../src/base/diag.ts';
import type { BudgetStore } from '../../../src/call/budget-store.ts';
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts';
import { callOf, completed, HandClock, world } from './world.ts';
import { useFakeTimers, useRealTimers } from '../../support/fake-timers.ts';

/** A store that is reached over a network which may break. */
const remote = (clock: HandClock) => {
  const inner = new MemoryStore({ clock });
  const net = { up: true, asked: 0 };
  const over = <A, B>(work: (a: A) => B): ((a: A) => Promise<B>) => {
    return async (a) => {
      net.asked += 1;
      await Promise.resolve();
      if (!net.up) throw Object.assign(new Error('connection lost'), { code: 'ECONNRESET' });
      return work(a);
    };
  };
  const store: BudgetStore = {
    name: 'redis',
    reserve: over((request) => inner.reserve(request)),
    extend: over((request) => inner.extend(request)),
    settle: over((request) => inner.settle(request)),
    read: over((questions) => inner.read(questions)),
    keys: over((budget) => inner.keys(budget)),
    change: over((change) => inner.change(change)),
    changes: () => inner.changes(),
    close: () => inner.close(),
  };
  return { store, net, inner };
};

const always = { kind: 'fixed', candidates: [{ startMs: 0, endMs: 8_640_000_000_000_000 }] } as const;
const stands = (inner: MemoryStore) => inner.read([{ key: 'b', slots: always, limit: 0 }])[0];
const budget = { id: 'b', limit: '0.1', mode: 'enforce', window: 'total', reserve: 'worst_case' };

beforeEach(() => {
  useFakeTimers();
});
afterEach(() => {
  useRealTimers();
});

const setUp = (more: object = {}) => {
  const clock = new HandClock();
  const { store, net, inner } = remote(clock);
  const made = world([{ ...budget, ...more }], { store, clock });
  // Timers and the clock by hand go together.
  const pass = async (ms: number): Promise<void> => {
    for (let at = 0; at < ms; at += 100) {
      clock.now += 100;
      await vi.advanceTimersByTimeAsync(100);
    }
  };
  return { ...made, clock, net, inner, pass, admit: () => Promise.resolve(made.policy.admit(callOf())) };
};

test('why the store does not answer is said once, on stderr and in the event, without a password', async () => {
  resetDiag();
  const said: string[] = [];
  setDiagSink({ fault: () => undefined, notice: (_, message) => void said.push(message) });
  const clock = new HandClock();
  const { store } = remote(clock);
  const reserve = (): Promise<never> => Promise.reject(Object.assign(new Error('no way to\nredis://purser:s3@cr/et@cache:6379'), { code: 'ECONNREFUSED' }));
  const { policy, events } = world([budget], { store: { ...store, reserve }, clock });
  for (let time = 0; time < 3; time += 1) {
    expect(await policy.admit(callOf())).toMatchObject({ kind: 'refused', refusal: { code: 'policy_unavailable' } });
    clock.now += 10_000;
  }
  const reason = 'does not answer (ECONNREFUSED: no way to redis://cache:6379): on_store_unavailable decides about calls';
  expect(said).toEqual([`the redis store of the budgets ${reason}`]);
  expect(events.map(({ name, message }) => [name, message])).toEqual([['purser.store.unavailable', `The store of the budgets ${reason}.`]]);
  setDiagSink(undefined);
});

test('block: calls are refused while the store is away, and nothing of them stays behind', async () => {
  const { net, inner, admit, pass, gauges, counts, events } = setUp();
  net.up = false;
  expect(await admit()).toMatchObject({
    kind: 'refused',
    refusal: { code: 'policy_unavailable', rule: 'b', message: expect.stringContaining('its owner chose to block') },
  });
  expect(gauges.get('purser.store.up{redis}')).toBe(0);
  expect(counts.get('purser.store.errors')).toBe(1);
  net.up = true;
  await pass(1000);
  expect((await admit()).kind).toBe('admitted');
  expect(stands(inner)).toMatchObject({ committed: 0, reserved: 18_000_000 });
  expect(events.map((event) => event.name)).toEqual(['purser.store.unavailable', 'purser.store.recovered']);
});

test('a store that is away is asked twice a second, and not by every call', async () => {
  const { net, admit } = setUp();
  net.up = false;
  await admit();
  const asked = net.asked;
  for (let call = 0; call < 100; call += 1) await admit();
  expect(net.asked).toBe(asked);
});

test('allow: calls go out, and are charged when the store is back', async () => {
  const { net, inner, admit, pass } = setUp({ onStoreUnavailable: 'allow' });
  net.up = false;
  const answers = await Promise.all([admit(), admit()]);
  for (const answer of answers) if (answer.kind === 'admitted') await answer.grant.settle(completed(1000, 1000));
  expect(answers.map((answer) => answer.kind)).toEqual(['admitted', 'admitted']);
  net.up = true;
  await pass(11_000);
  expect(stands(inner)).toMatchObject({ committed: 36_000_000, reserved: 0 });
});

test('a settlement that the store did not hear is tried until it does, and charged once', async () => {
  const { net, inner, admit, pass, spent } = setUp();
  const answer = await admit();
  net.up = false;
  if (answer.kind === 'admitted') await answer.grant.settle(completed(1000, 1000));
  await pass(3000);
  expect(stands(inner)).toMatchObject({ committed: 0, reserved: 18_000_000 });
  net.up = true;
  await pass(11_000);
  expect(stands(inner)).toMatchObject({ committed: 18_000_000, reserved: 0 });
  expect(spent('b')).toBe(0.018);
});

test('local: calls go out on the slice that was set aside, and no further', async () => {
  const { net, inner, admit, pass } = setUp({ limit: 1, onStoreUnavailable: 'local', localShare: 0.05 });
  const first = await admit();
  if (first.kind === 'admitted') await first.grant.settle(completed(1000, 1000));
  await pass(2000);
  // What was spent, and a slice of $0.05.
  expect(stands(inner)).toMatchObject({ committed: 18_000_000, reserved: 50_000_000 });
  net.up = false;
  const kinds: string[] = [];
  for (let call = 0; call < 4; call += 1) {
    const answer = await admit();
    kinds.push(answer.kind);
    if (answer.kind === 'admitted') await answer.grant.settle(completed(1000, 1000));
  }
  expect(kinds).toEqual(['admitted', 'admitted', 'refused', 'refused']);
  net.up = true;
  await pass(15_000);
  // Both calls are charged, and a full slice is set aside again.
  expect(stands(inner)).toMatchObject({ committed: 54_000_000, reserved: 50_000_000 });
});

test('local: of many budgets those are set aside for that are in use, and what is used no more is given back', async () => {
  const { inner, policy, clock, pass } = setUp({ per: 'user', limit: 1000, onStoreUnavailable: 'local' });
  const call = async (user: string): Promise<void> => {
    const answer = await policy.admit(callOf({ labels: { user } }));
    if (answer.kind === 'admitted') await answer.grant.settle(completed(0, 0));
  };
  const reservedFor = (user: string) => inner.read([{ key: `b/${user}`, slots: always, limit: 0 }])[0]?.reserved;
  for (let user = 0; user < 101; user += 1) await call(`u${user}`);
  await pass(2000);
  expect([reservedFor('u0'), reservedFor('u99'), reservedFor('u100')]).toEqual([20e9, 20e9, 0]);
  clock.now += 601_000;
  await pass(2000);
  expect([reservedFor('u0'), reservedFor('u99')]).toEqual([0, 0]);
  await call('u100');
  await pass(2000);
  expect(reservedFor('u100')).toBe(20e9);
});

test('local: a process that never reached the store has no slice and blocks', async () => {
  const { net, admit } = setUp({ onStoreUnavailable: 'local' });
  net.up = false;
  const why = 'and this process has nothing left of the share of the limit that it may spend in that case.';
  expect(await admit()).toMatchObject({ kind: 'refused', refusal: { message: `The store of "b" cannot be reached, ${why}` } });
});

test('the end of a policy settles what waits and gives slices back', async () => {
  const { net, inner, admit, pass, policy } = setUp({ limit: 1, onStoreUnavailable: 'local' });
  const answer = await admit();
  await pass(2000);
  net.up = false;
  if (answer.kind === 'admitted') await answer.grant.settle(completed(1000, 1000));
  await pass(600);
  net.up = true;
  const stopped = policy.stop();
  await pass(1000);
  await stopped;
  expect(stands(inner)).toMatchObject({ committed: 18_000_000, reserved: 0 });
});

test('what a store says of itself is an event: that it may forget, that it has forgotten', () => {
  const clock = new HandClock();
  let tell: Parameters<NonNullable<BudgetStore['onNotice']>>[0] | undefined;
  const store: BudgetStore = { ...remote(clock).store, onNotice: (listen) => void (tell = listen) };
  const { events } = world([budget], { store, clock });
  tell?.({ kind: 'not_durable', message: 'No append-only file.' });
  tell?.({ kind: 'data_lost', message: 'Lost.' });
  expect(events.map(({ name, severity }) => [name, severity])).toEqual([
    ['purser.store.not_durable', 'warning'],
    ['purser.store.data_lost', 'error'],
  ]);
});
