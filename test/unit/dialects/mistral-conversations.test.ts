import { describe, expect, test } from 'vitest';
import { NO_TOKENS } from '../../../src/call/usage.ts';
import { readerOf } from '../../../src/providers/shared/dialects.ts';
import { give, readBody, type How } from './wire.ts';

const reader = readerOf('mistral.conversations');

const AT = { created_at: '2026-11-22T10:00:00Z', output_index: 0, id: 'msg_1', model: 'mistral-medium-2508' };
const EVENTS = [
  { type: 'conversation.response.started', conversation_id: 'conv_1' },
  { ...AT, type: 'tool.execution.started', name: 'web_search', arguments: '' },
  { ...AT, type: 'message.output.delta', content_index: 0, role: 'assistant', content: 'One' },
  { ...AT, type: 'message.output.delta', content_index: 0, role: 'assistant', content: { type: 'text', text: ' two' } },
  { ...AT, type: 'message.output.delta', content_index: 1, role: 'assistant', content: { type: 'tool_reference', tool: 'web_search', title: 'A page' } },
  { ...AT, type: 'function.call.delta', tool_call_id: 'call_1', name: 'look_up', arguments: '{"id"' },
  { ...AT, type: 'function.call.delta', tool_call_id: 'call_1', name: 'look_up', arguments: ': 7}' },
  {
    type: 'conversation.response.done',
    usage: { prompt_tokens: 188, completion_tokens: 55, total_tokens: 7355, connector_tokens: 7112, connectors: { web_search: 1 } },
  },
].map((event) => JSON.stringify(event));
const TEXT = 'One two{"id": 7}';

const streamed = (how: How, count = EVENTS.length) => give(reader.response('mistral_ai', { captureContent: how === 'captured' }), EVENTS, how, count);

describe.each(['hook', 'tap', 'captured'] as const)('events read by a %s', (how) => {
  test('tell the conversation, the model, tool calls and tokens, those of connectors among them', () => {
    const { response, usage, ended, outputChars } = streamed(how);
    expect(response).toMatchObject({ model: 'mistral-medium-2508', conversationId: 'conv_1', toolCalls: [{ id: 'call_1', name: 'look_up' }] });
    expect(usage).toEqual({ buckets: { ...NO_TOKENS, input: 7300, output: 55 }, flags: [], fees: { webSearch: 1 } });
    expect(ended).toBe(true);
    // The tap takes every text of a piece that it does not parse for one that was written.
    expect(outputChars).toBeGreaterThanOrEqual(TEXT.length);
  });

  test('that break off are not ended', () => {
    const { usage, ended } = streamed(how, 4);
    expect([usage, ended]).toEqual([undefined, false]);
  });
});

test('the answer is gathered where it is asked for', () => {
  expect(streamed('captured').response.content?.outputMessages).toEqual([
    {
      role: 'assistant',
      parts: [
        { type: 'text', content: 'One two' },
        { type: 'tool_call', id: 'call_1', name: 'look_up', arguments: { id: 7 } },
      ],
    },
  ]);
});

test('a whole answer tells the same', () => {
  const answer = {
    object: 'conversation.response',
    conversation_id: 'conv_1',
    outputs: [
      { object: 'entry', type: 'tool.execution', name: 'code_interpreter', id: 'tool_1' },
      { object: 'entry', type: 'message.output', role: 'assistant', id: 'msg_1', model: 'mistral-medium-2508', content: 'One two' },
      { object: 'entry', type: 'function.call', id: 'fc_1', tool_call_id: 'call_1', name: 'look_up', arguments: '{"id": 7}' },
    ],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, connectors: { code_interpreter: 2 } },
  };
  expect(readBody(answer, 'mistral.conversations')).toMatchObject({
    response: { model: 'mistral-medium-2508', conversationId: 'conv_1', toolCalls: [{ id: 'call_1', name: 'look_up' }] },
    usage: { buckets: { input: 10, output: 5 }, fees: { codeExecution: 2 } },
    outputChars: TEXT.length,
    ended: true,
  });
});

test('an error is one, whole and in the middle of a stream', () => {
  const event = { type: 'conversation.response.error', message: 'Agent not found', code: 3000 };
  expect(give(reader.response('mistral_ai', { captureContent: false }), [JSON.stringify(event)], 'tap').error).toEqual({
    type: 'conversation.response.error',
    message: 'Agent not found',
  });
  expect(readBody({ object: 'error', message: 'Invalid model', type: 'invalid_model', code: '1500' }, 'mistral.conversations').error).toEqual({
    type: 'invalid_model',
    message: 'Invalid model',
  });
});

test('a request says what it asks for, and what only Mistral knows', () => {
  const body = {
    model: 'mistral-medium-latest',
    inputs: [{ type: 'message.input', role: 'user', content: 'Hi' }],
    instructions: 'Be brief.',
    stream: true,
    completion_args: { max_tokens: 100, temperature: 0.5, top_p: 0.9, random_seed: 7, stop: 'END', response_format: { type: 'json_object' } },
    tools: [{ type: 'function', function: { name: 'look_up' } }],
  };
  expect(reader.request(body, '/v1/conversations')).toEqual({
    model: 'mistral-medium-latest',
    stream: true,
    maxTokens: 100,
    temperature: 0.5,
    topP: 0.9,
    seed: 7,
    stopSequences: ['END'],
    outputType: 'json',
    promptChars: expect.any(Number) as number,
    promptHasMedia: false,
  });
  expect(reader.request({ inputs: 'And now?' }, '/v1/conversations/conv_1?x=1')).toMatchObject({ conversationId: 'conv_1', hasHiddenInput: true });
  expect(reader.request({ agent_id: 'ag_1', inputs: 'Hi' }, '/v1/conversations')).toMatchObject({ hasHiddenInput: true });
  expect(reader.request({ model: 'm', inputs: 'Hi', tools: [{ type: 'web_search' }] }, '/v1/conversations')).toMatchObject({ hasHiddenInput: true });
  expect(reader.requestContent(body)).toEqual({
    inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }],
    systemInstructions: [{ type: 'text', content: 'Be brief.' }],
    toolDefinitions: [{ type: 'function', name: 'look_up' }],
  });
});
