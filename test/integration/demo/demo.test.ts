import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compiledOnce } from '../../support/compiled-once.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const RECORDINGS = fileURLToPath(new URL('../../../../shared/data/recordings/recordings.jsonl', import.meta.url));
const WIDEST = 100;

const demo = (...args: readonly string[]): Promise<{ readonly code: number | null; readonly text: string }> =>
  new Promise((done) => {
    const child = spawn(process.execPath, ['demo/main.ts', ...args], { cwd: ROOT, env: compiledOnce(), stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (part: Buffer) => (text += part.toString('utf8')));
    child.stderr.on('data', (part: Buffer) => (text += part.toString('utf8')));
    child.once('close', (code) => done({ code, text }));
  });

describe('npm run demo', () => {
  test('--once accounts for every call, and says so in plain lines of at most a hundred columns', { timeout: 60_000 }, async () => {
    const { code, text } = await demo('--once');
    expect(text.split('\n').filter((line) => line.includes('✗'))).toEqual([]);
    expect(code).toBe(0);
    expect(text).not.toContain('\u001B');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(WIDEST);
    for (const shown of ['node --require purser/register app.js', 'Spend by model', 'support-day', 'over budget', 'cancelled', 'try 3', 'redacted'])
      expect(text).toContain(shown);
  });

  test.skipIf(!existsSync(RECORDINGS))('--recordings accounts for every recorded exchange', { timeout: 120_000 }, async () => {
    const { code, text } = await demo('--recordings', RECORDINGS);
    expect(text.split('\n').filter((line) => line.includes('✗'))).toEqual([]);
    expect(code).toBe(0);
  });

  test('an option that it does not know ends it with the usage', async () => {
    const { code, text } = await demo('--onse');
    expect(code).toBe(2);
    expect(text).toContain('--once');
  });
});
