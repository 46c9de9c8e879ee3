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
};

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

const genaiRequest = (call, { signal, timeout }) => ({
  model: 'gemini-2.5-flash',
  contents: 'hello',
  config: {
    maxOutputTokens: 64,
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
  genai: (call, more) => (call.stream ? genai.models.generateContentStream : genai.models.generateContent)(genaiRequest(call, more)),
};

/** Makes a call through its SDK; gives what the SDK gives. */
export const send = (call, more = {}) => sdks[call.api](call, more);

/** The SDKs' own helpers that gather a stream. */
export const helpers = {
  chat: (call, more = {}) => openai.chat.completions.stream(bodies.chat(call), optionsOf(call, more)),
  responses: (call, more = {}) => openai.responses.stream(bodies.responses(call), optionsOf(call, more)),
  messages: (call, more = {}) => anthropic.messages.stream(bodies.messages(call), optionsOf(call, more)),
};

const paths = {
  chat: () => '/v1/chat/completions',
  responses: () => '/v1/responses',
  messages: () => '/v1/messages',
  genai: ({ stream, script }) =>
    `/v1beta/models/gemini-2.5-flash:${stream ? `streamGenerateContent${script.in % 2 === 0 ? '?alt=sse' : ''}` : 'generateContent'}`,
};

/** The same request as it is on the wire. */
export const plainRequest = (call) => {
  const { api } = call;
  const body = api === 'genai' ? { contents: [{ role: 'user', parts: [{ text: 'hello' }] }], generationConfig: { maxOutputTokens: 64 } } : bodies[api](call);
  const own =
    api === 'messages'
      ? { 'x-api-key': key, 'anthropic-version': '2023-06-01' }
      : api === 'genai'
        ? { 'x-goog-api-key': key }
        : { authorization: `Bearer ${key}` };
  const headers = { 'content-type': 'application/json', ...own, ...headersOf(call) };
  return { address: base + paths[api](call), method: 'POST', headers, body: JSON.stringify(body) };
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
  if (!u) return undefined;
  if (api === 'chat') return { input: u.prompt_tokens, output: u.completion_tokens };
  if (api === 'responses') return { input: u.input_tokens, output: u.output_tokens };
  return { output: u.output_tokens };
};
