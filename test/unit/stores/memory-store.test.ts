import { expect, test } from 'vitest';
import type { BudgetLine } from '../../../src/call/budget-store.ts';
import { LeaseHeap } from '../../../src/stores/lease-heap.ts';
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts';

const DAY = 86_400_000;
const clock = { now: 20_000 * DAY, nowMs: () => clock.now, monotonicMs: () => clock.now };
const dayAt = (now: number) => {
  const startMs = Math.floor(now / DAY) * DAY;
  return { kind: 'fixed', candidates: [{ startMs, endMs: startMs + DAY }] } as const;
};
const line = (amount: number): BudgetLine => ({ key: 'b', slots: dayAt(clock.now), limit: 1000, amount, enforce: true, thresholds: [] });

test('leases come out by their end, whatever order they went in', () => {
  const heap = new LeaseHeap();
  const ends = Array.from({ length: 500 }, (_, index) => (index * 7919) % 503);
  for (const end of ends) heap.push(String(end), end);
  const out: number[] = [];
  for (let lease = heap.pop(); lease !== undefined; lease = heap.pop()) out.push(lease.endMs);
  expect(out).toEqual(ends.toSorted((a, b) => a - b));
  expect(heap.firstEndMs).toBe(Infinity);
});

test('a store that runs for a year does not keep a year', () => {
  const store = new MemoryStore({ clock, retention: { slotMs: 2 * DAY, recordMs: 60_000, records: 100 } });
  for (let day = 0; day < 365; day += 1) {
    clock.now += DAY;
    for (let call = 0; call < 5; call += 1) {
      const id = `${day}-${call}`;
      store.reserve({ id, leaseMs: 1000, lines: [line(1)] });
      store.settle({ id, lines: [{ ...line(1), slotMs: Math.floor(clock.now / DAY) * DAY }] });
    }
  }
  const old = clock.now - 10 * DAY;
  expect(
    store.read([{ key: 'b', slots: { kind: 'fixed', candidates: [{ startMs: Math.floor(old / DAY) * DAY, endMs: 8_640_000_000_000_000 }] }, limit: 0 }])[0]
      ?.committed,
  ).toBe(0);
  expect(store.read([{ key: 'b', slots: dayAt(clock.now), limit: 0 }])[0]?.committed).toBe(5);
});

test('an operation charges ten dead leases at most, and the next one goes on', () => {
  const store = new MemoryStore({ clock });
  for (let call = 0; call < 25; call += 1) store.reserve({ id: `dead-${call}`, leaseMs: 1000, lines: [line(1)] });
  clock.now += 1000;
  const stands = () => store.read([{ key: 'b', slots: dayAt(clock.now), limit: 0 }])[0];
  expect(stands()).toMatchObject({ committed: 10, reserved: 15 });
  expect(stands()).toMatchObject({ committed: 20, reserved: 5 });
  expect(stands()).toMatchObject({ committed: 25, reserved: 0 });
});
