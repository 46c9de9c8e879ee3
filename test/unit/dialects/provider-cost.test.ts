import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatUsd } from '../../../src/call/units.ts';
import { picoFromDecimal } from '../../../src/providers/shared/usage/decimal.ts';
import { gatewayCostOf, providerCostOf } from '../../../src/providers/shared/usage/provider-cost.ts';

const cost = (usage: Record<string, unknown>): string => {
  const found = providerCostOf(usage);
  return found === undefined ? 'none' : `${formatUsd(found.amount)} ${found.field}`;
};

test.each([
  ['OpenRouter', { cost: 0.00014 }, '0.00014 usage.cost'],
  ['OpenRouter in exponents', { cost: 1.8e-7 }, '0.00000018 usage.cost'],
  ['a free model', { cost: 0 }, '0 usage.cost'],
  ['a text', { cost: '0.0045405' }, '0.0045405 usage.cost'],
  [
    "OpenRouter with the caller's own key",
    { cost: 0.001, is_byok: true, cost_details: { upstream_inference_cost: 0.02 } },
    '0.021 usage.cost+usage.cost_details.upstream_inference_cost',
  ],
  ['OpenRouter with its own key', { cost: 0.02, is_byok: false, cost_details: { upstream_inference_cost: 0.02 } }, '0.02 usage.cost'],
  ['xAI', { cost_in_usd_ticks: 1_777_000 }, '0.0001777 usage.cost_in_usd_ticks'],
  ['Perplexity', { cost: { total_cost: 0.00504, request_cost: 0.005 } }, '0.00504 usage.cost.total_cost'],
  ['no cost', { prompt_tokens: 1 }, 'none'],
  ['nonsense', { cost: -1 }, 'none'],
  ['more nonsense', { cost: 'NaN' }, 'none'],
  ['ticks that are none', { cost_in_usd_ticks: 0.5 }, 'none'],
])('reads the cost that %s states, exactly', (_name, usage, wanted) => {
  expect(cost(usage)).toBe(wanted);
});

test('reads the cost that the Vercel gateway states beside the usage', () => {
  expect(gatewayCostOf({ provider_metadata: { gateway: { cost: '0.0045405' } } })).toEqual({ amount: 4_540_500_000n, field: 'provider_metadata.gateway.cost' });
  expect(gatewayCostOf({})).toBeUndefined();
});

test("with the caller's own key the gateway debits nothing, and the list price that it states is what the provider behind it bills", () => {
  const attempt = (credentialType: string, success: boolean) => ({ provider: 'anthropic', credentialType, success });
  const cost = (...attempts: readonly object[]): readonly (string | undefined)[] =>
    [{ attempts }, { modelAttempts: [{ providerAttempts: attempts }] }].map((routing) => {
      const found = gatewayCostOf({ providerMetadata: { gateway: { cost: '0', marketCost: '0.002', routing } } });
      return found === undefined ? undefined : formatUsd(found.amount);
    });
  expect(cost(attempt('byok', true))).toEqual(['0.002', '0.002']);
  expect(cost(attempt('byok', false), attempt('system', true))).toEqual(['0', '0']);
  expect(cost()).toEqual(['0', '0']);
});

test('reads any amount of whole pico-dollars exactly', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), (pico) => {
      const digits = pico.toString().padStart(13, '0');
      expect(picoFromDecimal(`${digits.slice(0, -12)}.${digits.slice(-12)}`)).toBe(pico);
      expect(picoFromDecimal(`${pico}e-12`)).toBe(pico);
    }),
  );
});

test('rounds what is below a pico-dollar half up', () => {
  expect(picoFromDecimal(0.0004970133333333333)).toBe(497_013_333n);
  expect(picoFromDecimal('0.0000000000005')).toBe(1n);
  expect(picoFromDecimal('0.00000000000049')).toBe(0n);
  expect(picoFromDecimal('5e-13')).toBe(1n);
  expect(picoFromDecimal('5e-14')).toBe(0n);
});

test('gives nothing for what is no amount, and never throws', () => {
  for (const text of ['', '.', 'e5', '1e999', '-1', '1,5', '0x10', ' 1', '1e99', '9'.repeat(70)]) expect(picoFromDecimal(text)).toBeUndefined();
  fc.assert(fc.property(fc.anything(), (value) => ['undefined', 'bigint'].includes(typeof picoFromDecimal(value))));
});
