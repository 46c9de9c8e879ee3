import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';

test('the ledger of an app keeps what its owner asked for, and nothing older', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'purser-retention-'));
  const day = (before: number): string => new Date(Date.now() - before * 86_400_000).toISOString().slice(0, 10);
  for (const before of [9, 8, 6]) writeFileSync(join(directory, `${day(before)}.1.00000000.1.jsonl`), '');
  writeFileSync(join(directory, `${day(9)}.sums.json`), '{}');
  const { stderr } = await runPreloaded('await openai.chat.completions.create(chat);', { PURSER_LEDGER_PATH: directory, PURSER_LEDGER_RETENTION_MS: '7d' });
  const kept = readdirSync(directory).map((file) => file.slice(0, day(0).length));
  rmSync(directory, { recursive: true, force: true });
  expect(stderr).toBe('');
  expect(kept.filter((name) => /^\d/.test(name)).sort()).toEqual([day(6), day(0)]);
}, 60_000);
