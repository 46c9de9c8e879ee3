import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BudgetWatch, type WatchedBudget } from '../../../src/alerts/budget-watch.ts';
import { Claims } from '../../../src/alerts/claims.ts';
import { createUnpricedWatch } from '../../../src/alerts/unpriced-watch.ts';
import type { GovernanceEvent } from '../../../src/call/event.ts';
import { paid, sampleCall, unpriced } from '../ledger/sample-call.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const at = (spent: number, limit = 100, lengthMs = DAY_MS): WatchedBudget => ({
  id: 'b',
  key: 'b/x',
  unit: 'usd',
  limit,
  spent,
  windowStartMs: START,
  windowEndMs: START + lengthMs,
});

/** Looks once a minute from the start of the window, and gives what was found with the minute of its first time. */
const run = (minutes: number, spentAt: (minute: number) => number, lengthMs = DAY_MS): Record<string, number> => {
  const watch = new BudgetWatch();
  const found: Record<string, number> = {};
  for (let minute = 0; minute <= minutes; minute += 1)
    for (const { name } of watch.look([at(spentAt(minute), 100, lengthMs)], START + minute * MINUTE_MS)) found[name] ??= minute;
  return found;
};

test('a budget that will not last to the end of its window is told of long before it is used up', () => {
  const found = run(700, (minute) => minute * 0.1);
  expect(found['purser.budget.forecast']).toBeGreaterThanOrEqual(72);
  expect(found['purser.budget.forecast']).toBeLessThan(160);
});

test('a budget that lasts is left in peace, and so is one that was dear for a while', () => {
  expect(run(1439, (minute) => minute * 0.065)).toEqual({});
  expect(run(1439, (minute) => (minute < 30 ? minute * 0.05 : 1.5))).toEqual({});
});

test('a burst in a window that rolls is told of once, across its parts and whatever lapses meanwhile', () => {
  const watch = new BudgetWatch();
  const partMs = DAY_MS / 20;
  const told = new Map<string, number>();
  for (let minute = 0; minute <= 130; minute += 1) {
    const nowMs = START + minute * MINUTE_MS;
    const windowStartMs = Math.floor(nowMs / partMs) * partMs - DAY_MS;
    // A part of the day before lapses with 20 while the burst goes on, which began shortly before and uses the limit up within the next part.
    const spent = (minute < 72 ? 20 : 0) + Math.max(0, minute - 45) * 1.8;
    const budget = { ...at(spent), windowStartMs, windowEndMs: windowStartMs + DAY_MS + partMs, rolls: true } as const;
    for (const { dedupeKey } of watch.look([budget], nowMs)) if (!told.has(dedupeKey)) told.set(dedupeKey, minute);
  }
  expect([...told.values()]).toEqual([expect.toSatisfy((minute: number) => minute > 72 && minute < 90)]);
  expect([...told.keys()]).toEqual([expect.stringContaining('purser.budget.burn_rate')]);
});

test('the forecast says when and how much', () => {
  const watch = new BudgetWatch();
  const events: GovernanceEvent[] = [];
  for (let minute = 0; minute <= 200; minute += 1) events.push(...watch.look([at(minute * 0.1)], START + minute * MINUTE_MS));
  const last = events.at(-1);
  expect(last).toMatchObject({ dedupeKey: `b/x/${START}/100/purser.budget.forecast`, attributes: { projected: 144 } });
  expect(last?.message).toContain('2026-11-20T16:40:00.000Z');
  expect(last?.message).toContain('144 %');
});

test('a burst that would use a day up in minutes is told of, and silent when it is over', () => {
  const burst = run(100, (minute) => (minute < 30 ? 0 : Math.min(99, (minute - 30) * 1.2)));
  expect(burst['purser.budget.burn_rate']).toBeGreaterThan(60);
  expect(burst['purser.budget.burn_rate']).toBeLessThan(100);
  expect(run(100, (minute) => Math.min(40, minute * 0.9))['purser.budget.burn_rate']).toBeUndefined();
});

test('of many budgets those that are used up most are looked at with care', () => {
  const watch = new BudgetWatch();
  const found: Record<string, number> = {};
  const idle = Array.from({ length: 1_050 }, (_, number) => ({ ...at(0), key: `idle-${number}` }));
  const full = Array.from({ length: 1_050 }, (_, number) => ({ ...at(100), key: `full-${number}` }));
  for (let minute = 0; minute <= 100; minute += 1) {
    const hot = at(minute < 30 ? 0.1 : Math.min(99, (minute - 30) * 1.2));
    for (const { name, dedupeKey } of watch.look([...full, ...idle, hot], START + minute * MINUTE_MS)) found[`${name} ${dedupeKey.slice(0, 3)}`] ??= minute;
  }
  expect(found['purser.budget.burn_rate b/x']).toBeGreaterThan(60);
  expect(Object.keys(found).filter((name) => !name.endsWith(' b/x'))).toEqual([]);
});

test('a process that has not run for long goes by the pace since the start of the window', () => {
  const twelve = START + DAY_MS / 2;
  const [event, ...others] = new BudgetWatch().look([{ ...at(60), forecast: 120 }], twelve);
  expect(others).toEqual([]);
  expect(event).toMatchObject({ name: 'purser.budget.forecast', attributes: { projected: 120 } });
  expect(event?.message).toContain('2026-11-20T20:00:00.000Z, before its window ends: at the pace since its start it comes to 120 %');
  expect(new BudgetWatch().look([{ ...at(49), forecast: 98 }], twelve)).toEqual([]);
  // A rolling window has no pace since its start: its forecast is what is spent.
  expect(new BudgetWatch().look([{ ...at(99), forecast: 99 }], twelve)).toEqual([]);
  expect(new BudgetWatch().look([{ ...at(60), forecast: 120 }], START + MINUTE_MS)).toEqual([]);
});

test('a window that began anew forgets the one before it', () => {
  const watch = new BudgetWatch();
  for (let minute = 0; minute <= 1430; minute += 10) watch.look([at(minute * 0.065)], START + minute * MINUTE_MS);
  const next = { ...at(0.1), windowStartMs: START + DAY_MS, windowEndMs: START + 2 * DAY_MS };
  expect(watch.look([next], START + DAY_MS + 80 * MINUTE_MS)).toEqual([]);
});

test('budgets without an end, and those used up, have no forecast', () => {
  const watch = new BudgetWatch();
  for (let minute = 0; minute <= 300; minute += 1) {
    const budgets = [
      { ...at(minute), windowEndMs: undefined },
      { ...at(100 + minute), key: 'full' },
    ];
    expect(watch.look(budgets, START + minute * MINUTE_MS)).toEqual([]);
  }
});

test('calls without a price are told of with their model and the reason, priced ones are not', () => {
  const raised: GovernanceEvent[] = [];
  const watch = createUnpricedWatch({ nowMs: () => START, monotonicMs: () => 0 }, (event) => raised.push(event));
  watch.callEnded(sampleCall('1', START), unpriced);
  watch.callEnded(sampleCall('2', START), paid(5n));
  expect(raised).toMatchObject([{ name: 'purser.cost.unpriced', dedupeKey: `unpriced/openai/gpt-5.2/unknown_model/${START / DAY_MS}` }]);
});

test('a model without a price is told of once a day, also where its calls alternate with those of another', () => {
  const told: string[] = [];
  let now: number = START;
  const claimed = new Set<string>();
  const watch = createUnpricedWatch({ nowMs: () => now, monotonicMs: () => 0 }, ({ dedupeKey }) => {
    told.push(dedupeKey);
    claimed.add(dedupeKey);
  });
  const end = (model: string): void => watch.callEnded({ ...sampleCall('1', START), request: { model } }, { ...unpriced, response: {} });
  for (let call = 0; call < 5; call++) end('one');
  expect(told).toHaveLength(1);
  end('two');
  end('one');
  now += DAY_MS;
  for (let call = 0; call < 5; call++) end('one');
  expect(claimed.size).toBe(3);
});

let outbox: string;
beforeEach(() => {
  outbox = mkdtempSync(join(tmpdir(), 'purser-claims-'));
});
afterEach(() => rmSync(outbox, { recursive: true, force: true }));

test('of the processes that share an outbox one raises what all have found', () => {
  const processes = [new Claims(outbox), new Claims(outbox), new Claims(outbox)];
  expect(processes.map((claims) => claims.take('k', START))).toEqual([true, false, false]);
  expect(processes.map((claims) => claims.take('k', START))).toEqual([false, false, false]);
  const inTheWay = join(outbox, 'file');
  writeFileSync(inTheWay, '');
  expect(new Claims(inTheWay).take('k', START)).toBe(true);
});

test('a process that runs for long takes old claims away as one that starts does', () => {
  const claims = new Claims(outbox);
  const folder = join(outbox, 'claims');
  const now = Date.now();
  expect(claims.take('old', now)).toBe(true);
  for (const file of readdirSync(folder)) utimesSync(join(folder, file), new Date(now - 41 * DAY_MS), new Date(now - 41 * DAY_MS));
  expect(claims.take('new', now + DAY_MS)).toBe(true);
  expect(readdirSync(folder)).toHaveLength(1);
  expect(claims.take('old', now + DAY_MS)).toBe(false);
});
