import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { purser } from './purser.ts';

it('purser prices shows what the app is configured with, by its file and by its variables', async () => {
  const app = mkdtempSync(join(tmpdir(), 'purser-prices-'));
  const overrides = (input: string): string => JSON.stringify({ version: 1, prices: [{ match: { model: 'gpt-5' }, per_mtok: { input, output: '2' } }] });
  writeFileSync(join(app, 'purser.config.yaml'), `pricing: {overrides: ${overrides('1.5')}}\n`);
  const byFile = await purser(['prices', 'gpt-5'], {}, app);
  expect(byFile).toMatchObject({ code: 0, stdout: expect.stringMatching(/matched by override[\s\S]*input +\$1\.5 for 1M tokens/) });
  expect(byFile.stderr).toContain('Prices by the configuration: overrides of ');
  writeFileSync(join(app, 'other.json'), overrides('2.5'));
  const byVariable = await purser(['prices', 'gpt-5'], { PURSER_CONFIG: 'none', PURSER_PRICING_FILE: 'other.json' }, app);
  expect(byVariable.stdout).toMatch(/input +\$2\.5 for 1M tokens/);
});
