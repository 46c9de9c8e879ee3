import { describe, expect, test } from 'vitest';
import type { Dialect } from '../../../src/call/call.ts';
import { NO_TOKENS } from '../../../src/call/usage.ts';
import { readerOf } from '../../../src/providers/shared/dialects.ts';
import type { How } from './wire.ts';
import { eventsOf, give, readStream } from './wire.ts';

const ways: readonly How[] = ['hook', 'tap', 'captured'];

describe.each(ways)('read by a %s', (how) => {
  test('OpenAI chat: first id that is not empty, one reason a choice, usage of the last chunk, tool names', () => {
    const { response, usage, error, ended } = readStream('openai-chat.sse', 'openai.chat', 'azure.ai.openai', how);
    const { content: _content, ...facts } = response;
    expect(facts).toEqual({
      id: 'chatcmpl-A1',
      model: 'gpt-5.1-2026-08-01',
      finishReasons: ['tool_calls', 'length'],
      serviceTier: 'priority',
      systemFingerprint: 'fp_1',
      toolCalls: [{ id: 'call_1', name: 'get_weather' }],
    });
    expect(usage).toEqual({ buckets: { ...NO_TOKENS, input: 10, cacheRead: 16, cacheWrite5m: 4, output: 13, reasoning: 8 }, flags: [] });
    expect([error, ended]).toEqual([undefined, true]);
  });

  test('Groq: usage that stands only in x_groq is found', () => {
    const { response, usage } = readStream('groq-chat.sse', 'openai.chat', 'groq', how);
    expect(usage).toEqual({ buckets: { ...NO_TOKENS, input: 12, output: 3 }, flags: [] });
    expect(response.finishReasons).toEqual(['stop']);
  });

  test('xAI: usage on every chunk counts once, the last one, with reasoning added and its own cost', () => {
    const { usage } = readStream('xai-chat.sse', 'openai.chat', 'x_ai', how);
    expect(usage).toEqual({
      buckets: { ...NO_TOKENS, input: 1, cacheRead: 11, output: 2, reasoning: 290 },
      flags: ['reasoning_added'],
      providerCost: { amount: 146_625_000n, field: 'usage.cost_in_usd_ticks' },
    });
  });

  test('OpenRouter: an error inside the stream of an HTTP 200 is an error', () => {
    const { response, usage, error } = readStream('openrouter-error.sse', 'openai.chat', 'openrouter', how);
    expect(error).toEqual({ type: '502', message: 'Upstream gave up' });
    expect([response.finishReasons, usage]).toEqual([['error'], undefined]);
  });

  test('OpenAI responses: the facts of the last event, searches as fees, the tools that the caller has to run', () => {
    const { response, usage, ended } = readStream('openai-responses.sse', 'openai.responses', 'openai', how);
    const { content: _content, ...facts } = response;
    expect(facts).toEqual({
      id: 'resp_1',
      model: 'gpt-5.1-2026-08-01',
      status: 'completed',
      finishReasons: ['tool_calls'],
      serviceTier: 'flex',
      conversationId: 'conv_1',
      toolCalls: [{ id: 'call_1', name: 'look_up' }],
    });
    expect(usage).toEqual({
      buckets: { ...NO_TOKENS, input: 10, cacheRead: 50, cacheWrite5m: 10, output: 18, reasoning: 12 },
      flags: [],
      fees: { webSearch: 1 },
    });
    expect(ended).toBe(true);
  });

  test('Anthropic: message_delta overrides message_start, and late writes leave their split unknown', () => {
    const { response, usage, ended } = readStream('anthropic-messages.sse', 'anthropic.messages', 'anthropic', how);
    const { content: _content, ...facts } = response;
    expect(facts).toEqual({
      id: 'msg_1',
      model: 'claude-sonnet-5',
      finishReasons: ['tool_use'],
      serviceTier: 'standard',
      geo: 'us',
      toolCalls: [{ id: 'toolu_1', name: 'look_up' }],
    });
    expect(usage).toEqual({
      buckets: { ...NO_TOKENS, input: 9, cacheRead: 50, cacheWrite5m: 80, cacheWrite1h: 40, output: 24, reasoning: 20 },
      flags: ['write_split_unknown'],
      fees: { webSearch: 1 },
    });
    expect(ended).toBe(true);
  });

  test('Gemini: the last usage counts even where counters fell, searches are fees', () => {
    const { response, usage, ended } = readStream('gemini.sse', 'google.generate_content', 'gcp.gemini', how);
    const { content: _content, ...facts } = response;
    expect(facts).toEqual({ id: 'r1', model: 'gemini-3-flash', finishReasons: ['STOP'], serviceTier: 'flex', toolCalls: [{ id: undefined, name: 'look_up' }] });
    expect(usage).toEqual({ buckets: { ...NO_TOKENS, input: 87, output: 21, reasoning: 78 }, flags: [], fees: { grounding: 2 } });
    expect(ended).toBe(true);
  });

  test('Gemini interactions: status, tools and usage', () => {
    const { response, usage, ended } = readStream('interactions.sse', 'google.interactions', 'gcp.gemini', how);
    expect(response).toMatchObject({
      id: 'v1_1',
      model: 'gemini-3-flash',
      status: 'requires_action',
      finishReasons: ['requires_action'],
      toolCalls: [{ id: 'f1', name: 'look_up' }],
    });
    expect(usage?.buckets).toEqual({ ...NO_TOKENS, input: 9, output: 13, reasoning: 4 });
    expect(ended).toBe(true);
  });

  test('Cohere: both versions of its stream', () => {
    const v2 = readStream('cohere-v2.sse', 'cohere.chat', 'cohere', how);
    expect(v2.response).toMatchObject({ id: 'c-1', finishReasons: ['TOOL_CALL'], toolCalls: [{ id: 't-1', name: 'look_up' }] });
    expect([v2.usage?.buckets, v2.ended]).toEqual([{ ...NO_TOKENS, input: 5, output: 8 }, true]);
    const v1 = readStream('cohere-v1.sse', 'cohere.chat', 'cohere', how);
    expect([v1.response.finishReasons, v1.usage?.buckets, v1.ended]).toEqual([['COMPLETE'], { ...NO_TOKENS, input: 4, output: 2 }, true]);
  });

  test.each([
    ['openai-chat.sse', 'openai.chat', 7, ['', ''], 'Grüße "quoted"Second{"city":"Oslo"}'],
    ['openai-responses.sse', 'openai.responses', 11, undefined, 'ThinkingThe "response" is in.{"id":7}'],
    ['anthropic-messages.sse', 'anthropic.messages', 13, [''], 'Let me see.I look "it" up.{"id": 7}'],
    ['gemini.sse', 'google.generate_content', 2, [''], 'Let me think.One '],
  ] as const)('%s cut off: not ended, and the text so far is counted', (file, dialect, count, reasons, text) => {
    const { response, ended, outputChars } = readStream(file, dialect, 'test', how, count);
    expect([ended, response.finishReasons]).toEqual([false, reasons]);
    // The tap looks at raw text, in which a quote is two characters long.
    expect(outputChars).toBeGreaterThanOrEqual(text.length);
    expect(outputChars).toBeLessThanOrEqual(how === 'tap' ? JSON.stringify(text).length - 2 : text.length);
  });
});

test.each(ways)('a tool of Anthropic whose name ends like that of a ping is a tool all the same, read by a %s', (how) => {
  const events = [
    { type: 'message_start', message: { id: 'm', model: 'claude', usage: { input_tokens: 3, output_tokens: 1 } } },
    { type: 'ping' },
    { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't', name: 'track_shipping', input: {} } },
    { type: 'message_delta', delta: { stop_reason: 'stop_sequence', stop_sequence: 'ping' }, usage: { output_tokens: 9 } },
  ].map((event) => JSON.stringify(event));
  const { response, usage } = give(readerOf('anthropic.messages').response('anthropic', { captureContent: how === 'captured' }), events, how);
  expect(response).toMatchObject({ toolCalls: [{ id: 't', name: 'track_shipping' }], finishReasons: ['stop_sequence'] });
  expect(usage?.buckets).toMatchObject({ input: 3, output: 9 });
});

const parsed = (file: string, dialect: 'openai.chat' | 'openai.responses' | 'anthropic.messages'): number => {
  const reader = readerOf(dialect).response('openai', { captureContent: false });
  return eventsOf(file).filter((data) => {
    const wanted = reader.wants(data);
    if (wanted) reader.event(JSON.parse(data));
    return wanted;
  }).length;
};

test('the tap parses no delta that holds no fact', () => {
  expect(parsed('openai-chat.sse', 'openai.chat')).toBe(7);
  expect(parsed('openai-responses.sse', 'openai.responses')).toBe(8);
  expect(parsed('anthropic-messages.sse', 'anthropic.messages')).toBe(7);
});

test('what an app does to a chunk after it was read changes no fact', () => {
  const reader = readerOf('anthropic.messages').response('anthropic', { captureContent: true });
  for (const data of eventsOf('anthropic-messages.sse')) {
    const event: unknown = JSON.parse(data);
    reader.event(event);
    const spoil = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const key of Object.keys(value)) {
        spoil((value as Record<string, unknown>)[key]);
        delete (value as Record<string, unknown>)[key];
      }
    };
    spoil(event);
  }
  const clean = readStream('anthropic-messages.sse', 'anthropic.messages', 'anthropic', 'captured');
  expect(reader.facts()).toEqual(clean);
});

const chunk = (content: string, rest: object = {}): string =>
  JSON.stringify({ id: 'c-1', model: 'm', choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }], usage: null, ...rest });

const padded = (content: string, obfuscation: string): string => chunk(content, { obfuscation });

test('the tap knows plain deltas again, and is not deceived by what looks like one', () => {
  const reader = readerOf('openai.chat').response('openai', { captureContent: false });
  const take = (data: string): boolean => {
    const wanted = reader.wants(data);
    if (wanted) reader.event(JSON.parse(data));
    return wanted;
  };
  expect(take(padded('a', 'xyz'))).toBe(true);
  expect([take(padded('bc', 'x')), take(padded('def', 'xyzxyz')), take(padded('"quoted"', '')), take(padded('', 'abc'))]).toEqual([false, false, false, false]);
  expect(reader.facts().outputChars).toBe('abcdef'.length + '\\"quoted\\"'.length);
  // Facts in the place of the text, behind it and behind the padding.
  expect(take(padded('x', 'y').replace('"x"', '"x","tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":""}}]'))).toBe(true);
  expect(take(padded('x', 'y').replace('"y"}', '"y","usage":{"prompt_tokens":3,"completion_tokens":4}}'))).toBe(false);
  expect(reader.facts()).toMatchObject({ response: { toolCalls: [{ name: 'f' }] }, usage: { buckets: { input: 3, output: 4 } } });
  expect(take(padded('x', 'y').replace('"finish_reason":null', '"finish_reason":"stop"'))).toBe(true);
  expect(reader.facts().response.finishReasons).toEqual(['stop']);
});

test('the tap parses the usage that comes with every delta once, when it is asked for', () => {
  const reader = readerOf('openai.chat').response('x_ai', { captureContent: false });
  for (let at = 1; at <= 50; at++) {
    const data = chunk('ab', { usage: { prompt_tokens: 5, completion_tokens: at, total_tokens: 5 + at } });
    expect(reader.wants(data)).toBe(at === 1);
    if (at === 1) reader.event(JSON.parse(data));
  }
  reader.event({ choices: [] });
  expect(reader.facts()).toMatchObject({ usage: { buckets: { input: 5, output: 50 } }, outputChars: 100 });
  expect(reader.facts().usage?.buckets.output).toBe(50);
  // The last chunk may say nothing of usage: what came before it still counts.
  expect(reader.wants(chunk('', { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }))).toBe(true);
  reader.event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  expect(reader.facts().usage?.buckets.output).toBe(50);
});

const gemini = (text: string, count: number, rest: object = {}): string =>
  JSON.stringify({
    candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0, ...rest }],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: count, totalTokenCount: 5 + count },
    modelVersion: 'g',
    responseId: 'r',
  });

test('the tap parses a Gemini chunk only where it may hold more than text and usage', () => {
  const reader = readerOf('google.generate_content').response('gcp.gemini', { captureContent: false });
  const wanted = [gemini('a', 1), gemini('b', 2), gemini('c', 3)].map((data) => {
    const parse = reader.wants(data);
    if (parse) reader.event(JSON.parse(data));
    return parse;
  });
  expect(wanted).toEqual([true, false, false]);
  expect(reader.facts()).toMatchObject({ usage: { buckets: { output: 3 } }, outputChars: 3, ended: false });
  expect(reader.wants(gemini('d', 4, { finishReason: 'STOP' }))).toBe(true);
});

test('the usage of a Gemini chunk counts also where later ones say nothing of it', () => {
  const whole = JSON.parse(gemini('c', 0)) as object;
  for (const usageMetadata of [undefined, null, { trafficType: 'ON_DEMAND' }])
    for (const how of ways) {
      const reader = readerOf('google.generate_content').response('gcp.vertex_ai', { captureContent: how === 'captured' });
      const facts = give(reader, [gemini('a', 1), gemini('b', 2), JSON.stringify({ ...whole, usageMetadata })], how);
      expect(facts.usage?.buckets.output).toBe(2);
    }
});

test('reasoning is counted as it comes also beside an empty text', () => {
  const thought = (delta: object): string => chunk('', { choices: [{ index: 0, delta, finish_reason: null }] });
  const events = [
    chunk(''),
    ...['The', ' user', ' asks'].map((text) => thought({ content: '', reasoning_content: text })),
    ...['The', ' user', ' asks'].map((text) => thought({ content: null, reasoning_content: text })),
    ...['The', ' user', ' asks'].map((text) => thought({ content: '', reasoning: text })),
  ];
  for (const how of ways)
    expect(give(readerOf('openai.chat').response('openrouter', { captureContent: how === 'captured' }), events, how).outputChars).toBe(39);
});

test('an answer that ends with the name of an event is told apart from that event', () => {
  const steps = [{ type: 'model_output', content: [{ type: 'text', text: 'It is called step.delta' }] }];
  const whole = { id: 'i', model: 'g', status: 'completed', usage: { total_input_tokens: 3, total_output_tokens: 4 }, steps };
  const google = [JSON.stringify({ event_type: 'interaction.completed', interaction: whole })];
  const meta = { tokens: { input_tokens: 3, output_tokens: 4 } };
  const cohere = [JSON.stringify({ event_type: 'stream-end', finish_reason: 'COMPLETE', response: { text: 'I do text-generation', meta } })];
  for (const how of ways) {
    const read = (dialect: Dialect, events: readonly string[]) => give(readerOf(dialect).response('test', { captureContent: how === 'captured' }), events, how);
    expect(read('google.interactions', google)).toMatchObject({ usage: { buckets: { input: 3, output: 4 } }, ended: true });
    expect(read('cohere.chat', cohere)).toMatchObject({ usage: { buckets: { input: 3, output: 4 } }, ended: true });
  }
});

test('a summary of what an interaction thought is counted as it comes', () => {
  const summary = { type: 'thought_summary', content: { type: 'text', text: 'Hmm, so' } };
  const events = [JSON.stringify({ event_type: 'step.delta', index: 0, delta: summary })];
  for (const how of ways)
    expect(give(readerOf('google.interactions').response('gcp.gemini', { captureContent: how === 'captured' }), events, how).outputChars).toBe(7);
});

test('the cost that the Vercel gateway states in a delta is found by hook and tap', () => {
  const cost = { provider_metadata: { gateway: { cost: '0.0045405' } } };
  const events = [
    chunk('a'),
    chunk('b'),
    chunk('', { choices: [{ index: 0, delta: { content: 'c', ...cost }, finish_reason: null }] }),
    chunk('', { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }),
  ];
  for (const how of ways) {
    const facts = give(readerOf('openai.chat').response('vercel', { captureContent: how === 'captured' }), events, how);
    expect(facts.usage?.providerCost).toEqual({ amount: 4_540_500_000n, field: 'provider_metadata.gateway.cost' });
  }
});

test('an Anthropic stream out of Bedrock is skimmed like one from Anthropic', () => {
  const reader = readerOf('bedrock.invoke_model').response('aws.bedrock', { captureContent: false });
  const parsed = eventsOf('anthropic-messages.sse').filter((data) => {
    const wanted = reader.wants(data);
    if (wanted) reader.event(JSON.parse(data));
    return wanted;
  });
  expect(parsed).toHaveLength(7);
  expect(reader.facts()).toMatchObject({ response: { id: 'msg_1', finishReasons: ['tool_use'] }, usage: { buckets: { output: 24 } }, ended: true });
});

test('the tap counts the text of a delta whatever the order of its members', () => {
  const reader = readerOf('anthropic.messages').response('anthropic', { captureContent: false });
  expect(reader.wants('{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}     }')).toBe(false);
  expect(reader.wants('{"delta":{"text":"Hello","type":"text_delta"},"index":0,"type":"content_block_delta"}')).toBe(false);
  expect(reader.wants('{"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Hello"}}')).toBe(false);
  expect(reader.facts().outputChars).toBe(15);
});

describe.each(ways)('the usage of a stream that breaks off, read by a %s', (how) => {
  const chatWithUsage = (count: number, rest: object = {}): string => chunk('x', { usage: { prompt_tokens: 5, completion_tokens: count }, ...rest });
  const google = [gemini('a', 1), gemini('b', 2), gemini('c', 3, { finishReason: 'STOP' })];
  const grows = [chatWithUsage(1), chatWithUsage(2), chatWithUsage(3, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })];
  const atItsEnd = [chunk('a'), chunk('b'), chunk('', { choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 } })];
  const anthropic = eventsOf('anthropic-messages.sse');
  const beforeItsEnd = anthropic.findIndex((data) => data.includes('"message_delta"'));

  const isFlagged = (dialect: Dialect, events: readonly string[]): boolean | undefined =>
    give(readerOf(dialect).response('test', { captureContent: how === 'captured' }), events, how).usage?.flags.includes('output_unfinished');

  test.each([
    ['google.generate_content', google, 2],
    ['openai.chat', grows, 2],
    ['anthropic.messages', anthropic, beforeItsEnd],
  ] as const)('of %s is flagged, and that of a whole one is not', (dialect, events, until) => {
    expect(isFlagged(dialect, events.slice(0, until))).toBe(true);
    expect(isFlagged(dialect, events)).toBe(false);
  });

  test('is not when it came by itself: nothing comes behind it', () => {
    expect(isFlagged('openai.chat', atItsEnd)).toBe(false);
  });
});

test.each(ways)('usage that stands inside the last choice counts, as Moonshot sends it where nobody asked, read by a %s', (how) => {
  const chunk = (choice: object, more: object = {}): string =>
    JSON.stringify({ id: 'cmpl-1', object: 'chat.completion.chunk', created: 1, model: 'kimi-k2.5', choices: [{ index: 0, ...choice }], ...more });
  const said = ['Hel', 'lo'].map((content) => chunk({ delta: { content }, finish_reason: null }));
  const end = chunk({ delta: {}, finish_reason: 'stop', usage: { prompt_tokens: 19, completion_tokens: 13, total_tokens: 32, cached_tokens: 4 } });
  const read = (events: readonly string[]) => give(readerOf('openai.chat').response('moonshot_ai', { captureContent: how === 'captured' }), events, how);
  const wanted = { buckets: { ...NO_TOKENS, input: 15, cacheRead: 4, output: 13 }, flags: [] };
  expect(read([...said, end, '[DONE]']).usage).toEqual(wanted);
  // Where it was asked for, a chunk of its own says the same again.
  const again = JSON.stringify({
    id: 'cmpl-1',
    model: 'kimi-k2.5',
    choices: [],
    usage: { prompt_tokens: 19, completion_tokens: 13, total_tokens: 32, cached_tokens: 4 },
  });
  expect(read([...said, end, again, '[DONE]']).usage).toEqual(wanted);
});

test.each(['requires_continuation', 'budget_exceeded'])('an interaction that ends with %s has told all that it used until then', (status) => {
  const usage = { total_input_tokens: 10, total_output_tokens: 4, total_tokens: 14 };
  const events = [
    { event_type: 'interaction.created', interaction: { id: 'v1_1', model: 'gemini-3.8-flash', status: 'in_progress' } },
    { event_type: 'step.delta', index: 0, delta: { type: 'text', text: 'Hello' } },
    { event_type: 'interaction.completed', interaction: { id: 'v1_1', model: 'gemini-3.8-flash', status, usage } },
  ].map((event) => JSON.stringify(event));
  const read = give(readerOf('google.interactions').response('gcp.gemini', { captureContent: false }), events, 'tap');
  expect([read.usage?.flags, read.response.finishReasons, read.ended]).toEqual([[], [status], true]);
});
