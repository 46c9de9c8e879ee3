/** What is forgotten because it is idle: no sooner than it counts, in a file by the longest rolling window of all that share it. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { type BudgetLine, NO_END, type ReserveAnswer, type SlotChoice } from '../../../src/call/budget-store.ts';
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

const dayLine = (key: string, nowMs: number, days: number): BudgetLine => {
  const startMs = Math.floor(nowMs / (days * DAY)) * days * DAY;
  const candidates = [-1, 0, 1].map((at) => ({ startMs: startMs + at * days * DAY, endMs: startMs + (at + 1) * days * DAY }));
  return { key, slots: { kind: 'fixed', candidates }, limit: 10, amount: 7, enforce: true, thresholds: [0.5] };
};
const total: SlotChoice = { kind: 'fixed', candidates: [{ startMs: 0, endMs: NO_END }] };

/** What is asked of the store at a moment; the call is over at once. */
type Spend = (nowMs: number, id: string, line: BudgetLine) => string;

/** Days with many users a day, a month and a total that are used up on the first, and a limit set by hand. */
const liveThrough = (spend: Spend, users: number, from: number, to: number): void => {
  const lasting = (id: string): readonly string[] => [
    spend(START + from * DAY, `month-${id}`, dayLine('month', START + from * DAY, 31)),
    spend(START + from * DAY, `total-${id}`, { ...dayLine('total', START, 1), slots: total }),
  ];
  if (from === 0) expect(lasting('first')).toEqual(['reserved', 'reserved']);
  for (let day = from; day < to; day += 1)
    for (let user = 0; user < users; user += 1) spend(START + day * DAY, `${day}-${user}`, dayLine(`per-user/${day}-${user}`, START + day * DAY, 1));
  if (from > 0) expect(lasting('last')).toEqual(['refused', 'refused']);
};

test('in memory users of a budget that is split are forgotten when their windows are over, and what still counts is not, also after a restart', () => {
  const directory = scratchFolder();
  let now = START;
  const clock = { nowMs: () => now, monotonicMs: () => now };
  const open = (): MemoryStore => new MemoryStore({ clock, journal: { directory, durability: 'process' } });
  const spendAt =
    (store: MemoryStore): Spend =>
    (nowMs, id, line) => {
      now = nowMs;
      const answer = store.reserve({ id, leaseMs: MINUTE, lines: [line] });
      if (answer.kind === 'reserved') store.settle({ id, lines: [{ ...line, slotMs: answer.lines[0]?.slotMs ?? 0 }] });
      return answer.kind;
    };
  const keysOf = (store: MemoryStore): readonly string[] => store.keys('per-user');
  const store = open();
  liveThrough(spendAt(store), 2_000, 0, 7);
  expect(keysOf(store)).not.toContain('per-user/0-0');
  expect(store.keys('per-user').length).toBeGreaterThan(0);
  void store.close();
  const next = open();
  liveThrough(spendAt(next), 2_000, 7, 10);
});

test('in a file users of a budget that is split are forgotten when their windows are over, and what still counts is not', () => {
  const settings = { path: join(scratchFolder(), 'budgets.db'), durability: 'process' } as const;
  const book = openBook(settings);
  const spend: Spend = (nowMs, id, line) => {
    const [answer] = book.run([{ kind: 'reserve', request: { id, leaseMs: MINUTE, lines: [line] } }], nowMs) as readonly ReserveAnswer[];
    if (answer?.kind === 'reserved') book.run([{ kind: 'settle', request: { id, lines: [{ ...line, slotMs: answer.lines[0]?.slotMs ?? 0 }] } }], nowMs);
    return answer?.kind ?? 'none';
  };
  const byHand = { key: 'per-user/0-1', slots: dayLine('', START, 1).slots, change: { kind: 'limit', limit: 50 }, by: 'test' } as const;
  book.run([{ kind: 'change', request: byHand }], START);
  liveThrough(spend, 300, 0, 6);
  liveThrough(spend, 300, 6, 7);
  book.close();
  const database = new DatabaseSync(settings.path);
  const keys = new Set(
    database
      .prepare('SELECT key FROM cells UNION SELECT key FROM marks')
      .all()
      .map(({ key }) => key),
  );
  expect([keys.has('per-user/0-0'), keys.has('per-user/0-1'), keys.has('per-user/6-299')]).toEqual([false, true, true]);
  expect(keys.size).toBeLessThan(1_600);
  database.close();
});
