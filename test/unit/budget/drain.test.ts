/** The end of a process: what is settled by then, what is counted, and what is nobody's loss. */
import { afterEach, expect, test, vi } from 'vitest';
import { resetDiag, setDiagSink } from '../../../src/base/diag.ts';
import type { BudgetStore, SettleRequest } from '../../../src/call/budget-store.ts';
import type { Admission } from '../../../src/call/policy.ts';
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts';
import { callOf, completed, HandClock, world } from './world.ts';

const budget = { id: 'b', limit: 1, mode: 'enforce', window: 'total', reserve: 'worst_case', onStoreUnavailable: 'allow' };

afterEach(() => {
  setDiagSink(undefined);
  resetDiag();
});

/** A store whose settlements fail so many times before they come through. */
const failing = (times: number, more: Partial<BudgetStore> = {}, choices: object = {}) => {
  const clock = new HandClock();
  const inner = new MemoryStore({ clock });
  let left = times;
  const store: BudgetStore = {
    name: 'redis',
    reserve: async (request) => inner.reserve(request),
    extend: async (request) => inner.extend(request),
    settle: async (request) => {
      if (left-- > 0) throw new Error('away');
      return inner.settle(request);
    },
    read: (questions) => inner.read(questions),
    keys: (name) => inner.keys(name),
    change: (change) => inner.change(change),
    changes: () => inner.changes(),
    close: () => inner.close(),
    ...more,
  };
  const said: string[] = [];
  const notice = (cause: string, message: string): void => {
    // That the store is away is said as well, which is not looked at here.
    if (cause !== 'budgets.unavailable') said.push(message);
  };
  setDiagSink({ fault: () => undefined, notice });
  return { ...world([{ ...budget, ...choices }], { store, clock }), clock, said };
};

const runCall = async (admitted: Admission | Promise<Admission>): Promise<void> => {
  const answer = await admitted;
  if (answer.kind === 'admitted') void answer.grant.settle(completed(1000, 1000));
};

test('nothing waits where nothing is left', async () => {
  const { policy } = failing(0);
  await runCall(policy.admit(callOf()));
  await Promise.resolve();
  await policy.drain(10_000);
  expect(policy.unsettled).toBe(false);
});

test('a settlement that fails is tried again until it is through', async () => {
  const { policy, spent, said } = failing(3);
  await runCall(policy.admit(callOf()));
  await policy.drain(5000);
  expect(policy.unsettled).toBe(false);
  expect(spent('b')).toBeCloseTo(0.018, 9);
  expect(said).toEqual([]);
});

test('what does not come through in time is counted once and said', async () => {
  const { policy, counts, said } = failing(Infinity);
  await runCall(policy.admit(callOf({ id: 'one' })));
  await runCall(policy.admit(callOf({ id: 'two' })));
  const before = counts.get('purser.store.errors') ?? 0;
  await policy.drain(60);
  await policy.drain(20);
  policy.drainAtExit(10);
  expect(said).toEqual(['2 settlements of budgets could not be written to the redis store in time: lost if the process ends now']);
  expect((counts.get('purser.store.errors') ?? 0) - before).toBeGreaterThanOrEqual(2);
});

test('when nothing can be waited for any more, what is under way and what waits goes out together, and counts as spent', async () => {
  const sent: SettleRequest[] = [];
  const never = new Promise<never>(() => undefined);
  const { policy, counts } = failing(0, {
    settle: () => never,
    settleAtExit: (requests) => {
      sent.push(...requests);
      return requests.map(() => ({ kind: 'settled', lines: [], crossings: [], expired: [] }));
    },
  });
  await runCall(policy.admit(callOf({ id: 'one' })));
  await runCall(policy.admit(callOf({ id: 'two' })));
  policy.drainAtExit(100);
  expect(sent.map(({ id, lines }) => [id, lines[0]?.amount])).toEqual([
    ['one', 18_000_000],
    ['two', 18_000_000],
  ]);
  expect(counts.get('purser.budget.spend')).toBeCloseTo(0.036, 9);
  expect(policy.unsettled).toBe(false);
});

test('of what waited for the store all goes out also where the process ends while the first of it is tried again', async () => {
  let asked = 0;
  const sent: string[] = [];
  const { policy, clock } = failing(0, {
    settle: () => ((asked += 1) > 1 ? new Promise<never>(() => undefined) : Promise.reject(new Error('away'))),
    settleAtExit: (requests) => {
      sent.push(...requests.map(({ id }) => id));
      return requests.map(() => ({ kind: 'settled', lines: [], crossings: [], expired: [] }));
    },
  });
  for (const id of ['one', 'two', 'three']) await runCall(policy.admit(callOf({ id })));
  await vi.waitFor(() => expect(asked).toBe(1));
  clock.now += 10_000;
  await vi.waitFor(() => expect(asked).toBe(2));
  policy.drainAtExit(100);
  expect(sent.sort()).toEqual(['one', 'three', 'two']);
});

test('what was charged counts also where only the second time that it is sent is heard of', async () => {
  const { policy, counts } = failing(0, {
    settle: () => new Promise<never>(() => undefined),
    settleAtExit: (requests) => requests.map(() => ({ kind: 'duplicate', lines: [], crossings: [], expired: [] })),
  });
  await runCall(policy.admit(callOf({ id: 'one' })));
  policy.drainAtExit(100);
  expect(counts.get('purser.budget.spend')).toBeCloseTo(0.018, 9);
});

test('a threshold that was passed while nothing could be waited for is told', async () => {
  const line = { committed: 36_000_000, reserved: 0, limit: 40_000_000, slotMs: 0, endMs: 8_640_000_000_000_000 };
  const { policy, counts } = failing(0, {
    settle: () => new Promise<never>(() => undefined),
    settleAtExit: (requests) => requests.map(() => ({ kind: 'duplicate', lines: [line], crossings: [{ line: 0, threshold: 0.5 }], expired: [] })),
  });
  await runCall(policy.admit(callOf({ id: 'one' })));
  policy.drainAtExit(100);
  expect(counts.get('purser.budget.thresholds_crossed')).toBe(1);
});

test('a reservation that is taken back is nobody’s loss: the process does not wait for it', async () => {
  const { policy, said } = failing(Infinity, { reserve: () => Promise.reject(new Error('away')) }, { onStoreUnavailable: 'block' });
  expect(await policy.admit(callOf())).toMatchObject({ kind: 'refused', refusal: { code: 'policy_unavailable' } });
  const began = performance.now();
  await policy.drain(5000);
  expect(performance.now() - began).toBeLessThan(1000);
  expect(said).toEqual([]);
});

test('a reservation that reached the store although its answer did not is given back before the process ends', async () => {
  const inner = new MemoryStore({ clock: new HandClock() });
  const { policy } = failing(
    0,
    {
      reserve: (request) => {
        inner.reserve(request);
        return Promise.reject(new Error('no answer'));
      },
      settle: async (request) => inner.settle(request),
    },
    { onStoreUnavailable: 'block' },
  );
  await policy.admit(callOf());
  const slots = { kind: 'fixed', candidates: [{ startMs: 0, endMs: 8_640_000_000_000_000 }] } as const;
  const stands = () => inner.read([{ key: 'b', slots, limit: 1 }])[0];
  expect(stands()).toMatchObject({ reserved: 18_000_000 });
  await policy.drain(1000);
  expect(stands()).toMatchObject({ reserved: 0, committed: 0 });
});
