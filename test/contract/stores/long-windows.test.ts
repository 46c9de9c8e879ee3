/** Windows that are longer than what is over is kept. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BudgetLine } from '../../../src/call/budget-store.ts';
import { type OpenStore, storeKinds } from './open-stores.ts';
import { requireAll } from './redis-server.ts';

const DAY = 86_400_000;
const widthMs = 1.5 * DAY;
const slots = { kind: 'rolling', widthMs, count: 20 } as const;
const line: BudgetLine = { key: 'month', slots, limit: 1000, amount: 10, enforce: true, thresholds: [] };

for (const kind of storeKinds) {
  describe.skipIf(kind.missing !== undefined && !requireAll)(`${kind.name}${kind.missing === undefined ? '' : ` (${kind.missing})`}`, () => {
    const clock = { now: 14_000 * widthMs, nowMs: () => clock.now, monotonicMs: () => clock.now };
    let open: OpenStore;
    beforeAll(async () => {
      open = await kind.open(clock, true);
    });
    afterAll(() => open?.close());

    test('a window that rolls over 30 days counts all of them', async () => {
      for (let day = 0; day < 30; day += 1) {
        const id = `day-${day}`;
        const slotMs = clock.now - (clock.now % widthMs);
        // Every third one was admitted while the store was away.
        if (day % 3 !== 0) await open.store.reserve({ id, leaseMs: 60_000, lines: [line] });
        await open.store.settle({ id, lines: [{ ...line, slotMs }] });
        clock.now += DAY;
      }
      expect(await open.store.read([{ key: 'month', slots, limit: 1000 }])).toMatchObject([{ committed: 300, reserved: 0 }]);
      clock.now += 40 * DAY;
      expect(await open.store.read([{ key: 'month', slots, limit: 1000 }])).toMatchObject([{ committed: 0 }]);
    });

    test('what was set by hand in a window that rolls gives no room when the parts before it lapse', async () => {
      const hand: BudgetLine = { ...line, key: 'hand' };
      const settle = (id: string) => open.store.settle({ id, lines: [{ ...hand, slotMs: clock.now - (clock.now % widthMs) }] });
      const stands = async () => (await open.store.read([{ key: 'hand', slots, limit: 1000 }]))[0]?.committed;
      await settle('hand-1');
      clock.now += 15 * DAY;
      await settle('hand-2');
      const change = { key: 'hand', slots, by: 'ops' };
      expect(await open.store.change({ ...change, change: { kind: 'committed', committed: 3 } })).toMatchObject({ from: 20, to: 3 });
      expect(await stands()).toBe(3);
      clock.now += 20 * DAY;
      expect(await stands()).toBe(3);
      expect(await open.store.change({ ...change, change: { kind: 'committed', committed: 0 } })).toMatchObject({ from: 3, to: 0 });
      clock.now += 20 * DAY;
      expect(await stands()).toBe(0);
    });
  });
}
