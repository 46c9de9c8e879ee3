import { expect, test } from 'vitest';
import { NO_TOKENS, totalInput, totalOutput } from '../../../src/call/usage.ts';
import { bedrockConverseUsage, bedrockInvocationUsage } from '../../../src/providers/shared/usage/bedrock.ts';
import { cohereUsage } from '../../../src/providers/shared/usage/cohere.ts';
import { geminiInteractionsUsage } from '../../../src/providers/shared/usage/gemini-interactions.ts';
import { geminiUsage } from '../../../src/providers/shared/usage/gemini.ts';
import { predictUsage } from '../../../src/providers/shared/usage/vertex-predict.ts';

test('Gemini: cached tokens are inside the prompt, tool-use prompt and thoughts beside prompt and candidates', () => {
  const usage = geminiUsage({
    promptTokenCount: 100,
    cachedContentTokenCount: 60,
    toolUsePromptTokenCount: 30,
    candidatesTokenCount: 20,
    thoughtsTokenCount: 15,
    totalTokenCount: 165,
  });
  expect(usage).toEqual({ buckets: { ...NO_TOKENS, input: 70, cacheRead: 60, output: 20, reasoning: 15 }, flags: [] });
});

test('Gemini: audio and images get their buckets, whether they were cached or not', () => {
  const usage = geminiUsage({
    promptTokenCount: 1000,
    cachedContentTokenCount: 400,
    promptTokensDetails: [
      { modality: 'TEXT', tokenCount: 500 },
      { modality: 'AUDIO', tokenCount: 300 },
      { modality: 'IMAGE', tokenCount: 200 },
    ],
    cacheTokensDetails: [
      { modality: 'TEXT', tokenCount: 200 },
      { modality: 'AUDIO', tokenCount: 100 },
      { modality: 'IMAGE', tokenCount: 100 },
    ],
    candidatesTokenCount: 1300,
    candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }],
    totalTokenCount: 2300,
  });
  expect(usage.buckets).toEqual({
    ...NO_TOKENS,
    input: 300,
    cacheRead: 200,
    audioInput: 200,
    audioCacheRead: 100,
    imageInput: 100,
    imageCacheRead: 100,
    output: 10,
    imageOutput: 1290,
  });
  expect(usage.flags).toEqual([]);
});

test('Gemini: modalities written as numbers are understood, and a total that does not add up is flagged', () => {
  const usage = geminiUsage({
    promptTokenCount: 521,
    promptTokensDetails: [
      { modality: 2, tokenCount: 516 },
      { modality: 1, tokenCount: 5 },
    ],
    candidatesTokenCount: 5,
    totalTokenCount: 950,
  });
  expect(usage.buckets).toMatchObject({ input: 5, imageInput: 516 });
  expect(usage.flags).toEqual(['total_mismatch']);
});

test('Gemini: details that exceed their whole never make a bucket negative', () => {
  const usage = geminiUsage({
    promptTokenCount: 5,
    promptTokensDetails: [
      { modality: 'AUDIO', tokenCount: 9 },
      { modality: 'IMAGE', tokenCount: 9 },
    ],
    candidatesTokenCount: 1,
    candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 7 }],
  });
  expect(Math.min(...Object.values(usage.buckets))).toBe(0);
  expect([totalInput(usage.buckets), totalOutput(usage.buckets)]).toEqual([5, 1]);
});

test('Gemini interactions: thoughts beside output, tool use beside input, groundings as fees', () => {
  const usage = geminiInteractionsUsage({
    total_input_tokens: 266,
    total_cached_tokens: 6,
    total_output_tokens: 3,
    total_thought_tokens: 57,
    total_tool_use_tokens: 10,
    total_tokens: 336,
    input_tokens_by_modality: [
      { modality: 'text', tokens: 8 },
      { modality: 'image', tokens: 258 },
    ],
    grounding_tool_count: [{ type: 'google_search', count: 2 }],
  });
  expect(usage).toEqual({ buckets: { ...NO_TOKENS, input: 12, cacheRead: 6, imageInput: 258, output: 3, reasoning: 57 }, flags: [], fees: { grounding: 2 } });
});

test('Gemini interactions: what is found in files of the app is no search of the web, and is not charged as one', () => {
  const counted = [{ type: 'retrieval', count: 3 }, { type: 'google_maps', count: 1 }, { count: 2 }];
  const { fees } = geminiInteractionsUsage({ total_input_tokens: 8, total_output_tokens: 3, total_tokens: 11, grounding_tool_count: counted });
  expect(fees).toEqual({ grounding: 3, fileSearch: 3 });
});

test('Vertex predict: embeddings are summed, pictures are charged each', () => {
  expect(
    predictUsage({ predictions: [{ embeddings: { statistics: { token_count: 5 } } }, { embeddings: { statistics: { token_count: 6 } } }] })?.buckets.input,
  ).toBe(11);
  expect(predictUsage({ predictions: [{ mimeType: 'image/png', bytesBase64Encoded: '' }] })?.fees).toEqual({ image: 1 });
  expect(predictUsage({ predictions: [{}] })).toBeUndefined();
});

test('Cohere: what is billed wins over what was counted', () => {
  const usage = cohereUsage({ billed_units: { input_tokens: 5, output_tokens: 9 }, tokens: { input_tokens: 71, output_tokens: 12 }, cached_tokens: 2 });
  expect(usage).toEqual({ buckets: { ...NO_TOKENS, input: 3, cacheRead: 2, output: 9 }, flags: [] });
  expect(cohereUsage({})).toBeUndefined();
});

test('Bedrock Converse: input comes without cached tokens, and the details split the writes', () => {
  const raw = { inputTokens: 10, outputTokens: 5, totalTokens: 125, cacheReadInputTokens: 60, cacheWriteInputTokens: 50 };
  expect(
    bedrockConverseUsage({
      ...raw,
      cacheDetails: [
        { ttl: '5m', inputTokens: 20 },
        { ttl: '1h', inputTokens: 30 },
      ],
    }),
  ).toEqual({
    buckets: { ...NO_TOKENS, input: 10, cacheRead: 60, cacheWrite5m: 20, cacheWrite1h: 30, output: 5 },
    flags: [],
  });
  expect(bedrockConverseUsage(raw).flags).toEqual(['write_split_unknown']);
});

test('Bedrock: the metrics at the end of an invoked stream count as well', () => {
  expect(bedrockInvocationUsage({ inputTokenCount: 8, outputTokenCount: 4, cacheReadInputTokenCount: 2, invocationLatency: 7 }).buckets).toEqual({
    ...NO_TOKENS,
    input: 8,
    cacheRead: 2,
    output: 4,
  });
});

test('Gemini: thoughts that the candidates hold already, as the total tells, are not counted twice', () => {
  const inside = geminiUsage({ promptTokenCount: 1000, candidatesTokenCount: 1000, thoughtsTokenCount: 500, totalTokenCount: 2000 });
  expect(inside).toEqual({ buckets: { ...NO_TOKENS, input: 1000, output: 500, reasoning: 500 }, flags: [] });
  const beside = geminiUsage({ promptTokenCount: 1000, candidatesTokenCount: 1000, thoughtsTokenCount: 500, totalTokenCount: 2500 });
  expect(beside).toEqual({ buckets: { ...NO_TOKENS, input: 1000, output: 1000, reasoning: 500 }, flags: [] });
  const interaction = geminiInteractionsUsage({ total_input_tokens: 10, total_output_tokens: 30, total_thought_tokens: 20, total_tokens: 40 });
  expect(interaction.buckets).toMatchObject({ output: 10, reasoning: 20 });
});
