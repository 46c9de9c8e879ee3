import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

test('the forecast says when and how much', () => {
  const watch = new BudgetWatch();
  const events: GovernanceEvent[] = [];
  for (let minute = 0; minute <= 200; minute += 1) events.push(...watch.look([at(minute * 0.1)], START + minute * MINUTE_MS));
  const last = events.at(-1);
  expect(last).toMatchObject({ dedupeKey: `b/x/${START}/purser.budget.forecast`, attributes: { projected: 144 } });
  expect(last?.message).toContain('2026-11-20T16:40:00.000Z');
  expect(last?.message).toContain('144 %');
});

test('a burst that would use a day up in minutes is told of, and silent when it is over', () => {
  const burst = run(100, (minute) => (minute < 30 ? 0 : Math.min(99, (minute - 30) * 1.2)));
  expect(burst['purser.budget.burn_rate']).toBeGreaterThan(60);
  expect(burst['purser.budget.burn_rate']).toBeLessThan(100);
  expect(run(100, (minute) => Math.min(40, minute * 0.9))['purser.budget.burn_rate']).toBeUndefined();
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
