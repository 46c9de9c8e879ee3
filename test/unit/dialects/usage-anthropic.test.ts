import { expect, test } from 'vitest';
import { NO_TOKENS } from '../../../src/call/usage.ts';
import { anthropicUsage } from '../../../src/providers/shared/usage/anthropic.ts';

test('input comes without cached tokens, thinking inside the output, writes split by life, searches as fees', () => {
  const usage = anthropicUsage({
    input_tokens: 16,
    cache_read_input_tokens: 13_637,
    cache_creation_input_tokens: 7049,
    cache_creation: { ephemeral_5m_input_tokens: 7000, ephemeral_1h_input_tokens: 49 },
    output_tokens: 344,
    output_tokens_details: { thinking_tokens: 33 },
    server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 },
  });
  expect(usage).toEqual({
    buckets: { ...NO_TOKENS, input: 16, cacheRead: 13_637, cacheWrite5m: 7000, cacheWrite1h: 49, output: 311, reasoning: 33 },
    flags: [],
    fees: { webSearch: 2 },
  });
});

test.each([
  ['no split at all', undefined, false, 'write_split_unknown'],
  ['a split that was overtaken by a message_delta', { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 30 }, true, 'write_split_unknown'],
  ['a split that does not add up', { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 30 }, false, 'write_split_mismatch'],
])('with %s, all writes are kept, what is open is taken as five minutes, and it is flagged', (_name, split, stale, flag) => {
  const usage = anthropicUsage({ input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 100, cache_creation: split }, stale);
  const hour = split === undefined ? 0 : 30;
  expect(usage.buckets).toMatchObject({ cacheWrite5m: 100 - hour, cacheWrite1h: hour });
  expect(usage.flags).toEqual([flag]);
});

const COMPACTED = {
  input_tokens: 162,
  output_tokens: 11,
  output_tokens_details: { thinking_tokens: 4 },
  iterations: [
    {
      type: 'compaction',
      input_tokens: 99_195,
      output_tokens: 81,
      cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 6 },
      cache_creation_input_tokens: 11,
    },
    { type: 'advisor_message', model: 'claude-opus-x', input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 7 },
    { type: 'message', input_tokens: 162, output_tokens: 11 },
  ],
};

test('passes that the top level leaves out are summed, and each is kept with its model', () => {
  const usage = anthropicUsage(COMPACTED);
  expect(usage.buckets).toEqual({ ...NO_TOKENS, input: 99_367, cacheRead: 7, cacheWrite5m: 5, cacheWrite1h: 6, output: 108, reasoning: 4 });
  expect(usage.flags).toEqual(['iterations_summed']);
  expect(usage.passes?.map(({ model, buckets }) => [model, buckets.input, buckets.output])).toEqual([
    [undefined, 99_195, 81],
    ['claude-opus-x', 10, 20],
    [undefined, 162, 11],
  ]);
});

test('a single pass that equals the top level is no sum', () => {
  const usage = anthropicUsage({ input_tokens: 54, output_tokens: 14, iterations: [{ type: 'message', input_tokens: 54, output_tokens: 14 }] });
  expect(usage).toEqual({ buckets: { ...NO_TOKENS, input: 54, output: 14 }, flags: [] });
});

test('a pass that equals the top level but ran on another model is priced by it', () => {
  const usage = anthropicUsage({
    input_tokens: 54,
    output_tokens: 14,
    iterations: [{ type: 'fallback_message', model: 'claude-y', input_tokens: 54, output_tokens: 14 }],
  });
  expect(usage.passes).toHaveLength(1);
  expect(usage.flags).toEqual([]);
});
