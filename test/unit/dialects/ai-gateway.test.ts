import { expect, test } from 'vitest';
import { readerOf } from '../../../src/providers/shared/dialects.ts';

const reader = readerOf('ai_gateway.language_model');
const begun = (captureContent = false) => reader.response('vercel', { captureContent });

test('usage of every specification, with the cost that the gateway states', () => {
  const usages = [
    { inputTokens: 100, outputTokens: 20, totalTokens: 120, reasoningTokens: 5, cachedInputTokens: 40 },
    { inputTokens: { total: 100, noCache: 50, cacheRead: 40, cacheWrite: 10 }, outputTokens: { total: 20, text: 15, reasoning: 5 } },
    { inputTokens: { total: undefined }, outputTokens: {} },
  ];
  const facts = usages.map((usage) => {
    const response = begun();
    response.body({ content: [], finishReason: 'tool-calls', usage, providerMetadata: { gateway: { cost: '0.5' } } });
    return response.facts();
  });
  expect(facts.map(({ usage }) => usage?.buckets)).toMatchObject([
    { input: 60, cacheRead: 40, cacheWrite5m: 0, output: 15, reasoning: 5 },
    { input: 50, cacheRead: 40, cacheWrite5m: 10, output: 15, reasoning: 5 },
    { input: 0, output: 0 },
  ]);
  expect(facts.map(({ usage }) => [usage?.flags, usage?.providerCost?.amount])).toEqual([
    [[], 500_000_000_000n],
    [[], 500_000_000_000n],
    [[], 500_000_000_000n],
  ]);
  expect(facts[0]?.response.finishReasons).toEqual(['tool_calls']);
});

test('a stream: deltas are counted unparsed, tools are told once, an error is one whether it is a text or an object', () => {
  const response = begun();
  expect(response.wants('{"type":"text-delta","id":"0","delta":"hello"}')).toBe(false);
  response.event({ type: 'stream-start', warnings: [] });
  response.event({ type: 'response-metadata', id: 'r1', modelId: 'm1' });
  response.event({ type: 'tool-input-delta', id: 't1', delta: '{}' });
  response.event({ type: 'tool-call', toolCallId: 't1', toolName: 'weather', input: '{}' });
  response.event({ type: 'tool-call', toolCallId: 't2', toolName: 'search', input: '{}', providerExecuted: true });
  expect(response.facts()).toMatchObject({ ended: false, outputChars: 7, response: { id: 'r1', model: 'm1', toolCalls: [{ id: 't1', name: 'weather' }] } });
  response.event({ type: 'finish', finishReason: { unified: 'length', raw: 'max_tokens' }, usage: { inputTokens: 1, outputTokens: 2 } });
  expect(response.facts()).toMatchObject({ ended: true, error: undefined, response: { finishReasons: ['length'] } });
  for (const error of ['no more', { message: 'no more', type: 'overloaded' }]) {
    const failed = begun();
    failed.event({ type: 'error', error });
    expect(failed.facts().error?.message).toBe('no more');
  }
});

test('a request: bounds, sizes and content; bytes of files are not taken for text', () => {
  const bytes = 'A'.repeat(5000);
  const body = {
    model: 'vendor/m',
    stream: true,
    maxOutputTokens: 50,
    responseFormat: { type: 'json', schema: {} },
    prompt: [
      { role: 'system', content: 'be kind' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'hello' },
          { type: 'file', mediaType: 'image/png', data: { type: 'data', data: bytes } },
          { type: 'file', mediaType: 'image/png', data: bytes },
        ],
      },
      { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 't1', toolName: 'weather', input: { a: 1 } }] },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 't1', toolName: 'weather', output: { type: 'text', value: 'sunny' } }] },
    ],
    tools: [
      { type: 'function', name: 'weather', inputSchema: {} },
      { type: 'provider', id: 'openai.web_search', name: 'search' },
    ],
  };
  const facts = reader.request(body, '/v4/ai/language-model');
  expect(facts).toMatchObject({ model: 'vendor/m', stream: true, maxTokens: 50, outputType: 'json', promptHasMedia: true });
  expect(facts.promptChars).toBeLessThan(1000);
  expect(reader.requestContent(body)).toMatchObject({
    systemInstructions: [{ type: 'text', content: 'be kind' }],
    inputMessages: [
      { role: 'user', parts: [{ type: 'text', content: 'hello' }, { type: 'file' }, { type: 'file' }] },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 't1', name: 'weather' }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 't1' }] },
    ],
    toolDefinitions: [
      { type: 'function', name: 'weather' },
      { type: 'provider', name: 'search' },
    ],
  });
});
