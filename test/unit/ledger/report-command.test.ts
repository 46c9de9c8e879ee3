import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { main } from '../../../src/cli/main.ts';
import { createLedger } from '../../../src/ledger/ledger.ts';
import { failed, paid, sampleCall } from './sample-call.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'purser-report-'));
  const meter = { add: () => undefined, record: () => undefined, set: () => undefined };
  const ledger = createLedger({ directory, retentionMs: 9e9, clock: systemClock, meter, clean: (text) => text });
  const now = Date.now();
  ledger.callEnded(sampleCall('1', now - 1000, { feature: 'chat', user: '=HYPERLINK("x")' }), paid(10_500_000_000n));
  ledger.callEnded(sampleCall('2', now - 1000, { feature: 'chat', user: 'bob\u001B[2J' }, 'o9'), paid(1n));
  ledger.callEnded(sampleCall('3', now - 1000, { feature: 'mail' }), failed('500'));
  ledger.callEnded(sampleCall('4', now - 30 * 86_400_000, { feature: 'mail' }), paid(7_000_000_000_000n));
  ledger.stop();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const purser = async (...args: string[]) => {
  let out = '';
  let err = '';
  const io = {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    stdin: process.stdin,
    cwd: '/',
    env: {},
  };
  const code = await main(['report', ...args, '--ledger', directory], io);
  return { code, out, err };
};

test('the table shows the dearest first and the total of all', async () => {
  const { code, out } = await purser('--by', 'feature,model');
  expect(code).toBe(0);
  expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['FEATURE', 'MODEL', 'CALLS', 'FAILED', 'BLOCKED', 'UNPRICED', 'INPUT TOKENS', 'OUTPUT TOKENS', 'COST USD'],
    ['chat', 'gpt-5.2', '1', '0', '0', '0', '120', '35', '0.0105'],
    ['chat', 'o9', '1', '0', '0', '0', '120', '35', '0.000000001'],
    ['mail', 'gpt-5.2', '1', '1', '0', '0', '0', '0', '0'],
    ['total', '3', '1', '0', '0', '240', '70', '0.010500001'],
    [''],
  ]);
});

test('JSON holds exact dollars and the total; --since and --where narrow it', async () => {
  const { out } = await purser('--by', 'day', '--since', '90d', '--where', 'feature=mail', '--format', 'json');
  const { rows, total } = JSON.parse(out) as { rows: { day: string; cost_usd: string }[]; total: unknown };
  expect(rows.map((row) => row.cost_usd)).toEqual(['7', '0']);
  expect(total).toMatchObject({ calls: 2, failed: 1, cost_usd: '7' });
});

test('CSV runs no formula, and a table steers no terminal', async () => {
  const csv = await purser('--by', 'user', '--format', 'csv', '--top', '1');
  expect(csv.out).toBe(`user,calls,failed,blocked,unpriced,input_tokens,output_tokens,cost_usd\n"'=HYPERLINK(""x"")",1,0,0,0,120,35,0.0105\n`);
  const table = await purser('--by', 'user');
  expect(table.out).toContain('bob?[2J');
});

test.each([
  [['--by', 'colour'], '--by is colour'],
  [['--since', 'yesterday'], '--since is yesterday'],
  [['--since', '99999999w'], '--since is 99999999w'],
  [['--since', '99999999w', '--format', 'json'], '--since is 99999999w'],
  [['--since', '2026-11-01T25:00'], '--since is 2026-11-01T25:00'],
  [['--until', '2026-02-30'], '--until is 2026-02-30'],
  [['--until', '2026-11-01 noon'], '--until is 2026-11-01 noon'],
  [['--format', 'xml'], '--format is xml'],
  [['--where', 'team'], '--where is team'],
  [['--top', '0'], '--top is 0'],
])('wrong use %j says what is wanted', async (args, message) => {
  const { code, err } = await purser(...args);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test.each([
  ['2026-11-01T12:00:00', '2026-11-01T12:00:00.000Z'],
  ['2026-11-01 12:00', '2026-11-01T12:00:00.000Z'],
  ['2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2026-11-01T12:00:00+0200', '2026-11-01T10:00:00.000Z'],
  ['2026-11-01T12:00:00-02:30', '2026-11-01T14:30:00.000Z'],
  ['2026-11-01T12:00:00.5z', '2026-11-01T12:00:00.500Z'],
])('--since %s is in UTC unless it names a zone', async (since, wanted) => {
  const { out } = await purser('--since', since, '--format', 'json');
  expect(JSON.parse(out)).toMatchObject({ since: wanted });
});
