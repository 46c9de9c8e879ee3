import { describe, expect, test } from 'vitest';
import { NO_TOKENS } from '../../../src/call/usage.ts';
import { readerOf } from '../../../src/providers/shared/dialects.ts';
import { refusalAnswer } from '../../../src/wire/refusal.ts';
import { give, readBody, type How } from './wire.ts';

const reader = readerOf('ollama.chat');

const AT = { model: 'qwen3', created_at: '2026-11-22T10:00:00Z' };
const said = (message: object): string => JSON.stringify({ ...AT, message: { role: 'assistant', content: '', ...message }, done: false });
const END = { ...AT, message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', total_duration: 9, prompt_eval_count: 26, eval_count: 31 };
const LINES = [
  said({ thinking: 'Let me' }),
  said({ thinking: ' see.' }),
  said({ tool_calls: [{ id: 'call_1', function: { index: 0, name: 'look_up', arguments: { id: 7 } } }] }),
  said({ content: 'One' }),
  said({ content: ' two' }),
  JSON.stringify(END),
];
const TEXT = 'Let me see.One two';

const streamed = (how: How, lines: readonly string[], count = lines.length) =>
  give(reader.response('ollama', { captureContent: how === 'captured' }), lines, how, count);

describe.each(['hook', 'tap', 'captured'] as const)('lines read by a %s', (how) => {
  test('tell the model, why they end, tool calls and tokens', () => {
    const { response, usage, error, ended, outputChars } = streamed(how, LINES);
    expect(response).toMatchObject({ model: 'qwen3', finishReasons: ['stop'], toolCalls: [{ id: 'call_1', name: 'look_up' }] });
    expect(usage).toEqual({ buckets: { ...NO_TOKENS, input: 26, output: 31 }, flags: [] });
    expect([error, ended, outputChars]).toEqual([undefined, true, TEXT.length]);
  });

  test('that break off are not ended, and what was written so far is counted', () => {
    const { response, usage, ended, outputChars } = streamed(how, LINES, 4);
    expect([response.model, usage, ended, outputChars]).toEqual(['qwen3', undefined, false, 'Let me see.One'.length]);
  });

  test('may say an error in the middle', () => {
    const { error } = streamed(how, [said({ content: 'One' }), JSON.stringify({ error: 'model runner has unexpectedly stopped' })]);
    expect(error).toEqual({ type: '_OTHER', message: 'model runner has unexpectedly stopped' });
  });
});

test('whole answers of chat, generate and embed tell the same', () => {
  expect(readBody({ ...END, message: { role: 'assistant', content: 'One two' } }, 'ollama.chat')).toMatchObject({
    response: { model: 'qwen3', finishReasons: ['stop'] },
    usage: { buckets: { input: 26, output: 31 } },
    outputChars: 7,
    ended: true,
  });
  const generated = { ...AT, response: 'One two', thinking: 'Hm', done: true, done_reason: 'length', context: [1, 2], prompt_eval_count: 3, eval_count: 4 };
  expect(readBody(generated, 'ollama.chat')).toMatchObject({ response: { finishReasons: ['length'] }, usage: { buckets: { input: 3, output: 4 } } });
  expect(readBody({ model: 'all-minilm', embeddings: [[0.1]], prompt_eval_count: 8 }, 'ollama.chat')).toMatchObject({
    response: { model: 'all-minilm' },
    usage: { buckets: { input: 8, output: 0 } },
    ended: true,
  });
});

test('a model that is only loaded used nothing, and counts that are missing are not made up', () => {
  expect(readBody({ ...AT, response: '', done: true, done_reason: 'load' }, 'ollama.chat').usage?.buckets).toEqual(NO_TOKENS);
  expect(readBody({ ...AT, response: 'Hi', done: true, done_reason: 'stop' }, 'ollama.chat').usage).toBeUndefined();
});

test('an error is one', () => {
  expect(readBody({ error: "model 'none' not found" }, 'ollama.chat').error).toEqual({ type: '_OTHER', message: "model 'none' not found" });
});

test('the answer is gathered where it is asked for', () => {
  expect(streamed('captured', LINES).response.content?.outputMessages).toEqual([
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', content: 'Let me see.' },
        { type: 'tool_call', id: 'call_1', name: 'look_up', arguments: { id: 7 } },
        { type: 'text', content: 'One two' },
      ],
    },
  ]);
});

test('a request says what it asks for, and streams unless it says otherwise', () => {
  const body = {
    model: 'qwen3',
    messages: [{ role: 'user', content: 'What is this?', images: ['AAAA'.repeat(1000)] }],
    format: 'json',
    think: 'high',
    options: { num_predict: 100, temperature: 0.5, top_p: 0.9, top_k: 40, seed: 7, stop: 'END', presence_penalty: 1, frequency_penalty: 2 },
  };
  const { promptChars, ...facts } = reader.request(body, '/api/chat');
  expect(facts).toEqual({
    model: 'qwen3',
    stream: true,
    maxTokens: 100,
    temperature: 0.5,
    topP: 0.9,
    topK: 40,
    seed: 7,
    stopSequences: ['END'],
    presencePenalty: 1,
    frequencyPenalty: 2,
    outputType: 'json',
    reasoningLevel: 'high',
    promptHasMedia: true,
  });
  expect(promptChars).toBeLessThan(100);
  expect(reader.request({ model: 'm', prompt: 'Hi', stream: false, options: { num_predict: -1 } }, '/api/generate')).toMatchObject({ stream: false });
  expect(reader.request({ model: 'm', prompt: 'Hi', options: { num_predict: -1 } }, '/api/generate')).not.toHaveProperty('maxTokens');
  expect(reader.request({ model: 'm', input: ['a', 'b'], dimensions: 64 }, '/api/embed')).toMatchObject({ stream: false, embeddingDimensions: 64 });
});

test('a refusal is worded as Ollama words its errors', () => {
  const refusal = { code: 'budget_exhausted', message: 'no more', rule: 'b' } as never;
  expect(JSON.parse(refusalAnswer('ollama.chat', refusal).body)).toEqual({ error: 'no more' });
});
