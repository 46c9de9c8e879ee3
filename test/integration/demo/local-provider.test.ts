import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { GoogleGenerativeAI } from '@google/generative-ai';
import OpenAI, { AzureOpenAI, toFile } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LocalProvider } from '../../support/local-provider/start.ts';
import { startLocalProvider } from '../../support/local-provider/start.ts';

let provider: LocalProvider;
let openai: OpenAI;
let anthropic: Anthropic;
let genai: GoogleGenAI;
let generativeai: GoogleGenerativeAI;

beforeAll(async () => {
  provider = await startLocalProvider();
  openai = new OpenAI({ apiKey: 'local', baseURL: `${provider.url}/v1` });
  anthropic = new Anthropic({ apiKey: 'local', baseURL: provider.url });
  genai = new GoogleGenAI({ apiKey: 'local', httpOptions: { baseUrl: provider.url } });
  generativeai = new GoogleGenerativeAI('local');
});
afterAll(() => provider.close());
beforeEach(() => provider.reset());

const collect = async <T>(stream: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of stream) all.push(item);
  return all;
};

const ask = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Say hello.' }] };
const scripted = (script: Record<string, string>) => ({ headers: Object.fromEntries(Object.entries(script).map(([k, v]) => [`x-local-${k}`, v])) });

describe('OpenAI', () => {
  test('a chat completion carries the scripted usage and the bill says the same', async () => {
    const answer = await openai.chat.completions.create(ask, scripted({ in: '1200', cached: '1000', out: '90', reasoning: '40' }));
    expect(answer.usage).toMatchObject({
      prompt_tokens: 1200,
      completion_tokens: 90,
      prompt_tokens_details: { cached_tokens: 1000 },
      completion_tokens_details: { reasoning_tokens: 40 },
    });
    expect(answer.model).toBe('gpt-4o-mini-2024-07-18');
    expect(provider.bill().calls[0]).toMatchObject({
      responseId: answer.id,
      end: 'answered',
      tokens: { input: 1200, cached: 1000, output: 90, reasoning: 40 },
    });
  });

  test('a stream has no usage member unless asked, and null on every chunk but the last when asked', async () => {
    const plain = await collect(await openai.chat.completions.create({ ...ask, stream: true }));
    expect(plain.every((c) => !('usage' in c) && c.choices.length === 1)).toBe(true);
    const asked = await collect(await openai.chat.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } }));
    expect(asked.slice(0, -1).every((c) => c.usage === null && c.choices.length === 1)).toBe(true);
    expect(asked.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 8 } });
  });

  test('tool calls come whole and in pieces', async () => {
    const whole = await openai.chat.completions.create(ask, scripted({ tool: 'get_weather' }));
    const call = whole.choices[0]?.message.tool_calls?.[0];
    expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toEqual({ city: 'Lisbon', unit: 'celsius' });
    const final = await openai.chat.completions.stream({ ...ask, stream: true }, scripted({ tool: 'get_weather' })).finalChatCompletion();
    expect(final.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { tool_calls: [{ function: { name: 'get_weather' } }] } });
  });

  test('failures end after the scripted number of attempts, which the SDK takes as retries of one call', async () => {
    const answer = await openai.chat.completions.create(ask, scripted({ status: '500', times: '2', 'retry-after-ms': '1' }));
    expect(answer.choices).toHaveLength(1);
    expect(provider.bill()).toMatchObject({ requests: 3, answered: 1, failed: 2 });
    expect(provider.bill().calls.map((c) => c.attempt)).toEqual([1, 2, 3]);
  });

  test('a 429 that never ends reaches the app with status, code and request id', async () => {
    const call = openai.chat.completions.create(ask, { maxRetries: 0, ...scripted({ status: '429' }) });
    await expect(call).rejects.toMatchObject({ status: 429, code: 'rate_limit_exceeded', requestID: expect.stringMatching(/^req_/) });
  });

  test('the script may stand in the prompt', async () => {
    const call = openai.chat.completions.create({ ...ask, messages: [{ role: 'user', content: 'Hi [[local status=401]]' }] });
    await expect(call).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
  });

  test('responses answer whole, as a stream and through the helper', async () => {
    const request = { model: 'gpt-5', input: 'Say hello.' };
    const whole = await openai.responses.create(request, scripted({ in: '50', out: '30', reasoning: '12' }));
    expect(whole).toMatchObject({ status: 'completed', usage: { input_tokens: 50, output_tokens_details: { reasoning_tokens: 12 } } });
    expect(whole.output_text).toMatch(/^The purser/);
    const events = await collect(await openai.responses.create({ ...request, stream: true }));
    expect(events[0]?.type).toBe('response.created');
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { usage: { output_tokens: 8 } } });
    const final = await openai.responses.stream(request).finalResponse();
    expect(final.output_text).toBe(whole.output_text);
    const tool = await openai.responses.stream(request, scripted({ tool: 'get_weather' })).finalResponse();
    expect(tool.output[0]).toMatchObject({ type: 'function_call', name: 'get_weather' });
  });

  test('every other endpoint answers in its shape', async () => {
    const vectors = await openai.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] });
    expect(vectors.data.map((d) => d.embedding.length)).toEqual([8, 8]);
    expect((await openai.images.generate({ model: 'gpt-image-1-mini', prompt: 'a circle' })).usage).toMatchObject({ output_tokens: 272 });
    expect((await openai.moderations.create({ input: 'hello' })).results[0]?.flagged).toBe(false);
    const file = await toFile(Buffer.from('sound'), 'a.wav');
    expect((await openai.audio.transcriptions.create({ model: 'gpt-4o-mini-transcribe', file })).text).toMatch(/^The purser/);
    expect((await (await openai.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'hi' })).arrayBuffer()).byteLength).toBe(2_048);
    expect((await openai.batches.create({ input_file_id: 'f', endpoint: '/v1/chat/completions', completion_window: '24h' })).status).toBe('validating');
    expect((await openai.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'hi' })).choices[0]?.text).toMatch(/^The purser/);
    expect((await openai.responses.inputTokens.count({ model: 'gpt-5', input: 'hi' }, scripted({ in: '18' }))).input_tokens).toBe(18);
    expect((await openai.responses.retrieve('resp_1')).status).toBe('completed');
    expect((await openai.models.list()).data[0]?.id).toBe('gpt-4o-mini');
  });

  test('Azure deployments are answered too', async () => {
    const azure = new AzureOpenAI({ apiKey: 'local', endpoint: provider.url, apiVersion: '2024-10-21', deployment: 'gpt-4o' });
    expect((await azure.chat.completions.create(ask)).usage?.completion_tokens).toBe(8);
  });
});

describe('broken streams', () => {
  test('a stream that is cut fails in the app and is billed as cut', async () => {
    const stream = await openai.chat.completions.create({ ...ask, stream: true }, scripted({ cut: '3', batch: '1' }));
    await expect(collect(stream)).rejects.toThrow(/terminated|Connection/);
    expect(provider.bill().calls[0]).toMatchObject({ end: 'cut', events: 3 });
  });

  test('an error event inside a 200 stream reaches the app as an error', async () => {
    const openaiStream = await openai.chat.completions.create({ ...ask, stream: true }, scripted({ 'stream-error': '2' }));
    await expect(collect(openaiStream)).rejects.toThrow(/server had an error/);
    const stream = await anthropic.messages.create({ ...message, stream: true }, scripted({ 'stream-error': '0' }));
    await expect(collect(stream)).rejects.toThrow(/Overloaded/);
  });

  test('a stalled stream stays silent until the app gives up', async () => {
    const stream = await openai.chat.completions.create({ ...ask, stream: true }, scripted({ stall: '2' }));
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
    stream.controller.abort();
    await iterator.next().catch(() => undefined);
    await expect.poll(() => provider.bill().calls[0]).toMatchObject({ end: 'stalled', events: 2 });
  });
});

const message = { model: 'claude-sonnet-5', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Say hello.' }] };

describe('Anthropic', () => {
  test('input tokens leave out what was read from and written to the cache', async () => {
    const answer = await anthropic.messages.create(message, scripted({ in: '3000', cached: '2000', write: '700', write1h: '100', out: '60' }));
    expect(answer.usage).toMatchObject({
      input_tokens: 200,
      cache_read_input_tokens: 2000,
      cache_creation_input_tokens: 800,
      cache_creation: { ephemeral_5m_input_tokens: 700, ephemeral_1h_input_tokens: 100 },
      output_tokens: 60,
    });
  });

  test('a stream with thinking adds up to the message that the plain call gives', async () => {
    const script = scripted({ in: '40', out: '60', reasoning: '25' });
    const streamed = await anthropic.messages.stream(message, script).finalMessage();
    expect(streamed.content.map((b) => b.type)).toEqual(['thinking', 'text']);
    expect(streamed.usage).toMatchObject({ input_tokens: 40, output_tokens: 60, output_tokens_details: { thinking_tokens: 25 } });
    const plain = await anthropic.messages.create(message, script);
    expect(plain.content).toEqual(streamed.content);
  });

  test('tool use, token counts and batches', async () => {
    const tool = await anthropic.messages.stream(message, scripted({ tool: 'get_weather' })).finalMessage();
    expect(tool).toMatchObject({ stop_reason: 'tool_use', content: [{ type: 'tool_use', input: { city: 'Lisbon' } }] });
    expect((await anthropic.messages.countTokens({ model: message.model, messages: message.messages }, scripted({ in: '14' }))).input_tokens).toBe(14);
    const batch = await anthropic.messages.batches.create({ requests: [{ custom_id: 'a', params: message }] });
    expect(batch.processing_status).toBe('in_progress');
    expect((await anthropic.messages.batches.retrieve(batch.id)).id).toBe(batch.id);
  });

  test('a 529 that ends is retried by the SDK', async () => {
    await anthropic.messages.create(message, scripted({ status: '529', times: '1', 'retry-after-ms': '1', 'should-retry': 'true' }));
    expect(provider.bill()).toMatchObject({ requests: 2, failed: 1, answered: 1 });
  });
});

describe('Google', () => {
  test('both SDKs read plain and streamed answers, thoughts beside the visible output', async () => {
    const contents = 'Say hello. [[local in=30 cached=10 out=50 reasoning=20]]';
    const answer = await genai.models.generateContent({ model: 'gemini-2.5-flash', contents });
    expect(answer.usageMetadata).toMatchObject({
      promptTokenCount: 30,
      cachedContentTokenCount: 10,
      candidatesTokenCount: 30,
      thoughtsTokenCount: 20,
      totalTokenCount: 80,
    });
    const chunks = await collect(await genai.models.generateContentStream({ model: 'gemini-2.5-flash', contents }));
    expect(chunks.at(-1)?.usageMetadata).toEqual(answer.usageMetadata);
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP');
    const model = generativeai.getGenerativeModel({ model: 'gemini-2.5-flash' }, { baseUrl: provider.url });
    expect((await model.generateContent(contents)).response.usageMetadata?.totalTokenCount).toBe(80);
    const streamed = await model.generateContentStream(contents);
    await collect(streamed.stream);
    expect((await streamed.response).text()).toBe(answer.text);
  });

  test('without alt=sse a stream is one JSON array', async () => {
    const response = await fetch(`${provider.url}/v1beta/models/gemini-2.5-flash:streamGenerateContent`, { method: 'POST', body: '{}' });
    expect((await response.json()) as unknown[]).toHaveLength(8);
  });

  test('embeddings, token counts, images, caches and interactions', async () => {
    const embedded = await genai.models.embedContent({ model: 'gemini-embedding-001', contents: ['a', 'b'] });
    expect(embedded.embeddings).toHaveLength(2);
    expect((await genai.models.countTokens({ model: 'gemini-2.5-flash', contents: 'hello [[local in=5]]' })).totalTokens).toBe(5);
    const vertex = new GoogleGenAI({ vertexai: true, apiKey: 'local', httpOptions: { baseUrl: provider.url } });
    expect((await vertex.models.generateImages({ model: 'imagen-4.0-generate-001', prompt: 'a circle' })).generatedImages).toHaveLength(1);
    expect((await genai.caches.create({ model: 'gemini-2.5-flash', config: { contents: 'long' } })).name).toMatch(/^cachedContents/);
    const interaction = await genai.interactions.create({ model: 'gemini-2.5-flash', input: 'hello [[local in=9 out=12 reasoning=4]]' });
    expect(interaction).toMatchObject({ status: 'completed', usage: { total_input_tokens: 9, total_output_tokens: 8, total_thought_tokens: 4 } });
    const events = await collect(await genai.interactions.create({ model: 'gemini-2.5-flash', input: 'hello', stream: true }));
    expect(events.at(-1)).toMatchObject({ event_type: 'interaction.completed' });
  });

  test('errors come in the envelope of Google', async () => {
    await expect(genai.models.generateContent({ model: 'gemini-2.5-flash', contents: '[[local status=429]]' })).rejects.toMatchObject({ status: 429 });
  });
});
