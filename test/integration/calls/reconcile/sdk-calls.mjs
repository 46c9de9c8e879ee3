// How a call is made through each SDK, in the forms that it has.
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { GoogleGenerativeAI } from '@google/generative-ai';
import OpenAI, { AzureOpenAI, BedrockOpenAI } from 'openai';
import { bodies, headersOf } from './bodies.mjs';
import { baseOf } from './plain-calls.mjs';

const apiKey = 'local-test-key';

const makeClients = (base) => {
  const azure = { apiKey, endpoint: base, apiVersion: '2025-01-01' };
  return {
    base,
    openai: new OpenAI({ apiKey, baseURL: `${base}/v1` }),
    azure: new AzureOpenAI(azure),
    deployed: new AzureOpenAI({ ...azure, deployment: 'gpt-4.1' }),
    bedrock: new BedrockOpenAI({ apiKey, baseURL: `${base}/v1` }),
    anthropic: new Anthropic({ apiKey, baseURL: base }),
    genai: new GoogleGenAI({ apiKey, httpOptions: { baseUrl: base } }),
    vertex: new GoogleGenAI({ vertexai: true, apiKey, httpOptions: { baseUrl: base } }),
    older: new GoogleGenerativeAI(apiKey),
  };
};
const clients = new Map();
/** The clients for the place where the provider of a call is. */
const clientsOf = (call) => {
  const base = baseOf(call);
  if (!clients.has(base)) clients.set(base, makeClients(base));
  return clients.get(base);
};

const openaiOf = (call) => clientsOf(call)[call.form] ?? clientsOf(call).openai;
const anthropicOf = (call) => clientsOf(call).anthropic;
const messagesOf = (call) => (call.form === 'beta' ? anthropicOf(call).beta.messages : anthropicOf(call).messages);

const optionsOf = (call, { signal, timeout }) => ({
  headers: headersOf(call),
  maxRetries: call.retries ?? 0,
  ...(signal === undefined ? {} : { signal }),
  ...(timeout === undefined ? {} : { timeout }),
});

/** Makes a call of a resource, in the form that is asked for. */
const create = (call, more, client, resource, path) => {
  const body = bodies[call.api](call);
  const options = optionsOf(call, more);
  if (call.form === 'posted') return client.post(path, { ...options, body, ...(call.stream ? { stream: true } : {}) });
  return call.form === 'parsed' ? resource.parse(body, options) : resource.create(body, options);
};

const BOUND = { maxOutputTokens: 64 };
const MODEL = 'gemini-2.5-flash';

const configOf = (call, { signal, timeout }) => ({
  ...(signal === undefined ? {} : { abortSignal: signal }),
  httpOptions: {
    headers: headersOf(call),
    ...(timeout === undefined ? {} : { timeout }),
    ...(call.retries === undefined ? {} : { retryOptions: { attempts: call.retries + 1, initialDelay: 0.01, maxDelay: 0.02 } }),
  },
});

const genaiRequest = (call, more, asked = {}) => ({ model: MODEL, contents: 'hello', config: { ...asked, ...configOf(call, more) } });

/** Asks by the one of two methods that the call wants. */
const either = (call, of, [stream, whole], ...args) => (call.stream ? of[stream](...args) : of[whole](...args));

const generate = (call, more) =>
  either(
    call,
    (call.form === 'vertex' ? clientsOf(call).vertex : clientsOf(call).genai).models,
    ['generateContentStream', 'generateContent'],
    genaiRequest(call, more, BOUND),
  );

const SENDING = ['sendMessageStream', 'sendMessage'];
const chat = (call, more) =>
  either(call, clientsOf(call).genai.chats.create({ model: MODEL }), SENDING, { message: 'hello', config: { ...BOUND, ...configOf(call, more) } });

/** What the older SDK gives: of a stream also a promise of the whole, which it reads by itself. */
const givenBy = async (call, made) => {
  const { stream, response } = await made;
  if (!call.stream) return response;
  response.catch(() => {});
  return stream;
};

const ofOlder = (call, more) => {
  const request = { baseUrl: baseOf(call), customHeaders: headersOf(call), ...more };
  const model = clientsOf(call).older.getGenerativeModel({ model: MODEL, generationConfig: BOUND });
  if (call.form === 'olderChat') return givenBy(call, either(call, model.startChat(), SENDING, 'hello', request));
  return givenBy(call, either(call, model, ['generateContentStream', 'generateContent'], bodies.genai(call), request));
};

const genaiForms = { chats: chat, older: ofOlder, olderChat: ofOlder };

const sound = () => new File([new Uint8Array(64)], 'a.wav');

const sdks = {
  chat: (call, more) => create(call, more, openaiOf(call), openaiOf(call).chat.completions, '/chat/completions'),
  responses: (call, more) => create(call, more, openaiOf(call), openaiOf(call).responses, '/responses'),
  messages: (call, more) => create(call, more, anthropicOf(call), messagesOf(call), '/v1/messages'),
  genai: (call, more) => (genaiForms[call.form] ?? generate)(call, more),
  embeddings: (call, more) => create(call, more, openaiOf(call), openaiOf(call).embeddings, '/embeddings'),
  images: (call, more) => openaiOf(call).images.generate(bodies.images(call), optionsOf(call, more)),
  transcription: (call, more) => openaiOf(call).audio.transcriptions.create({ ...bodies.transcription(call), file: sound() }, optionsOf(call, more)),
  speech: (call, more) => openaiOf(call).audio.speech.create(bodies.speech(call), optionsOf(call, more)),
  moderation: (call, more) => openaiOf(call).moderations.create(bodies.moderation(call), optionsOf(call, more)),
  countMessages: (call, more) => anthropicOf(call).messages.countTokens(bodies.countMessages(call), optionsOf(call, more)),
  countContent: (call, more) => clientsOf(call).genai.models.countTokens(genaiRequest(call, more)),
  embedContent: (call, more) => clientsOf(call).genai.models.embedContent(genaiRequest(call, more)),
  stored: (call, more) => openaiOf(call).responses.retrieve(`resp_${call.n}`, call.stream ? { stream: true } : {}, optionsOf(call, more)),
  batch: (call, more) => openaiOf(call).batches.retrieve(`batch_${call.n}`, optionsOf(call, more)),
  models: (call, more) => openaiOf(call).models.list(optionsOf(call, more)),
};

/** Makes a call through its SDK; gives what the SDK gives. */
export const send = (call, more = {}) => {
  const given = sdks[call.api](call, more);
  return call.form === 'withResponse' ? given.withResponse().then(({ data }) => data) : given;
};

/** The SDKs' own helpers that gather a stream. */
export const helpers = {
  chat: (call, more = {}) => openaiOf(call).chat.completions.stream(bodies.chat(call), optionsOf(call, more)),
  responses: (call, more = {}) => openaiOf(call).responses.stream(bodies.responses(call), optionsOf(call, more)),
  messages: (call, more = {}) => messagesOf(call).stream(bodies.messages(call), optionsOf(call, more)),
};

const parameters = { type: 'object', properties: {} };
const weather = { name: 'weather', description: 'The weather.', parse: JSON.parse, run: () => 'sunny' };
const tools = {
  chat: [{ type: 'function', function: { ...weather, parameters, function: weather.run } }],
  messages: [{ ...weather, input_schema: parameters }],
};

/** The SDKs' own runners of tools, whose model asks for none: one call. */
export const runners = {
  chat: (call) => openaiOf(call).chat.completions.runTools({ ...bodies.chat(call), tools: tools.chat }, optionsOf(call, {})),
  messages: (call) => anthropicOf(call).beta.messages.toolRunner({ ...bodies.messages(call), tools: tools.messages }, optionsOf(call, {})),
};
