/** What is reserved is reckoned at the price that is billed. */
import { expect, test } from 'vitest';
import { priceContext } from '../../../src/call/price-context.ts';
import { NO_TOKENS } from '../../../src/call/usage.ts';
import { RateCard } from '../../../src/policies/budget/rates.ts';
import { createPricer } from '../../../src/pricing/pricer.ts';
import { callOf } from './world.ts';

const model = 'claude-sonnet-4-5';
const { price } = createPricer();

test.each([
  ['us-east5-aiplatform.googleapis.com', 16_500_000],
  ['aiplatform.googleapis.com', 15_000_000],
])('a token at %s is reserved for what it costs there', (serverAddress, picoUsd) => {
  const call = { ...callOf({ request: { model } }), provider: 'gcp.vertex_ai', serverAddress, baseUrl: `https://${serverAddress}/v1` };
  const usage = { buckets: { ...NO_TOKENS, output: 1000 }, flags: [] };
  const cost = price({ provider: call.provider, requestModel: model, responseModel: undefined, at: call.startedAt, usage, context: priceContext(call) });
  expect(cost).toMatchObject({ kind: 'priced', amount: BigInt(picoUsd * 1000) });
  expect(new RateCard(price).of(call, model, 1000, call.startedAt)?.output).toBe(picoUsd);
});
