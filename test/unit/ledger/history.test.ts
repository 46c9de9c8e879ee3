/** What the ledger says about earlier days: read once, by one process for all, and never in the way of the app. */
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Clock } from '../../../src/base/clock.ts';
import type { Call } from '../../../src/call/call.ts';
import { keyFingerprint } from '../../../src/ledger/key-fingerprint.ts';
import { LedgerHistory } from '../../../src/ledger/ledger-history.ts';
import { createLedger, type Ledger } from '../../../src/ledger/ledger.ts';
import { deleteOldSegments } from '../../../src/ledger/retention.ts';
import { failed, paid, sampleCall } from './sample-call.ts';

const START = Date.parse('2026-11-20T10:00:00Z');
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
let directory: string;
let nowMs: number;
let pauses: number;
const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
const meter = { add: () => undefined, record: () => undefined, set: () => undefined };
const opened: { stop(): void }[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'purser-history-'));
  nowMs = START;
  pauses = 0;
});
afterEach(() => {
  for (const one of opened.splice(0)) one.stop();
  rmSync(directory, { recursive: true, force: true });
});

const openLedger = (): Ledger => {
  const ledger = createLedger({ directory, retentionMs: 90 * DAY_MS, clock, meter, clean: (text) => text });
  opened.push(ledger);
  return ledger;
};
const openHistory = (): LedgerHistory => {
  const pause = (): Promise<void> => {
    pauses += 1;
    return new Promise((resolve) => setImmediate(resolve));
  };
  const history = new LedgerHistory({ directory, clock, pause });
  opened.push(history);
  return history;
};
const call = (id: string, more: Partial<Call> = {}): Call => ({ ...sampleCall(id, nowMs, { service: 'shop' }), ...more });

test('days are added up by service, hour, model and key, over all processes of the folder', async () => {
  const ledgers = [openLedger(), openLedger()];
  ledgers[0]?.callEnded(call('a', { keyFingerprint: 'aaaaaaaaaaaa' }), paid(2000n));
  ledgers[1]?.callEnded(call('b', { keyFingerprint: 'bbbbbbbbbbbb' }), { ...failed('500'), attempts: Array.from({ length: 3 }, () => ({}) as never) });
  nowMs += DAY_MS + HOUR_MS;
  ledgers[0]?.callEnded(call('c', { labels: {} }), paid(5000n));
  const { today, days } = (await openHistory().look()) ?? {};
  expect(days).toHaveLength(1);
  const shop = days?.[0]?.services['shop'];
  expect(days?.[0]?.day).toBe('2026-11-20');
  expect(shop).toMatchObject({
    nano: 2,
    models: { 'gpt-5.2': { calls: 2, metered: 1, tokens: 155 } },
    keys: { aaaaaaaaaaaa: 1, bbbbbbbbbbbb: 1 },
  });
  expect(shop?.hours[10]).toEqual({ calls: 2, failed: 1, retries: 2 });
  expect(today?.services).toMatchObject({ '-': { nano: 5 } });
  expect(today?.services['-']?.hours[11]).toEqual({ calls: 1, failed: 0, retries: 0 });
});

test('what was written since the last look is added, and no line twice or in half', async () => {
  const ledger = openLedger();
  const history = openHistory();
  ledger.callEnded(call('a'), paid(1000n));
  expect((await history.look())?.today.services['shop']?.nano).toBe(1);
  expect((await history.look())?.today.services['shop']?.nano).toBe(1);
  const file = join(directory, readdirSync(directory).find((name) => name.endsWith('.jsonl')) ?? '');
  const text = readFileSync(file, 'utf8');
  const line = text.split('\n')[1] ?? '';
  appendFileSync(file, line.slice(0, 20));
  expect((await history.look())?.today.services['shop']?.nano).toBe(1);
  appendFileSync(file, `${line.slice(20)}\n`);
  expect((await history.look())?.today.services['shop']?.nano).toBe(2);
});

test('an earlier day that could not be read is read at the next look, and not only on the next day', async () => {
  const ledger = openLedger();
  ledger.callEnded(call('a'), paid(1000n));
  nowMs += DAY_MS;
  ledger.callEnded(call('b'), paid(1000n));
  nowMs += DAY_MS;
  const history = openHistory();
  const odd = join(directory, '2026-11-21.1.00000000.1.jsonl');
  mkdirSync(odd);
  await expect(history.look()).rejects.toThrow('EISDIR');
  rmdirSync(odd);
  expect((await history.look())?.days.map(({ day }) => day)).toEqual(['2026-11-21', '2026-11-20']);
});

test('a day that is over is written down and not read again', async () => {
  const ledger = openLedger();
  const history = openHistory();
  ledger.callEnded(call('a'), paid(1000n));
  await history.look();
  nowMs += DAY_MS;
  expect((await history.look())?.days.map(({ day, services }) => [day, services['shop']?.nano])).toEqual([['2026-11-20', 1]]);
  expect(existsSync(join(directory, '2026-11-20.sums.json'))).toBe(true);
  history.stop();
  for (const file of readdirSync(directory)) if (file.endsWith('.jsonl')) rmSync(join(directory, file));
  expect((await openHistory().look())?.days.map(({ services }) => services['shop']?.nano)).toEqual([1]);
});

test('sums that somebody wrote by hand, or that were cut off, are made again', async () => {
  openLedger().callEnded(call('a'), paid(1000n));
  nowMs += DAY_MS;
  for (const text of ['{"day":"2026-11-20","serv', '{"day":"2026-11-20","services":{"shop":{}}}', 'null', '{"day":"2020-01-01","services":{}}']) {
    writeFileSync(join(directory, '2026-11-20.sums.json'), text);
    const history = openHistory();
    expect((await history.look())?.days[0]?.services['shop']?.nano).toBe(1);
    history.stop();
  }
});

test('one process of the folder reads for all; another takes over when it ends or falls silent', async () => {
  openLedger().callEnded(call('a'), paid(1000n));
  const [first, second, third] = [openHistory(), openHistory(), openHistory()];
  expect(await first.look()).toBeDefined();
  expect(await second.look()).toBeUndefined();
  nowMs += 170_000;
  expect(await second.look()).toBeUndefined();
  nowMs += 20_000;
  expect((await second.look())?.today.services['shop']?.nano).toBe(1);
  expect(await first.look()).toBeUndefined();
  second.stop();
  expect((await third.look())?.today.services['shop']?.nano).toBe(1);
});

test('labels of single calls change nothing in the sums', async () => {
  const ledger = openLedger();
  for (let at = 0; at < 200; at += 1)
    ledger.callEnded(call(`id-${at}`, { labels: { service: at % 2 === 0 ? 'shop' : 'mail', tags: { run: String(at) } } }), paid(1000n));
  const { today } = (await openHistory().look()) ?? {};
  expect(Object.entries(today?.services ?? {}).map(([name, { nano }]) => [name, nano])).toEqual([
    ['shop', 100],
    ['mail', 100],
  ]);
});

test('a large day is read in pieces, with a pause after each', async () => {
  const ledger = openLedger();
  for (let at = 0; at < 5000; at += 1) ledger.callEnded(call(`id-${at}`), paid(1000n));
  nowMs += DAY_MS;
  expect((await openHistory().look())?.days[0]?.services['shop']?.nano).toBe(5000);
  const bytes = readdirSync(directory).reduce((sum, file) => sum + (file.endsWith('.jsonl') ? statSync(join(directory, file)).size : 0), 0);
  expect(pauses).toBeGreaterThanOrEqual(Math.floor(bytes / 65_536));
});

test('there is no history without a folder, and none of days that are too long ago', async () => {
  const ledger = openLedger();
  expect(await new LedgerHistory({ directory: join(directory, 'none'), clock }).look()).toBeUndefined();
  ledger.callEnded(call('a'), paid(1000n));
  nowMs += 16 * DAY_MS;
  expect((await openHistory().look())?.days).toEqual([]);
});

test('sums go with the days that are past the retention', async () => {
  writeFileSync(join(directory, '2026-11-17.sums.json'), '{}');
  writeFileSync(join(directory, '2026-11-20.sums.json'), '{}');
  writeFileSync(join(directory, 'mine.sums.json'), '{}');
  expect(await deleteOldSegments(directory, START - 2 * DAY_MS)).toBe(1);
  expect(readdirSync(directory).sort()).toEqual(['2026-11-20.sums.json', 'mine.sums.json']);
});

test('a key has one fingerprint in all processes of a folder, another one elsewhere, and none of its letters', () => {
  const key = 'test-key-0123456789';
  const [one, other] = [keyFingerprint(directory)(key), keyFingerprint(directory)(key)];
  expect(one).toMatch(/^[0-9a-f]{12}$/);
  expect(other).toBe(one);
  expect(keyFingerprint(join(directory, 'else'))(key)).not.toBe(one);
  expect(keyFingerprint(directory)(`${key}0`)).not.toBe(one);
  expect(statSync(join(directory, 'fingerprint.key')).mode & 0o077).toBe(0);
  const inTheWay = join(directory, 'file');
  writeFileSync(inTheWay, '');
  expect(keyFingerprint(inTheWay)(key)).toBeUndefined();
});
