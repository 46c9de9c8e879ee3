// Fails in every way that an app sees, and prints the stack of each error. Knows nothing of Purser.
import http from 'node:http';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { GoogleGenerativeAI } from '@google/generative-ai';
import OpenAI from 'openai';

const base = process.env.BASE;
/** Where nobody listens. */
const nobody = process.env.NOBODY;
const openai = new OpenAI({ apiKey: 'local-test-key', baseURL: `${base}/v1`, maxRetries: 0 });
const anthropic = new Anthropic({ apiKey: 'local-test-key', baseURL: base, maxRetries: 0 });
const nowhere = new OpenAI({ apiKey: 'local-test-key', baseURL: `${nobody}/v1`, maxRetries: 0 });
const genai = (headers) => new GoogleGenAI({ apiKey: 'local-test-key', httpOptions: { baseUrl: base, headers } }).models;
const gemini = (customHeaders) => new GoogleGenerativeAI('local-test-key').getGenerativeModel({ model: 'gemini-2.5-flash' }, { baseUrl: base, customHeaders });

const scripted = (script) => ({ headers: Object.fromEntries(Object.entries(script).map(([name, value]) => [`x-local-${name}`, String(value)])) });
const refused = scripted({ status: 400 });
const broken = scripted({ chunks: 20, cut: 5 });
const messages = [{ role: 'user', content: 'hello' }];
const chat = { model: 'gpt-5.4', messages };
const message = { model: 'claude-sonnet-5', max_tokens: 64, messages };
const asked = { model: 'gemini-2.5-flash', contents: 'hello' };

const readAll = async (stream) => {
  for await (const chunk of stream) void chunk;
};

const body = JSON.stringify(chat);
const streamed = JSON.stringify({ ...chat, stream: true });
const sent = { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer local-test-key' }, body };

const FAILURES = {
  'openai refused': () => openai.chat.completions.create(chat, refused),
  'openai retried': () => openai.chat.completions.create(chat, { ...scripted({ status: 500, 'retry-after': 1 }), maxRetries: 1 }),
  'openai parse': () => openai.chat.completions.parse(chat, refused),
  'openai withResponse': () => openai.chat.completions.create(chat, refused).withResponse(),
  'openai asResponse': () => openai.chat.completions.create(chat, refused).asResponse(),
  'openai responses': () => openai.responses.create({ model: 'gpt-5.4', input: 'hello' }, refused),
  'openai helper': () => openai.chat.completions.stream(chat, refused).finalChatCompletion(),
  'openai stream refused': async () => readAll(await openai.chat.completions.create({ ...chat, stream: true }, refused)),
  'openai stream cut': async () => readAll(await openai.chat.completions.create({ ...chat, stream: true }, broken)),
  'openai stream error': async () => readAll(await openai.chat.completions.create({ ...chat, stream: true }, scripted({ 'stream-error': 2 }))),
  'openai unreachable': () => nowhere.chat.completions.create(chat),
  'openai aborted': () => {
    const leaver = new AbortController();
    setTimeout(() => leaver.abort(), 20);
    return openai.chat.completions.create(chat, { ...scripted({ latency: 2000 }), signal: leaver.signal });
  },
  'openai timeout': () => openai.chat.completions.create(chat, { ...scripted({ latency: 2000 }), timeout: 20 }),
  'app in stream': async () => {
    for await (const chunk of await openai.chat.completions.create({ ...chat, stream: true })) if (chunk) throw new Error('of the app');
  },
  'app in a tool': () => {
    const fail = () => {
      throw new Error('of the app');
    };
    const tool = { type: 'function', function: { name: 'fail', parse: fail, function: fail, parameters: { type: 'object', properties: {} } } };
    return openai.chat.completions.runTools({ ...chat, tools: [tool] }, scripted({ status: 400 })).finalContent();
  },
  'anthropic refused': () => anthropic.messages.create(message, refused),
  'anthropic helper': () => anthropic.messages.stream(message, refused).finalMessage(),
  'anthropic stream cut': async () => readAll(await anthropic.messages.create({ ...message, stream: true }, broken)),
  'anthropic counted': () => anthropic.messages.countTokens({ model: message.model, messages }, refused),
  'genai refused': () => genai(refused.headers).generateContent(asked),
  'genai stream refused': async () => readAll(await genai(refused.headers).generateContentStream(asked)),
  'genai stream cut': async () => readAll(await genai(broken.headers).generateContentStream(asked)),
  'gemini refused': () => gemini(refused.headers).generateContent('hello'),
  'gemini stream cut': async () => {
    const { stream, response } = await gemini(broken.headers).generateContentStream('hello');
    response.catch(() => undefined);
    await readAll(stream);
  },
  'fetch unreachable': () => fetch(`${nobody}/v1/chat/completions`, sent),
  'fetch of a stream cut': async () =>
    readAll((await fetch(`${base}/v1/chat/completions`, { ...sent, headers: { ...sent.headers, ...broken.headers }, body: streamed })).body),
  'http unreachable': () =>
    new Promise((resolve, reject) => {
      http.request(`${nobody}/v1/chat/completions`, { method: 'POST' }, resolve).on('error', reject).end(body);
    }),
};

/** Frames of the app around each call, as a service has them. */
const handler = async (fail) => await fail();
const route = async (fail) => await handler(fail);

const told = (error) => [error.stack, ...(error.cause instanceof Error ? [`cause: ${error.cause.stack}`] : [])].join('\n');
for (const [name, fail] of Object.entries(FAILURES)) {
  const stack = await route(fail).then(
    () => 'no error',
    (error) => told(error),
  );
  console.log(JSON.stringify({ name, stack }));
}
