/** What every store promises of lines that are no budgets: rates that lapse, slots that come back, and turns among those that wait. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BudgetLine, SlotChoice, Turn } from '../../../src/call/budget-store.ts';
import { type OpenStore, storeKinds } from './open-stores.ts';
import { requireAll } from './redis-server.ts';

const ever: SlotChoice = { kind: 'fixed', candidates: [{ startMs: 0, endMs: 8_640_000_000_000_000 }] };
const minute: SlotChoice = { kind: 'rolling', widthMs: 1000, count: 60 };
const LEASE = 15_000;

const slots = (key: string, limit: number): BudgetLine => ({ key, slots: ever, limit, amount: 1, enforce: true, thresholds: [], role: 'slots' });
const rate = (key: string, limit: number, amount = 1): BudgetLine => ({ key, slots: minute, limit, amount, enforce: true, thresholds: [], role: 'rate' });
const turn = (who: string, waitedMs: number, keepMs = 1000): Turn => ({ who, waitedMs, keepMs });

for (const kind of storeKinds) {
  describe.skipIf(kind.missing !== undefined && !requireAll)(`${kind.name}${kind.missing === undefined ? '' : ` (${kind.missing})`}`, () => {
    const clock = { now: 1_800_000_000_000, nowMs: () => clock.now, monotonicMs: () => clock.now };
    let open: OpenStore;
    beforeAll(async () => {
      open = await kind.open(clock);
    });
    afterAll(() => open?.close());
    const reserve = (id: string, lines: readonly BudgetLine[], more: { readonly turn?: Turn } = {}) =>
      Promise.resolve(open.store.reserve({ id, leaseMs: LEASE, lines, ...more }));
    const settle = (id: string, line: BudgetLine, amount: number, slotMs = 0) =>
      Promise.resolve(open.store.settle({ id, lines: [{ ...line, amount, slotMs }] }));
    const inUse = async (line: BudgetLine) => (await open.store.read([{ key: line.key, slots: line.slots, limit: line.limit }]))[0];

    test('slots are refused when all are held, and one that is given back can be taken again', async () => {
      const line = slots('give', 2);
      expect([(await reserve('g1', [line])).kind, (await reserve('g2', [line])).kind, (await reserve('g3', [line])).kind]).toEqual([
        'reserved',
        'reserved',
        'refused',
      ]);
      await settle('g1', line, 0);
      expect((await reserve('g3', [line])).kind).toBe('reserved');
      expect(await inUse(line)).toMatchObject({ committed: 0, reserved: 2 });
    });

    test('slots of a process that died come back when its lease runs out, and not before', async () => {
      const line = slots('died', 1);
      await reserve('d1', [line]);
      clock.now += LEASE - 1;
      expect((await reserve('d2', [line])).kind).toBe('refused');
      clock.now += 2;
      expect((await reserve('d3', [line])).kind).toBe('reserved');
      expect(await inUse(line)).toMatchObject({ committed: 0, reserved: 1 });
    });

    test('a renewed lease keeps its slot; one that had lapsed takes it again only where it is free', async () => {
      const line = slots('renew', 1);
      await reserve('r1', [line]);
      clock.now += LEASE - 1;
      expect((await open.store.extend({ id: 'r1', leaseMs: LEASE, lines: [{ ...line, slotMs: 0 }] })).kind).toBe('extended');
      clock.now += LEASE - 1;
      expect((await reserve('r2', [line])).kind).toBe('refused');
      clock.now += 2;
      expect((await reserve('r3', [line])).kind).toBe('reserved');
      expect((await open.store.extend({ id: 'r1', leaseMs: LEASE, lines: [{ ...line, slotMs: 0 }] })).kind).toBe('refused');
      await settle('r3', line, 0);
      expect((await open.store.extend({ id: 'r1', leaseMs: LEASE, lines: [{ ...line, slotMs: 0 }] })).kind).toBe('extended');
      await settle('r1', line, 0);
      expect(await inUse(line)).toMatchObject({ committed: 0, reserved: 0 });
    });

    test('a slot that is settled after its lease ran out is not given back twice', async () => {
      const line = slots('twice', 2);
      await reserve('t1', [line]);
      clock.now += LEASE + 1;
      await reserve('t2', [line]);
      expect((await settle('t1', line, 0)).kind).toBe('corrected');
      expect(await inUse(line)).toMatchObject({ committed: 0, reserved: 1 });
    });

    test('a lease that runs out charges the rates of a call and gives back its slots', async () => {
      const lines = [rate('both-rate', 10), slots('both-slots', 10)];
      await reserve('b1', lines);
      clock.now += LEASE + 1;
      expect(await inUse(lines[0] ?? rate('', 0))).toMatchObject({ committed: 1, reserved: 0 });
      expect(await inUse(lines[1] ?? slots('', 0))).toMatchObject({ committed: 0, reserved: 0 });
    });

    test('a refused rate tells in how long there will be room, and there is room then and not a moment earlier', async () => {
      const line = rate('room', 10, 4);
      const start = (clock.now = Math.ceil(clock.now / 1000) * 1000);
      await reserve('m1', [line]);
      clock.now = start + 20_500;
      await reserve('m2', [line]);
      clock.now = start + 30_200;
      const refused = await reserve('m3', [line]);
      // The first slot lapses when 61 further ones have begun.
      expect(refused).toMatchObject({ kind: 'refused', lines: [{ roomInMs: 30_800 }] });
      clock.now += 30_799;
      expect((await reserve('m3', [line])).kind).toBe('refused');
      clock.now += 1;
      expect((await reserve('m3', [line])).kind).toBe('reserved');
    });

    test('a call that is larger than the rate is told of no room', async () => {
      const answer = await reserve('huge', [rate('small', 10, 11)]);
      expect(answer.kind === 'refused' && answer.lines[0]?.roomInMs).toBeUndefined();
    });

    test('never more than the rate in any window of its length, whenever calls come', async () => {
      const line = rate('window', 10);
      const sent: number[] = [];
      let seed = 7;
      for (let call = 0; call < 600; call += 1) {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        clock.now += seed % 1500;
        const answer = await reserve(`w${call}`, [line]);
        if (answer.kind === 'reserved') {
          sent.push(clock.now);
          await settle(`w${call}`, line, 1, answer.lines[0]?.slotMs ?? 0);
        }
      }
      const most = Math.max(...sent.map((at) => sent.filter((other) => other > at - 60_000 && other <= at).length));
      expect(most).toBe(10);
      expect(sent.length).toBeGreaterThan(60);
    });

    test('whoever has waited longer goes first, also past one who comes when there is room', async () => {
      const line = slots('turns', 1);
      await reserve('u1', [line]);
      expect((await reserve('u2', [line], { turn: turn('a', 0) })).kind).toBe('refused');
      clock.now += 100;
      expect((await reserve('u3', [line], { turn: turn('b', 0) })).kind).toBe('refused');
      await settle('u1', line, 0);
      expect((await reserve('u3', [line], { turn: turn('b', 0) })).kind).toBe('refused');
      expect((await reserve('u4', [line], { turn: turn('c', 0, 0) })).kind).toBe('refused');
      expect((await reserve('u2', [line], { turn: turn('a', 100) })).kind).toBe('reserved');
      await settle('u2', line, 0);
      expect((await reserve('u4', [line], { turn: turn('c', 0, 0) })).kind).toBe('refused');
      expect((await reserve('u3', [line], { turn: turn('b', 0) })).kind).toBe('reserved');
    });

    test('the place of one who does not ask again lapses, and holds nobody up', async () => {
      const line = slots('lapse', 1);
      await reserve('l1', [line]);
      await reserve('l2', [line], { turn: turn('dead', 5000) });
      await settle('l1', line, 0);
      clock.now += 1001;
      expect((await reserve('l3', [line], { turn: turn('alive', 0) })).kind).toBe('reserved');
    });

    test('one who waits for something else holds nobody up', async () => {
      const own = slots('own', 1);
      const shared = slots('shared', 5);
      await reserve('s1', [own]);
      expect(await reserve('s2', [own, shared], { turn: turn('a', 1000) })).toMatchObject({ kind: 'refused', refused: [0] });
      expect((await reserve('s3', [shared], { turn: turn('b', 0) })).kind).toBe('reserved');
    });
  });
}
