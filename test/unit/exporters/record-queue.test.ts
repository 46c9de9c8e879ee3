import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { reportedCauses, resetDiag } from '../../../src/base/diag.ts';
import { RecordQueue, type Delivery } from '../../../src/exporters/record-queue.ts';
import { useFakeTimers, useRealTimers } from '../../support/fake-timers.ts';

beforeEach(() => {
  useFakeTimers();
  resetDiag();
});
afterEach(() => useRealTimers());

interface Flight {
  readonly records: readonly number[];
  readonly land: () => void;
  readonly crash: () => void;
  gone: boolean;
}

const queueOf = (maxQueue: number, maxBatch: number): { queue: RecordQueue<number>; flights: Flight[]; overflow: () => number } => {
  const flights: Flight[] = [];
  let lost = 0;
  const deliver = (records: readonly number[]): Delivery => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const flight: Flight = { records, land: resolve, crash: () => reject(new Error('crash')), gone: false };
    flights.push(flight);
    return { done: promise, gone: () => flight.gone };
  };
  const queue = new RecordQueue<number>({ batch: { maxQueue, maxBatch, delayMs: 1000 }, deliver, onOverflow: () => (lost += 1), onSize: () => undefined });
  return { queue, flights, overflow: () => lost };
};

const batches = (flights: readonly Flight[]): (readonly number[])[] => flights.map((flight) => flight.records);

const taken = (gone: boolean): readonly number[] => {
  const { queue, flights } = queueOf(10, 2);
  for (const record of [1, 2, 3]) queue.push(record);
  vi.advanceTimersByTime(0);
  for (const flight of flights) flight.gone = gone;
  return queue.drain();
};

test('records wait for company until the delay is over', () => {
  const { queue, flights } = queueOf(10, 5);
  queue.push(1);
  vi.advanceTimersByTime(999);
  queue.push(2);
  expect(flights).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(batches(flights)).toEqual([[1, 2]]);
});

test('a full batch goes at once, the next one only when it has landed', async () => {
  const { queue, flights } = queueOf(10, 2);
  for (const record of [1, 2, 3, 4, 5]) queue.push(record);
  vi.advanceTimersByTime(0);
  expect(batches(flights)).toEqual([[1, 2]]);
  vi.advanceTimersByTime(5000);
  expect(flights).toHaveLength(1);
  flights[0]?.land();
  await vi.advanceTimersByTimeAsync(0);
  expect(batches(flights)).toEqual([
    [1, 2],
    [3, 4],
  ]);
  flights[1]?.land();
  await vi.advanceTimersByTimeAsync(1000);
  expect(batches(flights)[2]).toEqual([5]);
});

test('a flush does not wait for what comes while it is out', async () => {
  const { queue, flights } = queueOf(10, 2);
  for (const record of [1, 2, 3]) queue.push(record);
  const flushed = queue.flush();
  for (const record of [4, 5, 6]) queue.push(record);
  flights[0]?.land();
  await vi.advanceTimersByTimeAsync(0);
  queue.push(7);
  flights[1]?.land();
  await flushed;
  expect(batches(flights)).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(queue.drain()).toEqual([5, 6, 7]);
});

test('a flush gives away all that waits, also while a batch is out, and goes on when one crashes', async () => {
  const { queue, flights } = queueOf(10, 2);
  for (const record of [1, 2, 3]) queue.push(record);
  vi.advanceTimersByTime(0);
  let over = false;
  const flushed = queue.flush().then(() => (over = true));
  flights[0]?.crash();
  await vi.advanceTimersByTimeAsync(0);
  expect(batches(flights)).toEqual([[1, 2], [3]]);
  expect(over).toBe(false);
  flights[1]?.land();
  await flushed;
  expect(reportedCauses().get('export_batch')).toBe(1);
});

test('at the end what waits is taken out, and what is out only while it is not out of our hands', () => {
  expect(taken(false)).toEqual([1, 2, 3]);
  expect(taken(true)).toEqual([3]);
});

test('nothing is taken beyond the bound, nor after the end', () => {
  const { queue, overflow } = queueOf(3, 10);
  for (const record of [1, 2, 3, 4]) queue.push(record);
  expect(overflow()).toBe(1);
  queue.drain();
  queue.push(5);
  expect(overflow()).toBe(2);
});

test('the timer does not keep the process alive', () => {
  useRealTimers();
  const { queue } = queueOf(3, 10);
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  queue.push(1);
  expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(before);
  queue.close();
});
