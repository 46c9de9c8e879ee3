import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { purser } from '../cli/purser.ts';

test('a moment of a report is in UTC wherever it is asked for', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'purser-zone-'));
  const args = ['report', '--since', '2026-11-01T12:00:00', '--format', 'json', '--ledger', directory];
  const { stdout, stderr } = await purser(args, { TZ: 'Asia/Tokyo' }, directory).finally(() => rmSync(directory, { recursive: true, force: true }));
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ since: '2026-11-01T12:00:00.000Z' });
}, 30_000);
