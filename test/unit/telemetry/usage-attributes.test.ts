import { expect, test } from 'vitest';
import { NO_TOKENS, type Usage } from '../../../src/call/usage.ts';
import type { Draft } from '../../../src/telemetry/span/draft.ts';
import { putUsage } from '../../../src/telemetry/span/usage-attributes.ts';

const attributesOf = (usage: Usage): Draft => {
  const draft: Draft = {};
  putUsage(draft, usage, ['latest'], true);
  return draft;
};

test('what is charged by the piece has no tokens, instead of none', () => {
  expect(attributesOf({ buckets: NO_TOKENS, fees: { image: 2 }, flags: [] })).toEqual({ 'purser.usage.fees.image': 2 });
});

test('tokens beside fees are told, and so is a report of none', () => {
  expect(attributesOf({ buckets: { ...NO_TOKENS, input: 7 }, fees: { webSearch: 1 }, flags: [] })).toMatchObject({
    'gen_ai.usage.input_tokens': 7,
    'gen_ai.usage.output_tokens': 0,
  });
  expect(attributesOf({ buckets: NO_TOKENS, flags: [] })).toMatchObject({ 'gen_ai.usage.input_tokens': 0, 'gen_ai.usage.output_tokens': 0 });
});
