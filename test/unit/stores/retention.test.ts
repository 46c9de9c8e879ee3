/** What is forgotten because it is idle: no sooner than it counts, by the longest window of all that share the store. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { BudgetLine } from '../../../src/call/budget-store.ts';
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts';
import { openBook } from '../../../src/stores/sqlite/open-book.ts';
import { scratchFolder } from '../../support/scratch.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 20, 12);
const retention = { slotMs: 2 * DAY, recordMs: 900_000, records: 50_000, idleMs: 10 * MINUTE };
const lineOf = (key: string, windowMs: number): BudgetLine => ({
  key,
  slots: { kind: 'rolling', widthMs: windowMs / 60, count: 61 },
  limit: 1,
  amount: 1,
  enforce: true,
  thresholds: [],
  role: 'rate',
});
const reserve = (id: string, key: string, windowMs: number) => ({ id, leaseMs: MINUTE, lines: [lineOf(key, windowMs)] });
const settle = (id: string, key: string, windowMs: number) => ({ id, lines: [{ ...lineOf(key, windowMs), slotMs: START }] });

test('in a file a process with short windows leaves those of another process alone', () => {
  const settings = { path: join(scratchFolder(), 'limits.db'), durability: 'process', retention } as const;
  const [long, short] = [openBook(settings), openBook(settings)];
  const first = [
    { kind: 'reserve', request: reserve('first', 'limit:day', DAY) },
    { kind: 'settle', request: settle('first', 'limit:day', DAY) },
  ] as const;
  long.run(first, START);
  const later = START + 30 * MINUTE;
  for (let call = 0; call < 450; call++) short.run([{ kind: 'reserve', request: reserve(`call-${call}`, `limit:minute/${call}`, MINUTE) }], later);
  expect(long.run([{ kind: 'reserve', request: reserve('second', 'limit:day', DAY) }], later)).toMatchObject([{ kind: 'refused' }]);
  for (const book of [long, short]) book.close();
});

test('what processes have left that made a single call each is forgotten by the next of them', () => {
  const settings = { path: join(scratchFolder(), 'budgets.db'), durability: 'process' } as const;
  for (let hour = 0; hour < 5; hour += 1) {
    const book = openBook(settings);
    const operations = [
      { kind: 'reserve', request: reserve(`call-${hour}`, `budget/${hour}`, DAY) },
      { kind: 'settle', request: settle(`call-${hour}`, `budget/${hour}`, DAY) },
    ] as const;
    for (const operation of operations) book.run([operation], START + 2 * hour * 60 * MINUTE);
    book.close();
  }
  const database = new DatabaseSync(settings.path);
  expect(database.prepare('SELECT id FROM ended_calls').all()).toMatchObject([{ id: 'call-4' }]);
  database.close();
});

test('in memory windows that became longer while the process runs count to their end', () => {
  let now = START;
  const store = new MemoryStore({ clock: { nowMs: () => now, monotonicMs: () => now }, retention });
  void store.reserve(reserve('first', 'limit:day', DAY));
  void store.settle(settle('first', 'limit:day', DAY));
  now += 30 * MINUTE;
  for (let call = 0; call < 4200; call++) {
    void store.reserve(reserve(`call-${call}`, `limit:minute/${call}`, MINUTE));
    void store.settle(settle(`call-${call}`, `limit:minute/${call}`, MINUTE));
  }
  expect(store.reserve(reserve('second', 'limit:day', DAY))).toMatchObject({ kind: 'refused' });
});
