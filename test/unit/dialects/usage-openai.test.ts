import { expect, test } from 'vitest';
import { createPricer } from '../../../src/pricing/pricer.ts';
import { ask } from '../pricing/ask.ts';
import { NO_TOKENS, totalInput, totalOutput } from '../../../src/call/usage.ts';
import { openaiAudioUsage } from '../../../src/providers/shared/usage/openai-audio.ts';
import { openaiChatUsage } from '../../../src/providers/shared/usage/openai-chat.ts';
import { openaiEmbeddingsUsage } from '../../../src/providers/shared/usage/openai-embeddings.ts';
import { openaiImagesUsage } from '../../../src/providers/shared/usage/openai-images.ts';
import { openaiResponsesUsage } from '../../../src/providers/shared/usage/openai-responses.ts';

test('chat: cached and written tokens are inside the prompt, reasoning is inside the completion', () => {
  const usage = openaiChatUsage(
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 10, audio_tokens: 5 },
      completion_tokens_details: { reasoning_tokens: 20, audio_tokens: 8 },
    },
    'openai',
  );
  expect(usage).toEqual({
    buckets: { ...NO_TOKENS, input: 45, cacheRead: 40, cacheWrite5m: 10, audioInput: 5, output: 22, reasoning: 20, audioOutput: 8 },
    flags: [],
  });
});

test('chat on xAI: reasoning beside the completion is added and flagged, by the total or by the provider', () => {
  const raw = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 45, completion_tokens_details: { reasoning_tokens: 30 } };
  const wanted = { buckets: { ...NO_TOKENS, input: 10, output: 5, reasoning: 30 }, flags: ['reasoning_added'] };
  expect(openaiChatUsage(raw, 'x_ai')).toEqual(wanted);
  expect(openaiChatUsage(raw, 'azure.ai.inference')).toEqual(wanted);
  const { total_tokens: _total, ...untotalled } = raw;
  expect(openaiChatUsage(untotalled, 'x_ai')).toEqual(wanted);
  expect(openaiChatUsage(untotalled, 'openai').flags).toEqual(['total_mismatch']);
});

test('chat: where the total is the sum of two, reasoning is inside even on xAI', () => {
  const usage = openaiChatUsage({ prompt_tokens: 10, completion_tokens: 35, total_tokens: 45, completion_tokens_details: { reasoning_tokens: 30 } }, 'x_ai');
  expect(usage).toEqual({ buckets: { ...NO_TOKENS, input: 10, output: 5, reasoning: 30 }, flags: [] });
});

test('Grok on Azure: more cached than prompted clamps uncached input at zero, keeps the cached tokens and says so', () => {
  const usage = openaiChatUsage(
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_tokens_details: { cached_tokens: 161 } },
    'azure.ai.openai',
  );
  expect(usage).toEqual({ buckets: { ...NO_TOKENS, input: 0, cacheRead: 161, output: 5 }, flags: ['cached_exceeds_input'], stated: { input: 10 } });
});

test.each([
  ['Together and Hugging Face', { cached_tokens: 4 }],
  ['DeepSeek', { prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 }],
  ['Mistral', { num_cached_tokens: 4 }],
  ['Venice', { cache_read_input_tokens: 4 }],
])('%s: finds the cached tokens in their own place', (_name, extra) => {
  expect(openaiChatUsage({ prompt_tokens: 10, completion_tokens: 1, total_tokens: 11, prompt_tokens_details: null, ...extra }, 'x').buckets).toMatchObject({
    input: 6,
    cacheRead: 4,
  });
});

test('Doubleword: cache writes are split by life', () => {
  const usage = openaiChatUsage(
    {
      prompt_tokens: 10,
      completion_tokens: 1,
      prompt_tokens_details: { cache_write_tokens: 5 },
      cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 3 },
    },
    'doubleword',
  );
  expect(usage.buckets).toMatchObject({ input: 5, cacheWrite5m: 2, cacheWrite1h: 3 });
});

test('Mistral: sound beside the prompt is counted and not taken out of the text', () => {
  const usage = openaiChatUsage(
    { prompt_tokens: 11, completion_tokens: 15, total_tokens: 401, prompt_audio_seconds: 5, prompt_tokens_details: { audio_tokens: 375, cached_tokens: 9 } },
    'mistral_ai',
  );
  expect(usage).toEqual({ buckets: { ...NO_TOKENS, input: 2, cacheRead: 9, audioInput: 375, output: 15 }, flags: [], stated: { input: 11 } });
});

test('GitHub Copilot: finds reasoning at the top level', () => {
  expect(openaiChatUsage({ prompt_tokens: 1, completion_tokens: 9, total_tokens: 10, reasoning_tokens: 4 }, 'github_copilot').buckets).toMatchObject({
    output: 5,
    reasoning: 4,
  });
});

test('OpenRouter: image output has a bucket of its own', () => {
  const usage = openaiChatUsage(
    { prompt_tokens: 1, completion_tokens: 1300, total_tokens: 1301, completion_tokens_details: { image_tokens: 1290, reasoning_tokens: 0 } },
    'openrouter',
  );
  expect(usage.buckets).toMatchObject({ output: 10, imageOutput: 1290 });
});

test('a total that hides tokens is flagged and nothing is made up', () => {
  const usage = openaiChatUsage({ prompt_tokens: 35, completion_tokens: 12, total_tokens: 109 }, 'gcp.gemini');
  expect(totalOutput(usage.buckets)).toBe(12);
  expect(usage.flags).toEqual(['total_mismatch']);
});

test.each([['5'], [-1], [1.5], [Number.NaN], [Infinity], [{}], [true], [2 ** 60]])('a count that is none (%s) is 0 and flagged', (value) => {
  const usage = openaiChatUsage({ prompt_tokens: value, completion_tokens: 2 }, 'openai');
  expect(usage).toEqual({ buckets: { ...NO_TOKENS, output: 2 }, flags: ['not_a_count'] });
});

test('responses: reasoning is inside the output also on xAI, whose tools are counted in the usage', () => {
  const usage = openaiResponsesUsage(
    {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
      output_tokens: 40,
      output_tokens_details: { reasoning_tokens: 25 },
      total_tokens: 140,
      server_side_tool_usage_details: { web_search_calls: 2, x_search_calls: 1, code_interpreter_calls: 1, file_search_calls: 0 },
    },
    'x_ai',
    { webSearch: 9 },
  );
  expect(usage).toEqual({
    buckets: { ...NO_TOKENS, input: 10, cacheRead: 60, cacheWrite5m: 30, output: 15, reasoning: 25 },
    flags: [],
    fees: { webSearch: 3, codeExecution: 1 },
  });
});

test('responses: what is written for twelve hours is no write of the shorter life, and is not charged as one', () => {
  const cache_write_tokens_details = { ttl_12h_tokens: 20, ttl_30m_tokens: 10 };
  const input_tokens_details = { cached_tokens: 60, cache_write_tokens: 30, cache_write_tokens_details };
  const usage = openaiResponsesUsage({ input_tokens: 100, input_tokens_details, output_tokens: 4, total_tokens: 104 }, 'openai');
  expect(usage).toEqual({ buckets: { ...NO_TOKENS, input: 10, cacheRead: 60, cacheWrite5m: 10, cacheWrite1h: 20, output: 4 }, flags: [] });
  const cost = createPricer().price({ ...ask('openai', 'gpt-6.1-sol', {}), usage });
  expect(cost).toMatchObject({ kind: 'priced', confidence: 'partial', unpriced: ['cacheWrite1h'] });
});

test('responses: the tool calls that the output lists are the fees where the usage counts none', () => {
  expect(openaiResponsesUsage({ input_tokens: 1, output_tokens: 1, total_tokens: 2 }, 'openai', { webSearch: 2 }).fees).toEqual({ webSearch: 2 });
});

test('embeddings: input only', () => {
  expect(openaiEmbeddingsUsage({ prompt_tokens: 8, total_tokens: 8 }, 'openai')).toEqual({ buckets: { ...NO_TOKENS, input: 8 }, flags: [] });
});

test('images: output is image tokens unless the details say otherwise', () => {
  const raw = { input_tokens: 432, input_tokens_details: { image_tokens: 388, text_tokens: 44 }, output_tokens: 4160, total_tokens: 4592 };
  expect(openaiImagesUsage(raw, 1)).toEqual({ buckets: { ...NO_TOKENS, input: 44, imageInput: 388, imageOutput: 4160 }, flags: [] });
  expect(openaiImagesUsage({ ...raw, output_tokens_details: { image_tokens: 4100, text_tokens: 60 } }, 1).buckets).toMatchObject({
    output: 60,
    imageOutput: 4100,
  });
});

test('images without token counts are charged by the piece', () => {
  expect(openaiImagesUsage(undefined, 3)).toEqual({ buckets: NO_TOKENS, flags: [], fees: { image: 3 } });
});

test('transcriptions: tokens count, seconds are none', () => {
  const usage = openaiAudioUsage({
    type: 'tokens',
    input_tokens: 14,
    input_token_details: { text_tokens: 4, audio_tokens: 10 },
    output_tokens: 45,
    total_tokens: 59,
  });
  expect(usage).toEqual({ buckets: { ...NO_TOKENS, input: 4, audioInput: 10, output: 45 }, flags: [] });
  expect(openaiAudioUsage({ type: 'duration', seconds: 6 })).toBeUndefined();
});

test('no bucket is ever negative and the parts never exceed the whole', () => {
  const usage = openaiChatUsage(
    {
      prompt_tokens: 5,
      completion_tokens: 5,
      prompt_tokens_details: { audio_tokens: 50, image_tokens: 50 },
      completion_tokens_details: { reasoning_tokens: 50, audio_tokens: 50, image_tokens: 50 },
    },
    'openai',
  );
  expect(Math.min(...Object.values(usage.buckets))).toBe(0);
  expect([totalInput(usage.buckets), totalOutput(usage.buckets)]).toEqual([5, 5]);
});
