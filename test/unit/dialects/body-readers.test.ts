import { expect, test } from 'vitest';
import { NO_TOKENS } from '../../../src/call/usage.ts';
import { readerOf } from '../../../src/providers/shared/dialects.ts';
import { give, readBody } from './wire.ts';

test('a response that ran out of tokens says so', () => {
  const { response } = readBody({ id: 'resp_1', status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [] }, 'openai.responses');
  expect(response).toEqual({ id: 'resp_1', status: 'incomplete', finishReasons: ['max_output_tokens'] });
});

test('a response in the background has no finish reason yet', () => {
  const { response, usage } = readBody({ id: 'resp_1', status: 'queued', usage: null, output: [] }, 'openai.responses');
  expect([response, usage]).toEqual([{ id: 'resp_1', status: 'queued' }, undefined]);
});

test('a response that failed is an error', () => {
  const { response, error } = readBody({ id: 'resp_1', status: 'failed', error: { code: 'server_error', message: 'Oops' }, output: [] }, 'openai.responses');
  expect([response.finishReasons, error]).toEqual([['failed'], { type: 'server_error', message: 'Oops' }]);
});

test('the image tool of a response is a pass of its own, on its own model', () => {
  const { usage } = readBody(
    {
      id: 'resp_1',
      status: 'completed',
      model: 'gpt-5.1',
      tools: [{ type: 'image_generation', model: 'gpt-image-1' }],
      output: [],
      usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
      tool_usage: { image_gen: { input_tokens: 4, output_tokens: 272, output_tokens_details: { image_tokens: 272 }, total_tokens: 276 } },
    },
    'openai.responses',
  );
  expect(usage?.buckets).toEqual({ ...NO_TOKENS, input: 14, output: 5, imageOutput: 272 });
  expect(usage?.passes?.map(({ model, buckets }) => [model, buckets.input])).toEqual([
    [undefined, 10],
    ['gpt-image-1', 4],
  ]);
});

test('a compacted conversation says so', () => {
  expect(
    readBody(
      {
        id: 'c',
        object: 'response.compaction',
        output: [{ type: 'compaction', encrypted_content: 'x' }],
        usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
      },
      'openai.responses',
    ).response.compacted,
  ).toBe(true);
  expect(
    readBody({ id: 'm', type: 'message', content: [{ type: 'compaction', content: 'x' }], stop_reason: 'compaction' }, 'anthropic.messages').response.compacted,
  ).toBe(true);
});

test('Vertex writes enums as numbers on some clients', () => {
  const { response, usage } = readBody(
    {
      candidates: [{ content: { parts: [{ text: 'x' }] }, finishReason: 1 }],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2, trafficType: 1 },
    },
    'google.generate_content',
  );
  expect([response.finishReasons, response.serviceTier, usage?.buckets.output]).toEqual([['STOP'], 'ON_DEMAND', 1]);
});

test('a blocked Gemini prompt ends with the reason of the block; a tier alone is no usage', () => {
  const { response, usage } = readBody(
    { promptFeedback: { blockReason: 'MODEL_ARMOR' }, usageMetadata: { trafficType: 'ON_DEMAND' }, responseId: 'r' },
    'google.generate_content',
  );
  expect([response.finishReasons, usage]).toEqual([['MODEL_ARMOR'], undefined]);
});

test('a Gemini stream that arrives as one array is read like its events', () => {
  const { response, usage } = readBody(
    [
      { candidates: [{ content: { parts: [{ text: 'a' }] } }] },
      { candidates: [{ finishReason: 'STOP' }], usageMetadata: { promptTokenCount: 3, totalTokenCount: 3 } },
    ],
    'google.generate_content',
  );
  expect([response.finishReasons, usage?.buckets.input]).toEqual([['STOP'], 3]);
});

test('an error body is an error, in every dialect', () => {
  for (const dialect of [
    'openai.chat',
    'openai.responses',
    'openai.embeddings',
    'anthropic.messages',
    'google.generate_content',
    'bedrock.converse',
    'cohere.chat',
  ] as const)
    expect(readBody({ error: { type: 'invalid_request_error', message: 'Bad' } }, dialect).error).toEqual({ type: 'invalid_request_error', message: 'Bad' });
});

test('an overloaded Anthropic that answers 200 and begins with an error is an error', () => {
  const facts = give(
    readerOf('anthropic.messages').response('anthropic', { captureContent: false }),
    ['{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'],
    'tap',
  );
  expect(facts.error).toEqual({ type: 'overloaded_error', message: 'Overloaded' });
});

const readHeaders = (dialect: 'openai.chat' | 'anthropic.messages' | 'google.generate_content', headers: Record<string, string>) => {
  const reader = readerOf(dialect).response('test', { captureContent: false });
  reader.headers((name) => headers[name], 429);
  return reader.facts();
};

test('headers tell request id, rate limits, tier and cost', () => {
  expect(readHeaders('openai.chat', { 'x-request-id': 'req_1', 'x-ratelimit-remaining-requests': '3' }).response).toEqual({
    requestId: 'req_1',
    httpStatus: 429,
    headroom: { remainingRequests: 3 },
  });
  expect(readHeaders('anthropic.messages', { 'request-id': 'req_2', 'anthropic-ratelimit-requests-remaining': '4' }).response).toEqual({
    requestId: 'req_2',
    httpStatus: 429,
    headroom: { remainingRequests: 4 },
  });
  expect(readHeaders('google.generate_content', { 'x-gemini-service-tier': 'flex' }).response).toEqual({ httpStatus: 429, serviceTier: 'flex' });
  expect(readHeaders('openai.chat', { 'x-litellm-response-cost': '0.000123' }).usage?.providerCost).toEqual({
    amount: 123_000_000n,
    field: 'x-litellm-response-cost',
  });
});

test('images without usage are charged by the piece, transcriptions by seconds have no tokens', () => {
  expect(readBody({ created: 1, data: [{ url: 'x' }, { url: 'y' }] }, 'openai.images').usage?.fees).toEqual({ image: 2 });
  expect(readBody({ text: 'x', usage: { type: 'duration', seconds: 6 } }, 'openai.audio').usage).toBeUndefined();
});

test('batches and counts have an id or a status, but no usage', () => {
  expect(readBody({ id: 'batch_1', object: 'batch', status: 'validating' }, 'openai.batches')).toMatchObject({
    response: { id: 'batch_1', status: 'validating' },
    usage: undefined,
  });
  expect(readBody({ id: 'msgbatch_1', type: 'message_batch', processing_status: 'in_progress' }, 'anthropic.batches').response).toEqual({
    id: 'msgbatch_1',
    status: 'in_progress',
  });
  expect(readBody({ input_tokens: 18 }, 'anthropic.count_tokens').usage).toBeUndefined();
});

const CONVERSE = {
  output: { message: { role: 'assistant', content: [{ text: 'Hi' }, { toolUse: { toolUseId: 't1', name: 'look_up', input: {} } }] } },
  stopReason: 'tool_use',
  usage: { inputTokens: 5, outputTokens: 3, totalTokens: 8 },
  serviceTier: { type: 'flex' },
};

test('Bedrock Converse, whole and streamed', () => {
  const wanted = { finishReasons: ['tool_use'], serviceTier: 'flex', toolCalls: [{ id: 't1', name: 'look_up' }] };
  const whole = readBody(CONVERSE, 'bedrock.converse');
  expect([whole.response, whole.usage?.buckets]).toEqual([wanted, { ...NO_TOKENS, input: 5, output: 3 }]);
  const events = [
    { messageStart: { role: 'assistant' } },
    { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Hi' } } },
    { contentBlockStart: { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't1', name: 'look_up' } } } },
    { contentBlockDelta: { contentBlockIndex: 1, delta: { toolUse: { input: '{}' } } } },
    { messageStop: { stopReason: 'tool_use' } },
    { metadata: { usage: { inputTokens: 5, outputTokens: 3, totalTokens: 8 }, metrics: { latencyMs: 1 }, serviceTier: { type: 'flex' } } },
  ].map((event) => JSON.stringify(event));
  const streamed = give(readerOf('bedrock.converse').response('aws.bedrock', { captureContent: false }), events, 'tap');
  expect([streamed.response, streamed.usage?.buckets, streamed.outputChars, streamed.ended]).toEqual([wanted, { ...NO_TOKENS, input: 5, output: 3 }, 4, true]);
  const failed = give(
    readerOf('bedrock.converse').response('aws.bedrock', { captureContent: false }),
    ['{"throttlingException":{"message":"slow down"}}'],
    'tap',
  );
  expect(failed.error).toEqual({ type: 'throttlingException', message: 'slow down' });
});

const chunk = (payload: unknown): string => JSON.stringify({ chunk: { bytes: Buffer.from(JSON.stringify(payload)).toString('base64') } });

test('a model invoked on Bedrock is read in the format of its house', () => {
  const anthropic = readBody(
    { type: 'message', id: 'msg_1', model: 'claude-x', content: [], stop_reason: 'end_turn', usage: { input_tokens: 1, output_tokens: 2 } },
    'bedrock.invoke_model',
  );
  expect([anthropic.response.id, anthropic.response.finishReasons, anthropic.usage?.buckets.output]).toEqual(['msg_1', ['end_turn'], 2]);
  expect(readBody(CONVERSE, 'bedrock.invoke_model').usage?.buckets.input).toBe(5);
  expect(
    readBody({ choices: [{ message: { content: 'x' }, finish_reason: 'stop' }], usage: { prompt_tokens: 4, completion_tokens: 1 } }, 'bedrock.invoke_model')
      .usage?.buckets.input,
  ).toBe(4);
  expect(readBody({ inputTextTokenCount: 5, results: [{ tokenCount: 7, outputText: 'x', completionReason: 'FINISH' }] }, 'bedrock.invoke_model')).toMatchObject(
    { response: { finishReasons: ['FINISH'] }, usage: { buckets: { input: 5, output: 7 } } },
  );
  expect(readBody({ generation: 'x', prompt_token_count: 5, generation_token_count: 6, stop_reason: 'length' }, 'bedrock.invoke_model')).toMatchObject({
    response: { finishReasons: ['length'] },
    usage: { buckets: { input: 5, output: 6 } },
  });
});

test('a stream of an invoked model is read through its base64, and the metrics count where the model counts nothing', () => {
  const anthropic = give(
    readerOf('bedrock.invoke_model').response('aws.bedrock', { captureContent: false }),
    [
      chunk({ type: 'message_start', message: { id: 'msg_1', model: 'claude-x', usage: { input_tokens: 3, output_tokens: 1 } } }),
      chunk({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } }),
      chunk({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } }),
      chunk({ type: 'message_stop', 'amazon-bedrock-invocationMetrics': { inputTokenCount: 3, outputTokenCount: 9 } }),
    ],
    'tap',
  );
  expect([anthropic.response.finishReasons, anthropic.usage?.buckets.output, anthropic.outputChars, anthropic.ended]).toEqual([['end_turn'], 9, 2, true]);
  const mistral = give(
    readerOf('bedrock.invoke_model').response('aws.bedrock', { captureContent: false }),
    [
      chunk({ outputs: [{ text: 'Hi', stop_reason: null }] }),
      chunk({ outputs: [{ text: '', stop_reason: 'stop' }], 'amazon-bedrock-invocationMetrics': { inputTokenCount: 8, outputTokenCount: 2 } }),
    ],
    'tap',
  );
  expect([mistral.response.finishReasons, mistral.usage?.buckets.input, mistral.ended]).toEqual([['stop'], 8, true]);
});

test('headers count where the body of an invoked model does not', () => {
  const reader = readerOf('bedrock.invoke_model').response('aws.bedrock', { captureContent: false });
  reader.headers((name) => ({ 'x-amzn-bedrock-input-token-count': '7', 'x-amzn-bedrock-output-token-count': '2', 'x-amzn-requestid': 'r-1' })[name], 200);
  reader.body({ embedding: [0.1] });
  expect([reader.facts().usage?.buckets, reader.facts().response.requestId]).toEqual([{ ...NO_TOKENS, input: 7, output: 2 }, 'r-1']);
});

test('Cohere, both versions whole, and embeddings', () => {
  expect(
    readBody(
      {
        id: 'c',
        finish_reason: 'COMPLETE',
        message: { role: 'assistant', content: [{ type: 'text', text: 'Hi' }], tool_calls: [{ id: 't', function: { name: 'f', arguments: '{}' } }] },
        usage: { billed_units: { input_tokens: 1, output_tokens: 2 } },
      },
      'cohere.chat',
    ),
  ).toMatchObject({ response: { id: 'c', finishReasons: ['COMPLETE'], toolCalls: [{ id: 't', name: 'f' }] }, usage: { buckets: { input: 1, output: 2 } } });
  expect(
    readBody(
      {
        response_id: 'r',
        text: 'Hi',
        finish_reason: 'COMPLETE',
        meta: { billed_units: { input_tokens: 1, output_tokens: 2 } },
        tool_calls: [{ name: 'f', parameters: {} }],
      },
      'cohere.chat',
    ),
  ).toMatchObject({ response: { id: 'r', finishReasons: ['COMPLETE'], toolCalls: [{ name: 'f' }] } });
  expect(readBody({ id: 'e', embeddings: {}, meta: { billed_units: { input_tokens: 3 } } }, 'cohere.chat')).toMatchObject({
    response: { id: 'e' },
    usage: { buckets: { input: 3 } },
  });
});
