import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';
import { scratchFolder } from '../../support/scratch.ts';

const priced = (input: string): string => `version: 1\nprices:\n  - match: {model: "gpt-5.4*"}\n    per_mtok: {input: ${input}, output: "0"}\n`;

const CALLS = `
  const { writeFileSync } = await import('node:fs');
  const call = async () => { await openai.chat.completions.create(chat); await new Promise((done) => setTimeout(done, 50)); };
  const change = async (text) => { writeFileSync(process.env.PURSER_PRICING_FILE, text); await new Promise((done) => setTimeout(done, 500)); };
  await call();
  await change(${JSON.stringify(priced('"2"'))});
  await call();
  await change(${JSON.stringify(priced('3'))});
  await call();
  await change(${JSON.stringify(priced('"4"'))});
  await call();
`;

test('an app’s own prices are taken while it runs; a file with a mistake changes nothing and is told with its line', async () => {
  const file = join(scratchFolder(), 'prices.yaml');
  writeFileSync(file, priced('"1"'));
  const { spans, stderr, code } = await runPreloaded(CALLS, { PURSER_PRICING_FILE: file, PURSER_RELOAD_INTERVAL_MS: '20' });
  expect(code).toBe(0);
  const rates = spans.map(({ attributes }) => (Number(attributes['gen_ai.usage.cost.amount']) / Number(attributes['gen_ai.usage.input_tokens'])) * 1e6);
  expect(rates.map((rate) => Math.round(rate))).toEqual([1, 2, 2, 4]);
  expect(new Set(spans.map(({ attributes }) => attributes['purser.cost.match']))).toEqual(new Set(['override']));
  expect(stderr).toMatch(/prices\.yaml:4: .*per_mtok\.input is 3, wanted dollars for a million tokens in quotes/);
  expect(stderr.split('\n').filter((line) => line !== '')).toHaveLength(1);
});
