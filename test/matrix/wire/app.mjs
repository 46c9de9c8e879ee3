// An app that knows nothing of Purser: it calls models through clients that Purser has no adapter for, each with a model name of its own.
// node app.mjs BASE_URL; prints one JSON line for each call: {name, answer} or {name, error}.
import { ChatAnthropic } from '@langchain/anthropic';
import { ChatGoogleGenerativeAI } from '@langchain/google-genai';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { Mistral } from '@mistralai/mistralai';
import axios from 'axios';
import Groq from 'groq-sdk';
import nodeFetch3 from 'node-fetch';
import nodeFetch2 from 'node-fetch-2';
import http from 'node:http';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import * as undici8 from 'undici';
import * as undici6 from 'undici-6';
import * as undici7 from 'undici-7';
import { z } from 'zod';

const [base] = process.argv.slice(2);
const apiKey = 'local-test-key';
let unhandled = 0;
process.on('unhandledRejection', () => unhandled++);
console.warn = () => {};
globalThis.AI_SDK_LOG_WARNINGS = false;

const calls = {};
const schema = z.object({ a: z.string() });
const script = (values) => `hello [[local ${Object.entries(values).map(([name, value]) => `${name}=${value}`).join(' ')}]]`;
const inJson = script({ text: encodeURIComponent('{"a":"b"}') });

for (const [version, suffix] of [['5', '-5'], ['6', '-6'], ['7', '']]) {
  const ai = await import(`ai${suffix}`);
  const models = {
    openai: (await import(`@ai-sdk/openai${suffix}`)).createOpenAI({ apiKey, baseURL: `${base}/v1` }),
    chat: (await import(`@ai-sdk/openai${suffix}`)).createOpenAI({ apiKey, baseURL: `${base}/v1` }).chat,
    anthropic: (await import(`@ai-sdk/anthropic${suffix}`)).createAnthropic({ apiKey, baseURL: `${base}/v1` }),
    google: (await import(`@ai-sdk/google${suffix}`)).createGoogleGenerativeAI({ apiKey, baseURL: `${base}/v1beta` }),
  };
  const tools = { weather: ai.tool({ description: 'w', inputSchema: z.object({}), execute: async () => 'sunny' }) };
  for (const [provider, make] of Object.entries(models)) {
    const name = `ai${version}-${provider}`;
    calls[`${name}-text`] = async (model) => (await ai.generateText({ model: make(model), prompt: 'hello' })).text;
    calls[`${name}-stream`] = async (model) => {
      let text = '';
      for await (const piece of ai.streamText({ model: make(model), prompt: 'hello' }).textStream) text += piece;
      return text;
    };
    calls[`${name}-object`] = async (model) => (await ai.generateObject({ model: make(model), schema, prompt: inJson, maxRetries: 0 })).object;
    calls[`${name}-tools`] = async (model) => (await ai.generateText({ model: make(model), tools, prompt: script({ tool: 'weather' }), stopWhen: ai.stepCountIs(2) })).steps.length;
  }
}

calls['langchain-openai'] = async (model) => (await new ChatOpenAI({ model, apiKey, configuration: { baseURL: `${base}/v1` } }).invoke('hello')).content;
calls['langchain-openai-stream'] = async (model) => {
  let text = '';
  for await (const piece of await new ChatOpenAI({ model, apiKey, streaming: true, configuration: { baseURL: `${base}/v1` } }).stream('hello')) text += piece.content;
  return text;
};
calls['langchain-embeddings'] = async (model) => (await new OpenAIEmbeddings({ model, apiKey, configuration: { baseURL: `${base}/v1` } }).embedQuery('hello')).length > 0;
calls['langchain-anthropic'] = async (model) => (await new ChatAnthropic({ model, apiKey, anthropicApiUrl: base }).invoke('hello')).content;
calls['langchain-google'] = async (model) => (await new ChatGoogleGenerativeAI({ model, apiKey, baseUrl: base }).invoke('hello')).content;

const mistral = new Mistral({ apiKey, serverURL: base });
calls['mistral'] = async (model) => (await mistral.chat.complete({ model, messages: [{ role: 'user', content: 'hello' }] })).choices.length;
calls['mistral-stream'] = async (model) => {
  let events = 0;
  for await (const event of await mistral.chat.stream({ model, messages: [{ role: 'user', content: script({ usage: 'every' }) }] })) if (event) events++;
  return events > 1;
};
const groq = new Groq({ apiKey, baseURL: base });
calls['groq'] = async (model) => (await groq.chat.completions.create({ model, messages: [{ role: 'user', content: 'hello' }] })).choices.length;
calls['groq-retried'] = async (model) =>
  (await groq.chat.completions.create({ model, messages: [{ role: 'user', content: 'hello' }] }, { headers: { 'x-local-status': '503', 'x-local-times': '1', 'x-local-retry-after-ms': '1' } })).choices.length;

const chat = (model, more) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
  body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }], ...more }),
});
const url = `${base}/v1/chat/completions`;
const asked = { stream: true, stream_options: { include_usage: true } };
calls['fetch'] = async (model) => (await (await fetch(url, chat(model))).json()).object;
calls['fetch-request'] = async (model) => (await (await fetch(new Request(url, chat(model)))).json()).object;
calls['fetch-stream'] = async (model) => (await (await fetch(url, chat(model, asked))).text()).includes('[DONE]');
calls['fetch-clone'] = async (model) => {
  const response = await fetch(url, chat(model));
  const clone = response.clone();
  return [(await clone.json()).object, (await response.json()).object];
};
calls['node-fetch-2'] = async (model) => (await (await nodeFetch2(url, chat(model))).json()).object;
calls['node-fetch-3'] = async (model) => (await (await nodeFetch3(url, chat(model))).json()).object;
calls['node-fetch-3-stream'] = async (model) => (await (await nodeFetch3(url, chat(model, asked))).text()).includes('[DONE]');
calls['axios'] = async (model) => (await axios.post(url, JSON.parse(chat(model).body))).data.object;
calls['axios-stream'] = async (model) => {
  const { data } = await axios.post(url, JSON.parse(chat(model, asked).body), { responseType: 'stream' });
  let text = '';
  for await (const piece of data) text += piece;
  return text.includes('[DONE]');
};
calls['axios-fetch'] = async (model) => (await axios.post(url, JSON.parse(chat(model).body), { adapter: 'fetch' })).data.object;
for (const [version, undici] of Object.entries({ 6: undici6, 7: undici7, 8: undici8 })) {
  calls[`undici${version}-fetch`] = async (model) => (await (await undici.fetch(url, chat(model))).json()).object;
  calls[`undici${version}-request`] = async (model) => (await (await undici.request(url, chat(model))).body.json()).object;
  calls[`undici${version}-request-stream`] = async (model) => (await (await undici.request(url, chat(model, asked))).body.text()).includes('[DONE]');
  calls[`undici${version}-agent`] = async (model) => {
    const agent = new undici.Agent({ connections: 2 });
    const { object } = await (await undici.fetch(url, { ...chat(model), dispatcher: agent })).json();
    await agent.close();
    return object;
  };
}

// A proxy that tunnels, as HTTP_PROXY stands for.
const proxy = createServer().on('connect', (req, socket, head) => {
  const [host, port] = req.url.split(':');
  const out = connect(Number(port), host, () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    out.write(head);
    out.pipe(socket).pipe(out);
  });
  out.on('error', () => socket.destroy());
  socket.on('error', () => out.destroy());
});
await new Promise((done) => proxy.listen(0, '127.0.0.1', done));
const proxyUrl = `http://127.0.0.1:${proxy.address().port}`;
calls['undici7-proxy'] = async (model) => {
  const dispatcher = new undici7.ProxyAgent({ uri: proxyUrl, proxyTunnel: true });
  const { object } = await (await fetch(url, { ...chat(model), dispatcher })).json();
  await dispatcher.close();
  return object;
};
calls['node-http-agent'] = async (model) => {
  const agent = new http.Agent({ keepAlive: true });
  const { data } = await axios.post(url, JSON.parse(chat(model).body), { httpAgent: agent });
  agent.destroy();
  return data.object;
};
calls['langchain-custom-fetch'] = async (model) =>
  (await new ChatOpenAI({ model, apiKey, configuration: { baseURL: `${base}/v1`, fetch: (...args) => undici8.fetch(...args) } }).invoke('hello')).content;

const only = process.argv[3];
for (const [name, call] of Object.entries(calls)) {
  if (only !== undefined && !name.includes(only)) continue;
  let line;
  try {
    line = { name, answer: await call(`model-${name}`) };
  } catch (error) {
    line = { name, error: `${error?.name}: ${error?.message}`.slice(0, 200) };
  }
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
process.stdout.write(`${JSON.stringify({ unhandled })}\n`);
proxy.close();
