import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readOverridesFile } from '../../../src/pricing/overrides/overrides-file.ts';
import { createPricer } from '../../../src/pricing/pricer.ts';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { OPTIONS } from '../../../src/config/options.ts';
import { METRICS } from '../../../src/telemetry/catalog/metrics.ts';
import { pricingDoc } from '../../../tools/docs/pricing.ts';
import { OVERLAY } from '../../../tools/prices/overlay/index.ts';
import { ask, priced, usd } from './ask.ts';

const text = readFileSync(new URL('../../../docs/PRICING.md', import.meta.url), 'utf8');
const example = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';

test('the overrides in docs/PRICING.md are good and do what it says', async () => {
  const pricer = createPricer({ overrides: await readOverridesFile(example, 'PRICING.md') });
  expect(pricer.problems).toEqual([]);
  expect(usd(pricer.price(ask('openai', 'gpt-5', { input: 1_000_000 })))).toBe('1');
  expect(priced(pricer.price(ask('azure.ai.openai', 'my-prod-deployment', { input: 1_000_000 }))).matchedModel).toBe('gpt-4o');
  expect(priced(pricer.price(ask('openai', 'x', { input: 1 }, { context: { baseUrl: 'http://localhost:8000/v1' } }))).match).toBe('free');
});

test('docs/PRICING.md is what the table, the overlay and its introduction give', () => {
  expect(text).toBe(pricingDoc());
  expect([...text.matchAll(/^\| `[\w.-]+` \| .* \| <https:\/\/.* \| \d{4}-\d\d-\d\d \|$/gm)]).toHaveLength(OVERLAY.length);
});

test('docs/PRICING.md names the options, events, metrics and commands that it should', () => {
  const options = [...text.matchAll(/`(pricing\.\w+)`/g)].map(([, key = '']) => key);
  expect(options.length).toBeGreaterThan(4);
  expect(options.filter((key) => !Object.hasOwn(OPTIONS, key))).toEqual([]);
  const metrics = [...text.matchAll(/`(purser\.price_table\.age)`/g)].map(([, name = '']) => name);
  expect(metrics.filter((name) => !METRICS.some((metric) => metric.name === name))).toEqual([]);
  const commands = [...text.matchAll(/`purser (\w+) /g)].map(([, name = '']) => name);
  expect([...new Set(commands)].sort()).toEqual(['cost', 'prices', 'reconcile', 'reprice']);
  expect(commands.filter((name) => COMMANDS[name] === undefined)).toEqual([]);
});

test('docs/PRICING.md names every price that an override may state', () => {
  const source = readFileSync(new URL('../../../src/pricing/overrides/read-overrides.ts', import.meta.url), 'utf8');
  const names = [...source.matchAll(/^ {2}(\w+): '\w+',$/gm)].map(([, name]) => name ?? '');
  expect(names.length).toBe(18);
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
