import fs, { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BudgetLine } from '../../../src/call/budget-store.ts';
import { openJournalView } from '../../../src/stores/memory/journal-reader.ts';
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts';

const clock = { now: 1_800_000_000_000, nowMs: () => clock.now, monotonicMs: () => clock.now };
const slots = { kind: 'fixed', candidates: [{ startMs: 0, endMs: 8_640_000_000_000_000 }] } as const;
const line = (key: string, amount: number): BudgetLine => ({ key, slots, limit: 1000, amount, enforce: true, thresholds: [0.5] });
const held = (key: string, amount: number) => ({ ...line(key, amount), slotMs: 0 });

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'purser-journal-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (compactBytes?: number): MemoryStore =>
  new MemoryStore({ clock, journal: { directory, durability: 'process', ...(compactBytes === undefined ? {} : { compactBytes }) } });
const read = (store: MemoryStore, key = 'b') => store.read([{ key, slots, limit: 1000 }])[0];
/** Makes it look as if the process that holds the journal were gone. */
const abandon = (): void => writeFileSync(join(directory, 'budgets.journal.lock'), `999999999 ${hostname()}`);

test('what was charged is there for the next process, and what was reserved by a killed one is charged', () => {
  const store = open();
  store.reserve({ id: '1', leaseMs: 1000, lines: [line('b', 100)] });
  store.settle({ id: '1', lines: [held('b', 60)] });
  store.reserve({ id: '2', leaseMs: 1000, lines: [line('b', 100)] });
  abandon();
  expect(read(open())).toMatchObject({ committed: 160, reserved: 0 });
});

test('marks and limits that were set by hand outlive the process too', () => {
  const store = open();
  store.change({ key: 'b', slots, change: { kind: 'limit', limit: 500 }, by: 'somebody' });
  store.reserve({ id: '1', leaseMs: 1000, lines: [line('b', 300)] });
  expect(store.settle({ id: '1', lines: [held('b', 300)] }).crossings).toEqual([{ line: 0, threshold: 0.5 }]);
  abandon();
  const next = open();
  expect(read(next)).toMatchObject({ committed: 300, limit: 500 });
  next.reserve({ id: '2', leaseMs: 1000, lines: [line('b', 1)] });
  expect(next.settle({ id: '2', lines: [held('b', 1)] }).crossings).toEqual([]);
});

test('what counts in a window of 30 days is there for a process that starts late in it', () => {
  const rolling = { kind: 'rolling', widthMs: 1.5 * 86_400_000, count: 20 } as const;
  const month = { ...line('b', 100), slots: rolling };
  const store = open();
  for (const ago of [9, 6, 3]) store.settle({ id: `${ago}`, lines: [{ ...month, slotMs: (Math.floor(clock.now / rolling.widthMs) - ago) * rolling.widthMs }] });
  abandon();
  const question = { key: 'b', slots: rolling, limit: 1000 };
  const later = { nowMs: () => clock.now + 15 * 86_400_000, monotonicMs: () => 0 };
  expect(openJournalView(directory, later).read([question])).toMatchObject([{ committed: 300 }]);
  const next = new MemoryStore({ clock: later, journal: { directory, durability: 'process' } });
  next.reserve({ id: '2', leaseMs: 1000, lines: [month] });
  expect(next.read([question])).toMatchObject([{ committed: 300, reserved: 100 }]);
});

test('a line that was cut off by a loss of power is left out', () => {
  const store = open();
  store.reserve({ id: '1', leaseMs: 1000, lines: [line('b', 100)] });
  appendFileSync(join(directory, 'budgets.journal'), '+\tb\t0\t99');
  abandon();
  expect(read(open())).toMatchObject({ committed: 100 });
});

test('a line that was cut off in the middle, and the one that was written behind it, are left out; the others count', () => {
  const store = open();
  store.settle({ id: '1', lines: [held('b', 100)] });
  appendFileSync(join(directory, 'budgets.journal'), '+\tb\t0\t9');
  store.settle({ id: '2', lines: [held('b', 20)] });
  store.settle({ id: '3', lines: [held('b', 3)] });
  abandon();
  expect(read(open())).toMatchObject({ committed: 103, reserved: 0 });
});

test('what a disk that was full for a moment took only a part of is there whole', () => {
  const store = open();
  const { writeSync } = fs;
  // Only what is written as a text: a file that is written whole goes out as bytes.
  fs.writeSync = ((file: number, what: string | Buffer, ...more: never[]) =>
    typeof what === 'string' ? writeSync(file, what.slice(0, 5)) : writeSync(file, what, ...more)) as typeof fs.writeSync;
  syncBuiltinESMExports();
  try {
    store.settle({ id: '1', lines: [held('b', 100)] });
  } finally {
    fs.writeSync = writeSync;
    syncBuiltinESMExports();
  }
  store.settle({ id: '2', lines: [held('b', 20)] });
  abandon();
  expect(read(open())).toMatchObject({ committed: 120 });
});

test('a journal that could not be written for a while is written anew, with all that was spent meanwhile', () => {
  const store = new MemoryStore({ clock, journal: { directory, durability: 'process', retryMs: 0 } });
  const { writeSync } = fs;
  fs.writeSync = () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  syncBuiltinESMExports();
  try {
    for (const id of ['1', '2']) store.settle({ id, lines: [held('b', 100)] });
    expect(readFileSync(join(directory, 'budgets.journal'), 'utf8')).not.toContain('100');
  } finally {
    fs.writeSync = writeSync;
    syncBuiltinESMExports();
  }
  store.settle({ id: '3', lines: [held('b', 20)] });
  store.settle({ id: '4', lines: [held('b', 3)] });
  abandon();
  expect(read(open())).toMatchObject({ committed: 223 });
});

test('what cannot be read is not written over', () => {
  const path = join(directory, 'budgets.journal');
  mkdirSync(path);
  const store = new MemoryStore({ clock, journal: { directory, durability: 'process', retryMs: 0 } });
  rmSync(path, { recursive: true });
  writeFileSync(path, 'of somebody else');
  store.settle({ id: '1', lines: [held('b', 100)] });
  expect(readFileSync(path, 'utf8')).toBe('of somebody else');
});

test('a journal that has grown is written anew, small and complete', () => {
  const store = open(2000);
  for (let call = 0; call < 500; call += 1) {
    store.reserve({ id: `c${call}`, leaseMs: 1000, lines: [line('b', 1)] });
    store.settle({ id: `c${call}`, lines: [held('b', 1)] });
  }
  expect(statSync(join(directory, 'budgets.journal')).size).toBeLessThan(4000);
  abandon();
  expect(read(open())).toMatchObject({ committed: 500, reserved: 0 });
});

test('a second process takes a journal of its own, and the next one finds both again', async () => {
  const first = open();
  first.reserve({ id: '1', leaseMs: 1000, lines: [line('b', 100)] });
  const second = open();
  second.reserve({ id: '2', leaseMs: 1000, lines: [line('b', 7)] });
  expect(readdirSync(directory).sort((a, b) => a.localeCompare(b))).toEqual([
    'budgets.1.journal',
    'budgets.1.journal.lock',
    'budgets.journal',
    'budgets.journal.lock',
  ]);
  await first.close();
  await second.close();
  expect(read(open())).toMatchObject({ committed: 100 });
  expect(read(open())).toMatchObject({ committed: 7 });
});

test('the journal is readable by its owner alone', () => {
  open();
  expect(statSync(join(directory, 'budgets.journal')).mode & 0o077).toBe(0);
});

test('without a place to write the store goes on, and says that it forgets', () => {
  const file = join(directory, 'a-file');
  writeFileSync(file, '');
  const store = new MemoryStore({ clock, journal: { directory: join(file, 'below'), durability: 'process' } });
  const notices: string[] = [];
  store.onNotice(({ kind, message }) => notices.push(`${kind}: ${message}`));
  expect(store.reserve({ id: '1', leaseMs: 1000, lines: [line('b', 100)] }).kind).toBe('reserved');
  expect(notices).toEqual([expect.stringMatching(/^not_durable: .* cannot be written/)]);
});

test('a store without a journal writes nothing', () => {
  const store = new MemoryStore({ clock });
  store.reserve({ id: '1', leaseMs: 1000, lines: [line('b', 100)] });
  expect(existsSync(join(directory, 'budgets.journal'))).toBe(false);
  expect(readdirSync(directory)).toEqual([]);
});

test('the first line names the format', () => {
  open();
  expect(readFileSync(join(directory, 'budgets.journal'), 'utf8')).toMatch(/^purser-budget-journal 1\n/);
});
