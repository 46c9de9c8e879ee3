import { expect, test } from 'vitest';
import type { Dialect } from '../../../src/call/call.ts';
import { NO_TOKENS } from '../../../src/call/usage.ts';
import type { ReadFacts } from '../../../src/providers/shared/dialect.ts';
import { readerOf } from '../../../src/providers/shared/dialects.ts';
import { readBody } from './wire.ts';

const read = (dialect: Dialect, lines: readonly unknown[]): ReadFacts => {
  const reader = readerOf(dialect).response('test', { captureContent: false });
  for (const line of lines) reader.event(line);
  return reader.facts();
};

const message = (model: string, input: number, output: number) => ({
  custom_id: 'r',
  result: {
    type: 'succeeded',
    message: { id: 'msg_1', type: 'message', role: 'assistant', model, content: [], usage: { input_tokens: input, output_tokens: output } },
  },
});

test('results of one model with short prompts are one pass, which knows the longest of them; a long one stays by itself', () => {
  const { usage, response } = read('anthropic.batch_results', [
    message('claude-sonnet-5', 90_000, 10),
    message('claude-haiku-5', 5, 1),
    message('claude-sonnet-5', 80_000, 20),
    message('claude-sonnet-5', 250_000, 30),
  ]);
  expect(response).toEqual({ model: 'claude-sonnet-5' });
  expect(usage?.buckets).toEqual({ ...NO_TOKENS, input: 420_005, output: 61 });
  expect(usage?.passes?.map(({ model, buckets, longestPrompt }) => [model, buckets.input, buckets.output, longestPrompt])).toEqual([
    ['claude-sonnet-5', 170_000, 30, 90_000],
    ['claude-haiku-5', 5, 1, 5],
    ['claude-sonnet-5', 250_000, 30, undefined],
  ]);
});

test('a hundred thousand results are a handful of passes', () => {
  const { usage } = read(
    'anthropic.batch_results',
    Array.from({ length: 100_000 }, (_, at) => message(`m${at % 3}`, at % 1000, 1)),
  );
  expect(usage?.passes).toHaveLength(3);
  expect(usage?.buckets.output).toBe(100_000);
});

test('searches are fees of the whole, and what is odd about one number is odd about the sum', () => {
  const odd = { input_tokens: 1, output_tokens: -1, server_tool_use: { web_search_requests: 2 } };
  const one = { result: { type: 'succeeded', message: { type: 'message', model: 'm', usage: odd } } };
  expect(read('anthropic.batch_results', [one, one]).usage).toMatchObject({ fees: { webSearch: 4 }, flags: ['not_a_count'] });
});

test('what each endpoint of OpenAI answered is read in its own form', () => {
  const answers = [
    { object: 'chat.completion', model: 'gpt-5.4', usage: { prompt_tokens: 10, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } } },
    { object: 'response', id: 'resp_1', status: 'completed', model: 'gpt-5.4', output: [], usage: { input_tokens: 20, output_tokens: 5 } },
    { object: 'text_completion', model: 'gpt-5.4', choices: [], usage: { prompt_tokens: 30, completion_tokens: 7 } },
    { object: 'list', model: 'text-embedding-3-small', data: [], usage: { prompt_tokens: 40, total_tokens: 40 } },
  ];
  const { usage } = read(
    'openai.batch_results',
    answers.map((body) => ({ custom_id: 'a', response: { status_code: 200, body }, error: null })),
  );
  expect(usage?.buckets).toEqual({ ...NO_TOKENS, input: 96, cacheRead: 4, output: 15 });
  expect(usage?.passes?.map(({ model }) => model)).toEqual(['gpt-5.4', 'text-embedding-3-small']);
});

test('pictures of a batch of OpenAI, whose answers name neither themselves nor their model, are read', () => {
  const details = { input_tokens_details: { text_tokens: 12, image_tokens: 0 } };
  const body = { created: 1, data: [{ b64_json: 'AAAA' }], usage: { input_tokens: 12, output_tokens: 1000, total_tokens: 1012, ...details } };
  const { usage } = read('openai.batch_results', [{ custom_id: 'a', response: { status_code: 200, body }, error: null }]);
  expect(usage?.buckets).toEqual({ ...NO_TOKENS, input: 12, imageOutput: 1000 });
});

test.each<[string, unknown]>([
  ['inlinedResponses', '7'],
  ['inlinedEmbedContentResponses', 7],
])('embeddings of a batch of Gemini are counted, in %s', (name, tokenCount) => {
  const one = { response: { embedding: { values: [0.1] }, tokenCount } };
  const batch = { name: 'batches/b1', metadata: { model: 'models/gemini-embedding-001' }, response: { [name]: { inlinedResponses: [one, one] } } };
  const { usage, response } = readBody(batch, 'google.batches');
  expect(usage).toMatchObject({ buckets: { ...NO_TOKENS, input: 14 }, flags: [] });
  expect(response.model).toBe('gemini-embedding-001');
  expect(read('google.batch_results', [{ key: 'a', ...one }]).usage?.buckets).toEqual({ ...NO_TOKENS, input: 7 });
});

test.each<[Dialect, readonly unknown[]]>([
  [
    'openai.batch_results',
    [{ custom_id: 'a', response: { status_code: 429, body: { error: { message: 'no' } } } }, { response: null, error: { code: 'expired' } }, 7],
  ],
  ['anthropic.batch_results', [{ result: { type: 'errored', error: { type: 'error' } } }, { result: { type: 'expired' } }, null]],
  ['google.batch_results', [{ key: 'a', error: { code: 400 } }, {}, 'x']],
])('%s: requests that failed used nothing that is known', (dialect, lines) => {
  expect(read(dialect, lines).usage).toBeUndefined();
});

test('a batch of Gemini says its state and model before it has results, and why it failed', () => {
  const about = { model: 'models/gemini-2.5-flash', state: 'BATCH_STATE_RUNNING' };
  expect(readBody({ name: 'batches/b1', metadata: about }, 'google.batches')).toMatchObject({
    response: { id: 'batches/b1', model: 'gemini-2.5-flash', status: 'BATCH_STATE_RUNNING' },
    usage: undefined,
    error: undefined,
  });
  const failed = { name: 'batches/b1', done: true, metadata: { ...about, state: 'BATCH_STATE_FAILED' }, error: { code: 13, message: 'Oops' } };
  expect(readBody(failed, 'google.batches').error).toMatchObject({ message: 'Oops' });
});
