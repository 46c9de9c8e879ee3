/** What every store promises besides the arithmetic, which the model holds. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BudgetLine, HeldLine } from '../../../src/call/budget-store.ts';
import { type OpenStore, storeKinds } from './open-stores.ts';
import { requireAll } from './redis-server.ts';

const slots = { kind: 'fixed', candidates: [{ startMs: 0, endMs: 8_640_000_000_000_000 }] } as const;
const line = (key: string, amount: number, more: Partial<BudgetLine> = {}): BudgetLine => ({
  key,
  slots,
  limit: 100,
  amount,
  enforce: true,
  thresholds: [],
  ...more,
});
const held = (key: string, amount: number): HeldLine => ({ ...line(key, amount), slotMs: 0 });

for (const kind of storeKinds) {
  describe.skipIf(kind.missing !== undefined && !requireAll)(`${kind.name}${kind.missing === undefined ? '' : ` (${kind.missing})`}`, () => {
    const clock = { now: 1_800_000_000_000, nowMs: () => clock.now, monotonicMs: () => clock.now };
    let open: OpenStore;
    beforeAll(async () => {
      open = await kind.open(clock);
    });
    afterAll(() => open?.close());
    const read = async (key: string) => (await open.store.read([{ key, slots, limit: 100 }]))[0];

    test('a hundred reservations at once fill a budget exactly', async () => {
      const answers = await Promise.all(
        Array.from({ length: 100 }, async (_, call) => open.store.reserve({ id: `full-${call}`, leaseMs: 60_000, lines: [line('full', 3)] })),
      );
      expect(answers.filter((answer) => answer.kind === 'reserved')).toHaveLength(33);
      expect(await read('full')).toMatchObject({ reserved: 99, committed: 0 });
    });

    test('amounts up to nine million dollars are exact to the nano-dollar', async () => {
      const limit = 8_999_999_999_999_999;
      const amount = 8_999_999_999_999_998;
      const lines = [line('large', amount, { limit })];
      await open.store.reserve({ id: 'large', leaseMs: 60_000, lines });
      await open.store.settle({ id: 'large', lines: [{ ...line('large', amount, { limit }), slotMs: 0 }] });
      expect((await open.store.reserve({ id: 'large-2', leaseMs: 60_000, lines: [line('large', 2, { limit })] })).kind).toBe('refused');
      expect((await open.store.reserve({ id: 'large-3', leaseMs: 60_000, lines: [line('large', 1, { limit })] })).kind).toBe('reserved');
      expect(await read('large')).toMatchObject({ committed: amount, reserved: 1 });
    });

    test('keys of a budget are its own and those it is split into, and not those of a namesake', async () => {
      for (const key of ['team', 'team/a', 'team/b%20c', 'team-2', 'teams/x']) {
        await open.store.reserve({ id: `keys-${key}`, leaseMs: 60_000, lines: [line(key, 1)] });
      }
      expect([...(await open.store.keys('team'))].sort((a, b) => a.localeCompare(b))).toEqual(['team', 'team/a', 'team/b%20c']);
    });

    test('a limit set by hand holds at once, in every answer, until it is taken back', async () => {
      const set = await open.store.change({ key: 'hand', slots, change: { kind: 'limit', limit: 10 }, by: 'ops@example.test' });
      expect(set).toEqual({ atMs: clock.now, by: 'ops@example.test', key: 'hand', what: 'limit', from: undefined, to: 10 });
      expect(await open.store.reserve({ id: 'hand-1', leaseMs: 60_000, lines: [line('hand', 11)] })).toMatchObject({ kind: 'refused', lines: [{ limit: 10 }] });
      await open.store.change({ key: 'hand', slots, change: { kind: 'limit', limit: undefined }, by: 'ops@example.test' });
      expect((await open.store.reserve({ id: 'hand-2', leaseMs: 60_000, lines: [line('hand', 11)] })).kind).toBe('reserved');
    });

    test('what is spent can be set, calls in flight stay, and thresholds are told anew', async () => {
      const told = [line('reset', 60, { thresholds: [0.5] })];
      await open.store.reserve({ id: 'reset-1', leaseMs: 60_000, lines: told });
      const first = await open.store.settle({ id: 'reset-1', lines: [{ ...line('reset', 60, { thresholds: [0.5] }), slotMs: 0 }] });
      expect(first.crossings).toEqual([{ line: 0, threshold: 0.5 }]);
      await open.store.reserve({ id: 'reset-2', leaseMs: 60_000, lines: [line('reset', 30)] });
      const change = await open.store.change({ key: 'reset', slots, change: { kind: 'committed', committed: 0 }, by: 'ops' });
      expect(change).toMatchObject({ what: 'committed', from: 60, to: 0 });
      expect(await read('reset')).toMatchObject({ committed: 0, reserved: 30 });
      const second = await open.store.settle({ id: 'reset-2', lines: [{ ...line('reset', 55, { thresholds: [0.5] }), slotMs: 0 }] });
      expect(second.crossings).toEqual([{ line: 0, threshold: 0.5 }]);
    });

    test('each limit has thresholds and a first refusal of its own, as a budget has that was raised, or that two services give different limits', async () => {
      const spend = async (id: string, limit: number, amount: number) => {
        const lines = [line('limits', amount, { limit, thresholds: [0.5, 1] })];
        const { kind } = await open.store.reserve({ id, leaseMs: 60_000, lines });
        if (kind === 'refused') return kind;
        const { crossings } = await open.store.settle({ id, lines: [{ ...line('limits', amount, { limit, thresholds: [0.5, 1] }), slotMs: 0 }] });
        return crossings.map(({ threshold }) => threshold);
      };
      const firstOf = async (id: string, limit: number) => {
        const answer = await open.store.reserve({ id, leaseMs: 60_000, lines: [line('limits', 10, { limit })] });
        return answer.kind === 'refused' ? answer.first : answer.kind;
      };
      expect(await spend('limits-1', 100, 60)).toEqual([0.5]);
      expect(await spend('limits-2', 100, 40)).toEqual([1]);
      expect([await firstOf('limits-3', 100), await firstOf('limits-4', 100)]).toEqual([[0], []]);
      expect(await spend('limits-5', 300, 40)).toEqual([]);
      expect(await spend('limits-6', 300, 20)).toEqual([0.5]);
      expect(await spend('limits-7', 300, 140)).toEqual([1]);
      expect([await firstOf('limits-8', 300), await firstOf('limits-9', 300), await firstOf('limits-a', 100)]).toEqual([[0], [], []]);
    });

    test('a settlement that is sent again, since its answer was lost, is told the same crossings, and no other one is', async () => {
      const lines = [{ ...line('again', 60, { thresholds: [0.5, 0.6, 0.9] }), slotMs: 0 }];
      await open.store.reserve({ id: 'again-1', leaseMs: 60_000, lines });
      await open.store.reserve({ id: 'again-2', leaseMs: 60_000, lines: [line('again', 1)] });
      const first = await open.store.settle({ id: 'again-1', lines });
      expect(first.crossings).toEqual([
        { line: 0, threshold: 0.5 },
        { line: 0, threshold: 0.6 },
      ]);
      expect(await open.store.settle({ id: 'again-1', lines })).toEqual({ ...first, kind: 'duplicate', lines: [{ ...first.lines[0], reserved: 1 }] });
      const other = await open.store.settle({ id: 'again-2', lines: [{ ...line('again', 1, { thresholds: [0.5, 0.6, 0.9] }), slotMs: 0 }] });
      expect(other.crossings).toEqual([]);
    });

    test('changes by hand are kept with who and when, the latest first', async () => {
      const [latest, before] = await open.store.changes();
      expect(latest).toMatchObject({ key: 'reset', by: 'ops', atMs: clock.now });
      expect(before).toMatchObject({ key: 'hand', what: 'limit', from: 10, to: undefined });
    });

    test('a call that the store never knew is charged all the same', async () => {
      expect((await open.store.settle({ id: 'stranger', lines: [held('strange', 70)] })).kind).toBe('charged');
      expect((await open.store.settle({ id: 'stranger', lines: [held('strange', 70)] })).kind).toBe('duplicate');
      expect(await read('strange')).toMatchObject({ committed: 70 });
    });

    test('a reservation that comes after its settlement reserves nothing', async () => {
      await open.store.settle({ id: 'late', lines: [held('late', 0)] });
      await open.store.reserve({ id: 'late', leaseMs: 60_000, lines: [line('late', 50)] });
      expect(await read('late')).toMatchObject({ committed: 0, reserved: 0 });
    });
  });
}
