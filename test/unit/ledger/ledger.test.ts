import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Clock } from '../../../src/base/clock.ts';
import { picoToNano, picoUsd } from '../../../src/call/units.ts';
import { createLedger } from '../../../src/ledger/ledger.ts';
import type { LedgerContext, LedgerRecord } from '../../../src/ledger/ledger-record.ts';
import { readLedger } from '../../../src/ledger/read-ledger.ts';
import { wholeLines } from '../../../src/ledger/whole-lines.ts';
import { totalOf, UsageReport } from '../../../src/ledger/usage-report.ts';
import { failed, paid, sampleCall, unpriced } from './sample-call.ts';

const NOW = Date.parse('2026-11-20T23:59:58Z');
const DAY_MS = 86_400_000;
const EVER = { sinceMs: 0, untilMs: Number.POSITIVE_INFINITY };
let directory: string;
let nowMs = NOW;
const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
let counts: Record<string, number>;
const meter = { add: (name: string, value: number) => void (counts[name] = (counts[name] ?? 0) + value), record: () => undefined, set: () => undefined };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'purser-ledger-'));
  nowMs = NOW;
  counts = {};
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (more: { segmentBytes?: number; directory?: string; clean?: (text: string) => string } = {}) =>
  createLedger({ directory, retentionMs: 2 * DAY_MS, clock, meter, clean: (text) => text, ...more });

const readAll = (period = EVER) => {
  const found: (LedgerRecord & { readonly context: LedgerContext })[] = [];
  const notes = { files: 0, unreadable: 0 };
  readLedger(directory, period, notes, (record, context) => found.push({ ...record, context }));
  return { found, notes };
};

const files = (): readonly string[] => readdirSync(directory).sort();

test('a call is in the file when callEnded returns, with everything that is known of it and no content', () => {
  const ledger = open();
  ledger.callEnded(sampleCall('a', NOW - 5, { team: 'search', user: 'u1', tags: { run: '7' } }), paid(1001n, 'gpt-5.2-2026'));
  ledger.callEnded(sampleCall('b', NOW - 4, { team: 'search', user: 'u1', tags: { run: '7' } }), failed('429'));
  const text = readFileSync(join(directory, files()[0] ?? ''), 'utf8');
  expect(text).not.toContain('secret content');
  const { found } = readAll();
  expect(found).toEqual([
    {
      t: NOW - 5,
      ms: 12,
      id: 'a',
      in: 1,
      outcome: 'completed',
      nano: 2,
      usage: { input: 100, cacheRead: 20, output: 30, reasoning: 5 },
      user: 'u1',
      context: { k: 1, op: 'chat', provider: 'openai', model: 'gpt-5.2', served: 'gpt-5.2-2026', price: 'T1', labels: { team: 'search' }, tags: { run: '7' } },
    },
    {
      t: NOW - 4,
      ms: 12,
      id: 'b',
      in: 2,
      outcome: 'failed',
      error: '429',
      user: 'u1',
      context: { k: 2, op: 'chat', provider: 'openai', model: 'gpt-5.2', labels: { team: 'search' }, tags: { run: '7' } },
    },
  ]);
  expect(counts).toEqual({ 'purser.ledger.records': 2 });
});

test('labels of any shape go through, cleaned, and break no line', () => {
  const ledger = open({ clean: (text) => text.replace('sk-secret', '[key]') });
  const user = 'line\nbreak "quoted" \uD800 sk-secret';
  ledger.callEnded(sampleCall('a', NOW, { user }), paid(5n));
  ledger.callEnded(sampleCall('b', NOW, { user: 'x'.repeat(5000) }), paid(5n));
  const { found, notes } = readAll();
  expect(notes.unreadable).toBe(0);
  expect(found.map((record) => record.user)).toEqual(['line\nbreak "quoted" \uFFFD [key]', 'x'.repeat(256)]);
});

test('another file is begun with the day and at the size, each stands by itself, and days past the retention are deleted', async () => {
  writeFileSync(join(directory, '2026-11-17.1.00000000.1.jsonl'), '');
  writeFileSync(join(directory, '2026-11-18.1.00000000.1.jsonl'), '');
  writeFileSync(join(directory, 'notes.txt'), 'not of the ledger');
  const ledger = open({ segmentBytes: 300 });
  for (const id of ['a', 'b', 'c', 'd']) ledger.callEnded(sampleCall(id, nowMs), paid(5n));
  nowMs += 10_000;
  ledger.callEnded(sampleCall('e', NOW), paid(5n));
  await expect.poll(files).not.toContain('2026-11-18.1.00000000.1.jsonl');
  expect(files()).not.toContain('2026-11-17.1.00000000.1.jsonl');
  expect(files()).toContain('notes.txt');
  expect(files().filter((file) => file.startsWith('2026-11-20')).length).toBeGreaterThan(1);
  expect(files().filter((file) => file.startsWith('2026-11-21'))).toHaveLength(1);
  const { found, notes } = readAll();
  expect(found.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(notes.unreadable).toBe(0);
});

test('a period takes calls by their start and opens no file of an earlier day', () => {
  const ledger = open();
  ledger.callEnded(sampleCall('old', NOW - 1000), paid(1n));
  nowMs += DAY_MS;
  ledger.callEnded(sampleCall('new', nowMs), paid(1n));
  const { found, notes } = readAll({ sinceMs: nowMs, untilMs: nowMs + 1 });
  expect(found.map(({ id }) => id)).toEqual(['new']);
  expect(notes.files).toBe(1);
});

test('a line that was cut off costs itself and no other', () => {
  const ledger = open();
  ledger.callEnded(sampleCall('a', NOW), paid(1n));
  ledger.stop();
  appendFileSync(join(directory, files()[0] ?? ''), '{"t":17');
  const again = open();
  again.callEnded(sampleCall('b', NOW), paid(1n));
  const { found, notes } = readAll();
  expect(found.map(({ id }) => id).sort()).toEqual(['a', 'b']);
  expect(notes.unreadable).toBe(1);
});

test.skipIf(process.getuid?.() === 0)('calls wait for a folder that cannot be written, and none is lost or doubled', () => {
  chmodSync(directory, 0o500);
  const ledger = open();
  ledger.callEnded(sampleCall('a', NOW), paid(1n));
  ledger.callEnded(sampleCall('b', NOW), paid(1n));
  chmodSync(directory, 0o700);
  nowMs += 1000;
  ledger.callEnded(sampleCall('c', NOW), paid(1n));
  ledger.callEnded(sampleCall('d', NOW), paid(1n));
  expect(readAll().found.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
});

test('calls wait for a folder that cannot be made, and none is lost or doubled', () => {
  const inTheWay = join(directory, 'file');
  writeFileSync(inTheWay, '');
  const ledger = open({ directory: inTheWay });
  ledger.callEnded(sampleCall('a', NOW), paid(1n));
  ledger.callEnded(sampleCall('b', NOW), failed('500'));
  rmSync(inTheWay);
  directory = inTheWay;
  nowMs += 1000;
  ledger.callEnded(sampleCall('c', NOW), paid(1n));
  ledger.callEnded(sampleCall('d', NOW), paid(1n));
  ledger.stop();
  expect(readAll().found.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
  directory = join(inTheWay, '..');
});

// The limit on the size of a file is met as a full disk is: what fits is written, and then comes an error.
test.skipIf(spawnSync('prlimit', ['--version']).status !== 0)(
  'a disk that takes a part of what is written before it is full has no call twice, and none is lost',
  () => {
    const folder = join(directory, 'full');
    const script = join(import.meta.dirname, 'short-writes.ts');
    const { stdout, stderr } = spawnSync('prlimit', ['--fsize=8192:', process.execPath, script, folder], { encoding: 'utf8' });
    expect(stderr).not.toContain('Error');
    expect(JSON.parse(stdout)).toEqual({ calls: 204, full: {}, counts: { 'purser.ledger.records': 204 } });
    directory = folder;
    const { found, notes } = readAll();
    directory = join(folder, '..');
    expect(found.map(({ id }) => Number(id))).toEqual(Array.from({ length: 204 }, (_, at) => at + 1));
    expect(notes.unreadable).toBe(0);
  },
);

test('lines that a file has as a whole are told from the one that it has in part', () => {
  const lines = ['{"a":1}\n', '{"b":"é"}\n', '{"c":1}\n'];
  expect([0, 6, 7, 8, 17, 18, 19, 26, 27].map((bytes) => wholeLines(lines, bytes))).toEqual([0, 0, 1, 1, 1, 2, 2, 3, 3]);
});

test('a report adds up to the nano-dollar what was charged call by call', () => {
  const ledger = open();
  const amounts = [1n, 999n, 1000n, 1001n, 10_500_000_123n, 2n ** 62n];
  amounts.forEach((pico, at) => ledger.callEnded(sampleCall(String(at), NOW, { feature: at % 2 === 0 ? 'even' : 'odd', user: `u${at}` }), paid(pico)));
  ledger.callEnded(sampleCall('u', NOW, { feature: 'odd' }), unpriced);
  const report = new UsageReport(['feature']);
  readLedger(directory, EVER, { files: 0, unreadable: 0 }, (record, context) => report.add(record, context));
  const rows = report.rows();
  const charged = (parity: number): bigint => amounts.filter((_, at) => at % 2 === parity).reduce((sum, pico) => sum + BigInt(picoToNano(picoUsd(pico))), 0n);
  expect(rows.map(({ keys, nano }) => [keys[0], nano])).toEqual([
    ['odd', charged(1)],
    ['even', charged(0)],
  ]);
  expect(totalOf(rows)).toMatchObject({ calls: 7, unpriced: 1, inputTokens: 727, outputTokens: 210 });
});

const rowsBy = (by: readonly string[], filters: { column: string; value: string }[] = []) => {
  const report = new UsageReport(by, filters);
  readLedger(directory, EVER, { files: 0, unreadable: 0 }, (record, context) => report.add(record, context));
  return report.rows().map(({ keys, calls, failed: broken, nano }) => [...keys, calls, broken, nano]);
};

test('a report groups and filters by columns of calls and of their contexts alike', () => {
  const ledger = open();
  ledger.callEnded(sampleCall('1', NOW, { team: 'a', user: 'u1' }), paid(1_000n));
  ledger.callEnded(sampleCall('2', NOW, { team: 'a', user: 'u2' }, 'other'), paid(3_000n));
  ledger.callEnded(sampleCall('3', NOW, { team: 'b', user: 'u1' }), failed('timeout'));
  expect(rowsBy(['user', 'team'])).toEqual([
    ['u2', 'a', 1, 0, 3n],
    ['u1', 'a', 1, 0, 1n],
    ['u1', 'b', 1, 1, 0n],
  ]);
  expect(rowsBy(['day'], [{ column: 'team', value: 'a' }])).toEqual([['2026-11-20', 2, 0, 4n]]);
  expect(rowsBy(['model'], [{ column: 'user', value: 'u1' }])).toEqual([['gpt-5.2', 2, 1, 1n]]);
});

test('a tag has the value that it was given, whatever it is called', () => {
  const ledger = open();
  ledger.callEnded(sampleCall('1', NOW, { tags: { run: '7' } }), paid(1_000n));
  ledger.callEnded(sampleCall('2', NOW), paid(1_000n));
  expect(rowsBy(['tag:run'])).toEqual([
    ['-', 1, 0, 1n],
    ['7', 1, 0, 1n],
  ]);
  expect(rowsBy(['tag:constructor'])).toEqual([['-', 2, 0, 2n]]);
});

test('a file that goes while the folder is read is no fault: old ones are deleted when a day begins', () => {
  const ledger = open();
  ledger.callEnded(sampleCall('a', NOW), paid(1000n));
  ledger.stop();
  // In the list of files, and not there to be opened.
  symlinkSync(join(directory, 'gone'), join(directory, '2026-11-20.1.00000000.1.jsonl'));
  expect(readAll().found).toHaveLength(1);
});
