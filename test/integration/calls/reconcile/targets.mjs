// How a call is made through each SDK, and through fetch alone: what is sent, what comes back, and what its events say was used.
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';

const base = process.env.BASE;
const key = 'local-test-key';
const openai = new OpenAI({ apiKey: key, baseURL: `${base}/v1` });
const anthropic = new Anthropic({ apiKey: key, baseURL: base });
const genai = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: base } });

const messages = [{ role: 'user', content: 'hello' }];
const bodies = {
  chat: ({ stream, script, via }) => ({
    model: 'gpt-5.4',
    messages,
    max_tokens: 64,
    // Every other stream leaves it to the preload to ask for its usage, which it does in Node's own fetch.
    ...(stream ? { stream, ...(script.in % 2 === 0 || via !== undefined ? { stream_options: { include_usage: true } } : {}) } : {}),
  }),
  responses: ({ stream }) => ({ model: 'gpt-4.1', input: 'hello', max_output_tokens: 64, ...(stream ? { stream } : {}) }),
  messages: ({ stream }) => ({ model: 'claude-sonnet-5', max_tokens: 64, messages, ...(stream ? { stream } : {}) }),
  genai: () => ({ contents: [{ role: 'user', parts: [{ text: 'hello' }] }], generationConfig: { maxOutputTokens: 64 } }),
  embeddings: () => ({ model: 'text-embedding-3-small', input: ['hello', 'again'] }),
  images: ({ stream }) => ({ model: 'gpt-image-1', prompt: 'a ship', ...(stream ? { stream } : {}) }),
  transcription: ({ stream }) => ({ model: 'gpt-4o-transcribe', ...(stream ? { stream } : {}) }),
  speech: () => ({ model: 'tts-1', voice: 'alloy', input: 'hello' }),
  moderation: () => ({ model: 'omni-moderation-latest', input: 'hello' }),
  countMessages: () => ({ model: 'claude-sonnet-5', messages }),
  countContent: () => ({ contents: [{ parts: [{ text: 'hello' }] }] }),
  embedContent: () => ({ content: { parts: [{ text: 'hello' }] } }),
};

const sound = () => new File([new Uint8Array(64)], 'a.wav');

/** What the provider is told, and by which its bill names the call. */
export const headersOf = ({ n, script }) => {
  const said = Object.entries({ ...script, id: n }).map(([name, value]) => [`x-local-${name}`, String(value)]);
  return Object.fromEntries(said);
};

const optionsOf = (call, { signal, timeout }) => ({
  headers: headersOf(call),
  maxRetries: call.retries ?? 0,
  ...(signal === undefined ? {} : { signal }),
  ...(timeout === undefined ? {} : { timeout }),
});

const genaiRequest = (call, { signal, timeout }, asked = {}) => ({
  model: 'gemini-2.5-flash',
  contents: 'hello',
  config: {
    ...asked,
    ...(signal === undefined ? {} : { abortSignal: signal }),
    httpOptions: {
      headers: headersOf(call),
      ...(timeout === undefined ? {} : { timeout }),
      ...(call.retries === undefined ? {} : { retryOptions: { attempts: call.retries + 1, initialDelay: 0.01, maxDelay: 0.02 } }),
    },
  },
});

const sdks = {
  chat: (call, more) => openai.chat.completions.create(bodies.chat(call), optionsOf(call, more)),
  responses: (call, more) => openai.responses.create(bodies.responses(call), optionsOf(call, more)),
  messages: (call, more) => anthropic.messages.create(bodies.messages(call), optionsOf(call, more)),
  genai: (call, more) => (call.stream ? genai.models.generateContentStream : genai.models.generateContent)(genaiRequest(call, more, { maxOutputTokens: 64 })),
  embeddings: (call, more) => openai.embeddings.create(bodies.embeddings(call), optionsOf(call, more)),
  images: (call, more) => openai.images.generate(bodies.images(call), optionsOf(call, more)),
  transcription: (call, more) => openai.audio.transcriptions.create({ ...bodies.transcription(call), file: sound() }, optionsOf(call, more)),
  speech: (call, more) => openai.audio.speech.create(bodies.speech(call), optionsOf(call, more)),
  moderation: (call, more) => openai.moderations.create(bodies.moderation(call), optionsOf(call, more)),
  countMessages: (call, more) => anthropic.messages.countTokens(bodies.countMessages(call), optionsOf(call, more)),
  countContent: (call, more) => genai.models.countTokens(genaiRequest(call, more)),
  embedContent: (call, more) => genai.models.embedContent(genaiRequest(call, more)),
  stored: (call, more) => openai.responses.retrieve(`resp_${call.n}`, call.stream ? { stream: true } : {}, optionsOf(call, more)),
  batch: (call, more) => openai.batches.retrieve(`batch_${call.n}`, optionsOf(call, more)),
  models: (call, more) => openai.models.list(optionsOf(call, more)),
};

/** Makes a call through its SDK; gives what the SDK gives. */
export const send = (call, more = {}) => sdks[call.api](call, more);

/** The SDKs' own helpers that gather a stream. */
export const helpers = {
  chat: (call, more = {}) => openai.chat.completions.stream(bodies.chat(call), optionsOf(call, more)),
  responses: (call, more = {}) => openai.responses.stream(bodies.responses(call), optionsOf(call, more)),
  messages: (call, more = {}) => anthropic.messages.stream(bodies.messages(call), optionsOf(call, more)),
};

const gemini = '/v1beta/models/gemini-2.5-flash';
const paths = {
  chat: () => '/v1/chat/completions',
  responses: () => '/v1/responses',
  messages: () => '/v1/messages',
  genai: ({ stream, script }) => `${gemini}:${stream ? `streamGenerateContent${script.in % 2 === 0 ? '?alt=sse' : ''}` : 'generateContent'}`,
  embeddings: () => '/v1/embeddings',
  images: () => '/v1/images/generations',
  transcription: () => '/v1/audio/transcriptions',
  speech: () => '/v1/audio/speech',
  moderation: () => '/v1/moderations',
  countMessages: () => '/v1/messages/count_tokens',
  countContent: () => `${gemini}:countTokens`,
  embedContent: () => '/v1beta/models/gemini-embedding-001:embedContent',
  stored: ({ n, stream }) => `/v1/responses/resp_${n}${stream ? '?stream=true' : ''}`,
  batch: ({ n }) => `/v1/batches/batch_${n}`,
  models: () => '/v1/models',
};

/** The key as a provider wants it. */
const keyOf = (path) => {
  if (path.includes('/messages')) return { 'x-api-key': key, 'anthropic-version': '2023-06-01' };
  return path.startsWith('/v1beta/') ? { 'x-goog-api-key': key } : { authorization: `Bearer ${key}` };
};

const BOUNDARY = 'abcdef0123456789';
const formOf = (fields) => {
  const parts = Object.entries(fields).map(([name, value]) => `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  return `${parts.join('')}--${BOUNDARY}--\r\n`;
};

const contentOf = (call) => {
  const body = bodies[call.api]?.(call);
  if (body === undefined) return { method: 'GET' };
  if (call.api === 'transcription') return { method: 'POST', type: `multipart/form-data; boundary=${BOUNDARY}`, body: formOf({ ...body, file: 'sound' }) };
  return { method: 'POST', type: 'application/json', body: JSON.stringify(body) };
};

/** The same request as it is on the wire. */
export const plainRequest = (call) => {
  const path = paths[call.api](call);
  const { method, type, body } = contentOf(call);
  const headers = { ...(type === undefined ? {} : { 'content-type': type }), ...keyOf(path), ...headersOf(call) };
  return { address: base + path, method, headers, ...(body === undefined ? {} : { body }) };
};

/** The same request through fetch alone, as an address with options or as a Request. */
export const sendPlain = (call, { signal } = {}) => {
  const { address, ...request } = plainRequest(call);
  const init = { ...request, signal };
  return call.n % 3 === 0 ? fetch(new Request(address, init)) : fetch(address, init);
};

/** What one event or answer says was used: all input, all output. */
export const usageIn = (api, said) => {
  if (api === 'genai') {
    const u = said.usageMetadata;
    return u && { input: u.promptTokenCount, output: (u.candidatesTokenCount ?? 0) + (u.thoughtsTokenCount ?? 0) };
  }
  const u = said.usage ?? said.response?.usage ?? said.message?.usage;
  // A stored answer says what the call used that made it.
  if (!u || api === 'stored') return undefined;
  if (api === 'embeddings') return { input: u.prompt_tokens };
  if (api === 'chat') return { input: u.prompt_tokens, output: u.completion_tokens };
  if (api === 'messages') return { output: u.output_tokens };
  return { input: u.input_tokens, output: u.output_tokens };
};
