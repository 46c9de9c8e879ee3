/** The watches of a process over a real ledger: what is unusual is raised once over the processes of a host, and new thresholds hold at once. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { GovernanceEvent } from '../../../src/call/event.ts';
import type { Config } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { OPTIONS } from '../../../src/config/options.ts';
import { createLedger } from '../../../src/ledger/ledger.ts';
import { createWatches, type Watches } from '../../../src/runtime/watches.ts';
import { paid, sampleCall } from '../ledger/sample-call.ts';
import { useFakeTimers, useRealTimers } from '../../support/fake-timers.ts';

const DAY_MS = 86_400_000;
const NOON = Date.parse('2026-11-20T12:30:00Z');
const DOLLAR = 10n ** 12n;
let directory: string;
let nowMs: number;
const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
const running: Watches[] = [];

beforeEach(() => {
  useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  directory = mkdtempSync(join(tmpdir(), 'purser-unusual-'));
  nowMs = NOON;
});
afterEach(() => {
  for (const watches of running.splice(0)) watches.stop();
  useRealTimers();
  rmSync(directory, { recursive: true, force: true });
});

const configOf = (more: Readonly<Record<string, string>> = {}): Config =>
  loadConfig({
    env: { PURSER_LEDGER_PATH: join(directory, 'ledger'), PURSER_ALERTS_OUTBOX: join(directory, 'outbox'), PURSER_CONFIG: 'none', ...more },
    cwd: directory,
  }).config;

const watch = (config = configOf()): { readonly watches: Watches; readonly raised: GovernanceEvent[] } => {
  const raised: GovernanceEvent[] = [];
  const watches = createWatches(
    config,
    () => [],
    (event) => raised.push(event),
    clock,
  );
  running.push(watches);
  return { watches, raised };
};

/** Spends so many dollars at noon on each of the days before today, and today. */
const spend = (...dollars: readonly number[]): void => {
  const meter = { add: () => undefined, record: () => undefined, set: () => undefined };
  const ledger = createLedger({ directory: join(directory, 'ledger'), retentionMs: 90 * DAY_MS, clock, meter, clean: (text) => text });
  const todayMs = nowMs;
  for (const [at, amount] of dollars.entries()) {
    nowMs = todayMs - (dollars.length - 1 - at) * DAY_MS;
    ledger.callEnded(sampleCall(`c${at}`, nowMs, { service: 'shop' }), paid(BigInt(amount) * DOLLAR));
  }
  ledger.stop();
};

const look = async (minutes = 1): Promise<void> => {
  for (let at = 0; at < minutes; at += 1) {
    nowMs += 60_000;
    vi.advanceTimersByTime(60_000);
    // Files are read for real.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

test('a spike is raised once over the processes of a host, minute after minute', async () => {
  spend(10, 11, 9, 40);
  const processes = [watch(), watch(), watch()];
  const all = (): readonly GovernanceEvent[] => processes.flatMap((one) => one.raised);
  await look();
  await expect.poll(() => all().length).toBe(1);
  await look(2);
  const raised = all();
  expect(raised.map(({ name }) => name)).toEqual(['purser.unusual.spend']);
  expect(raised[0]?.message).toContain('spent $40.00 since 2026-11-20 00:00 UTC, 4 times the $10.00 of a usual day');
});

test('a usual day raises nothing, until its owner asks for less', async () => {
  spend(10, 11, 9, 20);
  const { watches, raised } = watch();
  await look();
  expect(raised).toEqual([]);
  watches.reload(configOf({ PURSER_ALERTS_SPIKE_FACTOR: '1.5' }));
  await look();
  await expect.poll(() => raised.map(({ name }) => name)).toEqual(['purser.unusual.spend']);
});

test('another day may have its own spike, which the first is then part of the history of', async () => {
  spend(10, 11, 9, 40);
  const { raised } = watch();
  await look();
  await expect.poll(() => raised).toHaveLength(1);
  nowMs += DAY_MS;
  spend(80);
  await look();
  await expect.poll(() => raised).toHaveLength(2);
  expect(raised.map(({ dedupeKey }) => dedupeKey)).toEqual(['purser.unusual.spend/shop//2026-11-20', 'purser.unusual.spend/shop//2026-11-21']);
  expect(raised[1]?.attributes).toMatchObject({ figure: 80, usual: 10.5, days: 4 });
});

test('without a ledger nothing is looked for', async () => {
  const { ledger: _, ...rest } = configOf();
  const { raised } = watch({ ...rest, ledger: { path: undefined, retentionMs: DAY_MS } });
  await look();
  expect(raised).toEqual([]);
});

test('nobody reads the ledger when no pattern is looked for', async () => {
  spend(10, 11, 9, 40);
  const { raised } = watch(configOf({ PURSER_ALERTS_PATTERNS_OFF: (OPTIONS['alerts.patterns_off'].values ?? []).join(',') }));
  await look();
  expect(raised).toEqual([]);
  expect(existsSync(join(directory, 'ledger', 'watch.lease'))).toBe(false);
});
