import { expect, test } from 'vitest';
import type { Dialect } from '../../../src/call/call.ts';
import { readerOf } from '../../../src/providers/shared/dialects.ts';

const read = (dialect: Dialect, body: unknown, path = '/'): unknown => readerOf(dialect).request(body, path);

test('OpenAI chat', () => {
  const body = {
    model: 'gpt-5.1',
    stream: true,
    messages: [
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(1000)}` } },
        ],
      },
    ],
    max_completion_tokens: 99,
    max_tokens: 5,
    temperature: 0,
    top_p: 0.5,
    frequency_penalty: 0.1,
    presence_penalty: -0.1,
    stop: 'END',
    seed: 7,
    n: 2,
    response_format: { type: 'json_schema', json_schema: { name: 'x', schema: {} } },
    service_tier: 'flex',
    reasoning_effort: 'low',
    user: 'u-1',
    safety_identifier: 's-1',
    metadata: { team: 'search', size: 3 },
  };
  const facts = readerOf('openai.chat').request(body, '/v1/chat/completions');
  const { promptChars, ...rest } = facts;
  expect(rest).toEqual({
    model: 'gpt-5.1',
    stream: true,
    maxTokens: 99,
    temperature: 0,
    topP: 0.5,
    frequencyPenalty: 0.1,
    presencePenalty: -0.1,
    stopSequences: ['END'],
    seed: 7,
    choiceCount: 2,
    outputType: 'json',
    serviceTier: 'flex',
    reasoningLevel: 'low',
    user: 's-1',
    metadata: { team: 'search' },
    promptHasMedia: true,
  });
  // The words are counted, the picture is not.
  expect(promptChars).toBeGreaterThan('Be brief.What is this?'.length);
  expect(promptChars).toBeLessThan(300);
});

test('compatible chats: Mistral seeds, OpenRouter reasons, audio is spoken, prompts of old completions count', () => {
  expect(read('mistral.chat', { model: 'm', random_seed: 3, messages: [] })).toMatchObject({ model: 'm', seed: 3 });
  expect(read('openai.chat', { reasoning: { effort: 'high' } })).toMatchObject({ reasoningLevel: 'high' });
  expect(read('openai.chat', { modalities: ['text', 'audio'] })).toMatchObject({ outputType: 'speech' });
  expect(read('openai.completions', { prompt: 'abcd', stop: ['a', 'b'] })).toEqual({ stopSequences: ['a', 'b'], promptChars: 4, promptHasMedia: false });
});

test('OpenAI responses', () => {
  const body = {
    model: 'gpt-5.1',
    input: 'Hello',
    instructions: 'Be brief.',
    max_output_tokens: 100,
    text: { format: { type: 'json_object' } },
    reasoning: { effort: 'minimal' },
    previous_response_id: 'resp_0',
    conversation: { id: 'conv_1' },
    metadata: { a: 'b' },
    service_tier: 'priority',
  };
  const size = 'Hello'.length + 'Be brief.'.length + 'typejson_object'.length;
  expect(read('openai.responses', body)).toEqual({
    model: 'gpt-5.1',
    maxTokens: 100,
    outputType: 'json',
    reasoningLevel: 'minimal',
    previousResponseId: 'resp_0',
    conversationId: 'conv_1',
    metadata: { a: 'b' },
    serviceTier: 'priority',
    promptChars: size,
    promptHasMedia: false,
  });
  expect(read('openai.responses', { conversation: 'conv_2' })).toMatchObject({ conversationId: 'conv_2' });
});

test('OpenAI embeddings, images and audio', () => {
  expect(read('openai.embeddings', { model: 'e', input: ['ab', 'c'], dimensions: 256, encoding_format: 'base64' })).toEqual({
    model: 'e',
    embeddingDimensions: 256,
    encodingFormats: ['base64'],
    promptChars: 3,
    promptHasMedia: false,
  });
  expect(read('openai.images', { model: 'gpt-image-1', prompt: 'cat', n: 2, image: 'x' })).toEqual({
    model: 'gpt-image-1',
    choiceCount: 2,
    outputType: 'image',
    promptChars: 3,
    promptHasMedia: true,
  });
  expect(read('openai.images', { model: 'gpt-image-1', n: '3', stream: 'true' }, '/v1/images/edits')).toMatchObject({ choiceCount: 3, stream: true });
  expect(read('openai.audio', { model: 'tts', input: 'Hello' }, '/v1/audio/speech')).toEqual({
    model: 'tts',
    outputType: 'speech',
    promptChars: 5,
    promptHasMedia: false,
  });
  expect(read('openai.audio', { model: 'whisper-1' }, '/v1/audio/transcriptions')).toMatchObject({
    model: 'whisper-1',
    outputType: 'text',
    promptHasMedia: true,
  });
});

test('Anthropic messages', () => {
  const body = {
    model: 'claude-sonnet-5',
    max_tokens: 1024,
    system: [{ type: 'text', text: 'sys', cache_control: { type: 'ephemeral' } }],
    messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(900) } }] }],
    temperature: 1,
    top_p: 0.9,
    top_k: 40,
    stop_sequences: ['X'],
    stream: true,
    service_tier: 'standard_only',
    output_config: { effort: 'high', format: { type: 'json_schema', schema: {} } },
    metadata: { user_id: 'u-1' },
    speed: 'fast',
    inference_geo: 'us',
  };
  const { promptChars, ...facts } = readerOf('anthropic.messages').request(body, '/v1/messages');
  expect(facts).toEqual({
    model: 'claude-sonnet-5',
    stream: true,
    maxTokens: 1024,
    temperature: 1,
    topP: 0.9,
    topK: 40,
    stopSequences: ['X'],
    outputType: 'json',
    serviceTier: 'standard_only',
    reasoningLevel: 'high',
    speed: 'fast',
    geo: 'us',
    user: 'u-1',
    promptHasMedia: true,
  });
  expect(promptChars).toBeLessThan(200);
});

test('Gemini: model and stream stand in the path', () => {
  const body = {
    contents: [{ role: 'user', parts: [{ text: 'Hi' }, { inlineData: { mimeType: 'audio/wav', data: 'A'.repeat(900) } }] }],
    generationConfig: {
      maxOutputTokens: 9,
      temperature: 0.1,
      topP: 0.2,
      topK: 3,
      candidateCount: 2,
      seed: 5,
      stopSequences: ['s'],
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      responseMimeType: 'application/json',
      thinkingConfig: { thinkingLevel: 'HIGH' },
    },
    serviceTier: 'flex',
    labels: { team: 'x' },
  };
  const { promptChars, ...facts } = readerOf('google.generate_content').request(body, '/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse');
  expect(facts).toEqual({
    model: 'gemini-3-flash',
    stream: true,
    maxTokens: 9,
    temperature: 0.1,
    topP: 0.2,
    topK: 3,
    choiceCount: 2,
    seed: 5,
    stopSequences: ['s'],
    frequencyPenalty: 0.1,
    presencePenalty: 0.2,
    outputType: 'json',
    reasoningLevel: 'high',
    serviceTier: 'flex',
    metadata: { team: 'x' },
    promptHasMedia: true,
  });
  expect(promptChars).toBeLessThan(100);
  expect(
    read(
      'google.generate_content',
      { generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } },
      '/v1/projects/p/locations/l/endpoints/123:generateContent',
    ),
  ).toMatchObject({ model: '123', outputType: 'image' });
});

test('Gemini embeddings and interactions', () => {
  const batch = { requests: [{ model: 'models/gemini-embedding-001', content: { parts: [{ text: 'x' }] }, outputDimensionality: 768 }] };
  expect(read('google.embed_content', batch)).toMatchObject({ model: 'gemini-embedding-001', embeddingDimensions: 768 });
  expect(
    read(
      'google.predict',
      { instances: [{ content: 'x' }], parameters: { outputDimensionality: 64 } },
      '/v1/publishers/google/models/text-embedding-005:predict',
    ),
  ).toMatchObject({ model: 'text-embedding-005', embeddingDimensions: 64 });
  expect(
    read('google.predict', { instances: [{ prompt: 'cat' }], parameters: { sampleCount: 2 } }, '/v1/publishers/google/models/imagen-4.0:predict'),
  ).toMatchObject({ outputType: 'image', choiceCount: 2 });
  const interaction = {
    model: 'gemini-3-flash',
    input: 'Hi',
    stream: true,
    previous_interaction_id: 'v1_0',
    generation_config: { max_output_tokens: 5, thinking_level: 'low' },
  };
  expect(read('google.interactions', interaction)).toEqual({
    model: 'gemini-3-flash',
    stream: true,
    maxTokens: 5,
    reasoningLevel: 'low',
    previousResponseId: 'v1_0',
    promptChars: 2,
    promptHasMedia: false,
  });
});

test('Bedrock: the model stands in the path, each house has its own body', () => {
  const converse = {
    messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
    inferenceConfig: { maxTokens: 5, temperature: 0.1, topP: 0.2, stopSequences: ['s'] },
    additionalModelRequestFields: { top_k: 3 },
    serviceTier: { type: 'flex' },
  };
  expect(read('bedrock.converse', converse, '/model/eu.anthropic.claude-x%3A0/converse-stream')).toMatchObject({
    model: 'eu.anthropic.claude-x:0',
    stream: true,
    maxTokens: 5,
    temperature: 0.1,
    topP: 0.2,
    topK: 3,
    stopSequences: ['s'],
    serviceTier: 'flex',
  });
  expect(read('bedrock.invoke_model', { anthropic_version: 'x', max_tokens: 7, top_k: 2, messages: [] }, '/model/a/invoke')).toMatchObject({
    model: 'a',
    maxTokens: 7,
    topK: 2,
  });
  expect(read('bedrock.invoke_model', { inputText: 'abc', textGenerationConfig: { maxTokenCount: 8, topP: 0.3 } }, '/model/amazon.titan/invoke')).toMatchObject(
    { maxTokens: 8, topP: 0.3, promptChars: 3 },
  );
  expect(read('bedrock.invoke_model', { prompt: 'abc', max_gen_len: 9 }, '/model/meta.llama/invoke-with-response-stream')).toMatchObject({
    maxTokens: 9,
    stream: true,
  });
  expect(read('bedrock.invoke_model', { inputText: 'abc', dimensions: 256 }, '/model/amazon.titan-embed/invoke')).toMatchObject({ embeddingDimensions: 256 });
});

test('Cohere', () => {
  const body = {
    model: 'command-a',
    messages: [{ role: 'user', content: 'Hi' }],
    p: 0.4,
    k: 5,
    max_tokens: 6,
    seed: 1,
    response_format: { type: 'json_object' },
    stream: true,
  };
  expect(read('cohere.chat', body)).toMatchObject({ model: 'command-a', topP: 0.4, topK: 5, maxTokens: 6, seed: 1, outputType: 'json', stream: true });
});

test('a prompt too large or too deep to be measured has no size', () => {
  let deep: unknown = 'x';
  for (let at = 0; at < 100; at++) deep = { deep };
  expect(read('openai.chat', { messages: deep })).toEqual({});
  expect(read('openai.embeddings', { input: Array.from({ length: 300_000 }, () => 1) })).toEqual({});
});

test('token ids that stand for text count at least one unit each', () => {
  expect(readerOf('openai.embeddings').request({ input: [1, 2, 3] }, '').promptChars).toBeGreaterThanOrEqual(3);
});
