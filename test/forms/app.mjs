// An app that knows nothing of Purser: it calls each SDK in every form there is and prints what it saw of each, one JSON line a form.
// node app.mjs BASE_URL SDK_FOLDER
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [base, folder] = process.argv.slice(2);
const resolve = createRequire(join(folder, 'noop.js')).resolve;
const load = async (name, esm) =>
  import(
    pathToFileURL(
      esm
        ? resolve(name)
            .replace(/\.js$/, '.mjs')
            .replace(/index\.cjs$/, 'index.mjs')
        : resolve(name),
    ).href
  );
const { default: OpenAI, AzureOpenAI } = await load('openai', true);
const { default: Anthropic } = await load('@anthropic-ai/sdk', true);
const { GoogleGenAI } = await load('@google/genai', true);
const { GoogleGenerativeAI } = await load('@google/generative-ai', true);

let unhandled = 0;
process.on('unhandledRejection', () => unhandled++);
console.warn = () => {};
console.error = () => {};

const KEY = 'local-test-key';
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const openai = new OpenAI({ apiKey: KEY, baseURL: `${base}/v1`, logger: silent, maxRetries: 2 });
const azure = new AzureOpenAI({ apiKey: KEY, endpoint: base, apiVersion: '2025-01-01', deployment: 'gpt-5.4', logger: silent });
const anthropic = new Anthropic({ apiKey: KEY, baseURL: base, logger: silent });
const genai = new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: base } });
const old = new GoogleGenerativeAI(KEY).getGenerativeModel({ model: 'gemini-2.5-flash' }, { baseUrl: base });
const chat = { model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] };
const message = { model: 'claude-sonnet-5', max_tokens: 64, messages: [{ role: 'user', content: 'hello' }] };
const scripted = (script) => ({ headers: Object.fromEntries(Object.entries(script).map(([k, v]) => [`x-local-${k}`, String(v)])) });
const schema = { type: 'json_schema', json_schema: { name: 'a', strict: true, schema: { type: 'object', properties: { a: { type: 'string' } } } } };

const chain = (value) => {
  const names = [];
  for (let p = Object(value) === value ? Object.getPrototypeOf(value) : null; p && p !== Object.prototype; p = Object.getPrototypeOf(p)) {
    const name = p.constructor?.name ?? '?';
    if (names.at(-1) !== name) names.push(name);
  }
  return names.join('<');
};
const show = (value) => ({
  class: chain(value),
  keys: Object(value) === value && !Array.isArray(value) ? Object.keys(value).filter((k) => !/^_|controller|messages$/.test(k)) : [],
  json: JSON.stringify(value)?.slice(0, 4000),
});
const collect = async (iterable, limit = Infinity) => {
  const all = [];
  for await (const item of iterable) if (all.push(item) >= limit) break;
  return JSON.stringify(all);
};
const methodsOf = (promise) =>
  ['withResponse', 'asResponse', '_thenUnwrap', 'then', 'catch', 'finally', 'parse'].filter((name) => typeof promise[name] === 'function').join();
const has = (object, path) => path.split('.').reduce((o, k) => o?.[k], object) !== undefined;
const tool = () => ({
  type: 'function',
  function: {
    name: 'weather',
    parse: JSON.parse,
    parameters: { type: 'object', properties: {} },
    function: async function weather() {
      return 'sunny';
    },
  },
});

const openaiForms = {
  promise: async () => {
    const p = openai.chat.completions.create(chat);
    const seen = [chain(p), methodsOf(p)];
    await p;
    return seen;
  },
  plain: () => openai.chat.completions.create(chat),
  stream: async () => {
    const s = await openai.chat.completions.create({ ...chat, stream: true });
    return [chain(s), typeof s.tee, typeof s.toReadableStream, s.controller?.constructor.name, await collect(s)];
  },
  streamAsked: async () => collect(await openai.chat.completions.create({ ...chat, stream: true, stream_options: { include_usage: true } })),
  break: async () => {
    const s = await openai.chat.completions.create({ ...chat, stream: true }, scripted({ chunks: 40, interval: 2 }));
    const got = await collect(s, 2);
    return [got, s.controller.signal.aborted];
  },
  throwInside: async () => {
    for await (const c of await openai.chat.completions.create({ ...chat, stream: true }, scripted({ chunks: 20, interval: 2 })))
      throw new Error(`mine ${typeof c}`);
  },
  tee: async () => {
    const [a, b] = (await openai.chat.completions.create({ ...chat, stream: true })).tee();
    return [await collect(a), await collect(b), chain(a)];
  },
  readable: async () => {
    const r = (await openai.chat.completions.create({ ...chat, stream: true })).toReadableStream();
    const d = new TextDecoder();
    let t = '';
    for await (const c of r) t += d.decode(c);
    return [chain(r), t];
  },
  helper: async () => {
    const s = openai.chat.completions.stream(chat);
    const events = [];
    s.on('content', (d) => events.push(d));
    const f = await s.finalChatCompletion();
    return [chain(s), events.length, show(f)];
  },
  helperAbort: async () => {
    const s = openai.chat.completions.stream({ ...chat }, scripted({ chunks: 40, interval: 5 }));
    s.on('content', () => s.abort());
    return s.finalChatCompletion();
  },
  parse: async () =>
    has(openai, 'chat.completions.parse')
      ? openai.chat.completions.parse({ ...chat, response_format: schema }, scripted({ text: encodeURIComponent('{"a":"b"}') }))
      : 'absent',
  runTools: async () => {
    const r = openai.chat.completions.runTools({ ...chat, tools: [tool()] }, { ...scripted({ tool: 'weather' }), maxChatCompletions: 2 });
    const results = [];
    r.on('functionToolCallResult', (x) => results.push(x));
    await r.done();
    return [chain(r), results, r.messages.length];
  },
  withResponse: async () => {
    const r = await openai.chat.completions.create(chat).withResponse();
    return [show(r.data), chain(r.response), r.response.status, r.response.url.replace(base, ''), Object.keys(r), r.request_id, r.response.bodyUsed];
  },
  asResponseText: async () => {
    const r = await openai.chat.completions.create(chat).asResponse();
    return [chain(r), r.bodyUsed, await r.text(), r.bodyUsed, r.url.replace(base, ''), r.redirected, r.type];
  },
  asResponseJson: async () => (await openai.chat.completions.create(chat).asResponse()).json(),
  asResponseBuffer: async () => Buffer.from(await (await openai.chat.completions.create(chat).asResponse()).arrayBuffer()).toString(),
  asResponseClone: async () => {
    const r = await openai.chat.completions.create(chat).asResponse();
    const c = r.clone();
    return [chain(c), await c.text(), await r.json()];
  },
  asResponseStream: async () => (await openai.chat.completions.create({ ...chat, stream: true }).asResponse()).text(),
  asResponseReader: async () => {
    const r = await openai.chat.completions.create({ ...chat, stream: true }).asResponse();
    const reader = r.body.getReader();
    let t = '';
    const d = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      t += d.decode(value, { stream: true });
    }
    return [chain(r.body), chain(reader), r.body.locked, t];
  },
  asResponsePipe: async () => {
    const r = await openai.chat.completions.create({ ...chat, stream: true }).asResponse();
    let t = '';
    for await (const c of r.body.pipeThrough(new TextDecoderStream())) t += c;
    return t;
  },
  asResponseTee: async () => {
    const r = await openai.chat.completions.create({ ...chat, stream: true }).asResponse();
    const [a, b] = r.body.tee();
    return [await new Response(a).text(), await new Response(b).text()];
  },
  bothWays: async () => {
    const p = openai.chat.completions.create(chat);
    const [a, b] = await Promise.all([p, p]);
    return a === b;
  },
  post: () => openai.post('/chat/completions', { body: chat }),
  responses: () => openai.responses.create({ model: 'gpt-5.4', input: 'hello' }),
  responsesStream: async () => collect(await openai.responses.create({ model: 'gpt-5.4', input: 'hello', stream: true })),
  responsesHelper: async () => {
    const s = openai.responses.stream({ model: 'gpt-5.4', input: 'hello' });
    const types = [];
    for await (const e of s) types.push(e.type);
    return [chain(s), types, show(await s.finalResponse())];
  },
  responsesParse: async () => (has(openai, 'responses.parse') ? openai.responses.parse({ model: 'gpt-5.4', input: 'hello' }) : 'absent'),
  completions: () => openai.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'hello' }),
  embeddings: () => openai.embeddings.create({ model: 'text-embedding-3-small', input: 'hello' }),
  images: () => openai.images.generate({ model: 'gpt-image-1', prompt: 'a ship' }),
  speech: async () => {
    const r = await openai.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'hello' });
    return [chain(r), (await r.arrayBuffer()).byteLength];
  },
  transcription: () => openai.audio.transcriptions.create({ model: 'whisper-1', file: new File([new Uint8Array(16)], 'a.wav') }),
  moderations: () => openai.moderations.create({ input: 'hello' }),
  batches: () => openai.batches.create({ completion_window: '24h', endpoint: '/v1/chat/completions', input_file_id: 'file-1' }),
  batchResults: async () => {
    const { output_file_id: id } = await openai.batches.retrieve('batch_completed');
    const r = await openai.files.content(id);
    const again = await openai.files.content(id);
    return [chain(r), await r.text(), await new Response(again.body).text()];
  },
  models: async () => collect(await openai.models.list()),
  azure: () => azure.chat.completions.create(chat),
  azureStream: async () => collect(await azure.chat.completions.create({ ...chat, stream: true })),
  error400: () => openai.chat.completions.create(chat, scripted({ status: 400 })),
  error401: () => openai.chat.completions.create(chat, scripted({ status: 401 })),
  retried: () => openai.chat.completions.create(chat, scripted({ status: 429, times: 1, 'retry-after-ms': 5 })),
  retriedStream: async () => collect(await openai.chat.completions.create({ ...chat, stream: true }, scripted({ status: 500, times: 1, 'retry-after-ms': 5 }))),
  errorStream: async () => collect(await openai.chat.completions.create({ ...chat, stream: true }, { ...scripted({ 'stream-error': 2 }), maxRetries: 0 })),
  cut: async () => collect(await openai.chat.completions.create({ ...chat, stream: true }, { ...scripted({ cut: 2 }), maxRetries: 0 })),
  abortBefore: () => openai.chat.completions.create(chat, { signal: AbortSignal.abort() }),
  abortDuring: () => {
    const c = new AbortController();
    setTimeout(() => c.abort(), 20);
    return openai.chat.completions.create(chat, { ...scripted({ latency: 300 }), signal: c.signal });
  },
  abortStream: async () => {
    const s = await openai.chat.completions.create({ ...chat, stream: true }, scripted({ chunks: 60, interval: 3 }));
    let n = 0;
    for await (const c of s) if (++n === 2 && c) s.controller.abort();
    return n < 60;
  },
  timeout: () => openai.chat.completions.create(chat, { ...scripted({ latency: 300 }), timeout: 30, maxRetries: 0 }),
  refused: () => new OpenAI({ apiKey: KEY, baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0, logger: silent }).chat.completions.create(chat),
  customFetch: async () => {
    let calls = 0;
    const c = new OpenAI({ apiKey: KEY, baseURL: `${base}/v1`, fetch: (...a) => (calls++, fetch(...a)) });
    const r = await c.chat.completions.create(chat);
    return [calls, r.id.length];
  },
  neverAwaited: async () => {
    openai.chat.completions.create(chat, { ...scripted({ status: 400 }), maxRetries: 0 });
    await new Promise((r) => setTimeout(r, 60));
    return unhandled;
  },
  unreadStream: async () => {
    const s = await openai.chat.completions.create({ ...chat, stream: true });
    return chain(s);
  },
};

const anthropicForms = {
  promise: async () => {
    const p = anthropic.messages.create(message);
    const seen = [chain(p), methodsOf(p)];
    await p;
    return seen;
  },
  plain: () => anthropic.messages.create(message),
  stream: async () => {
    const s = await anthropic.messages.create({ ...message, stream: true });
    return [chain(s), await collect(s)];
  },
  break: async () => {
    const s = await anthropic.messages.create({ ...message, stream: true }, scripted({ chunks: 40, interval: 2 }));
    return [await collect(s, 2), s.controller.signal.aborted];
  },
  tee: async () => {
    const [a, b] = (await anthropic.messages.create({ ...message, stream: true })).tee();
    return [await collect(a), await collect(b)];
  },
  readable: async () => {
    let t = '';
    const d = new TextDecoder();
    for await (const c of (await anthropic.messages.create({ ...message, stream: true })).toReadableStream()) t += d.decode(c);
    return t;
  },
  helper: async () => {
    const s = anthropic.messages.stream(message);
    const texts = [];
    s.on('text', (t) => texts.push(t));
    const f = await s.finalMessage();
    return [chain(s), texts.length, show(f), s.request_id];
  },
  helperIterated: async () => {
    const types = [];
    for await (const e of anthropic.messages.stream(message)) types.push(e.type);
    return types;
  },
  helperAbort: async () => {
    const s = anthropic.messages.stream(message, scripted({ chunks: 40, interval: 5 }));
    s.on('text', () => s.abort());
    return s.finalMessage();
  },
  helperWithResponse: async () => {
    const r = await anthropic.messages.stream(message).withResponse();
    await r.data.done();
    return [chain(r.data), chain(r.response), r.request_id];
  },
  parse: async () => (has(anthropic, 'messages.parse') ? anthropic.messages.parse(message) : 'absent'),
  beta: () => anthropic.beta.messages.create({ ...message, betas: ['context-1m-2025-08-07'] }),
  betaStream: async () => collect(await anthropic.beta.messages.create({ ...message, stream: true })),
  toolRunner: async () => {
    if (!has(anthropic, 'beta.messages.toolRunner')) return 'absent';
    const ran = [];
    const r = anthropic.beta.messages.toolRunner(
      {
        ...message,
        max_iterations: 2,
        tools: [
          { name: 'weather', description: 'd', input_schema: { type: 'object', properties: {} }, parse: (x) => x, run: async (x) => (ran.push(x), 'sunny') },
        ],
      },
      scripted({ tool: 'weather' }),
    );
    const f = await r;
    return [chain(r), ran, show(f)];
  },
  withResponse: async () => {
    const r = await anthropic.messages.create(message).withResponse();
    return [show(r.data), chain(r.response), Object.keys(r), r.request_id];
  },
  asResponse: async () => {
    const r = await anthropic.messages.create(message).asResponse();
    return [chain(r), await r.json()];
  },
  asResponseStream: async () => (await anthropic.messages.create({ ...message, stream: true }).asResponse()).text(),
  countTokens: () => anthropic.messages.countTokens({ model: message.model, messages: message.messages }),
  batches: () => anthropic.messages.batches.create({ requests: [{ custom_id: 'a', params: message }] }),
  batchResults: async () => {
    const r = await anthropic.messages.batches.results('msgbatch_ended');
    return [chain(r), await collect(r), await collect(await anthropic.messages.batches.results('msgbatch_ended'), 1)];
  },
  post: () => anthropic.post('/v1/messages', { body: message }),
  error400: () => anthropic.messages.create(message, scripted({ status: 400 })),
  error529: () => anthropic.messages.create(message, { ...scripted({ status: 529 }), maxRetries: 0 }),
  retried: () => anthropic.messages.create(message, scripted({ status: 529, times: 1, 'should-retry': 'true', 'retry-after-ms': 5 })),
  errorStream: async () => collect(await anthropic.messages.create({ ...message, stream: true }, { ...scripted({ 'stream-error': 2 }), maxRetries: 0 })),
  cut: async () => collect(await anthropic.messages.create({ ...message, stream: true }, { ...scripted({ cut: 2 }), maxRetries: 0 })),
  abort: () => {
    const c = new AbortController();
    setTimeout(() => c.abort(), 20);
    return anthropic.messages.create(message, { ...scripted({ latency: 300 }), signal: c.signal });
  },
  tooLong: () => anthropic.messages.create({ ...message, max_tokens: 200_000 }),
  neverAwaited: async () => {
    anthropic.messages.create(message, { ...scripted({ status: 400 }), maxRetries: 0 });
    await new Promise((r) => setTimeout(r, 60));
    return unhandled;
  },
};

const gemini = { model: 'gemini-2.5-flash', contents: 'hello' };
const inText = (script) =>
  `hello [[local ${Object.entries(script)
    .map(([k, v]) => `${k}=${v}`)
    .join(' ')}]]`;
const genaiForms = {
  plain: async () => {
    const p = genai.models.generateContent(gemini);
    return [chain(p), show(await p)];
  },
  text: async () => (await genai.models.generateContent(gemini)).text,
  stream: async () => {
    const s = await genai.models.generateContentStream(gemini);
    return [chain(s), typeof s.return, await collect(s)];
  },
  break: async () => collect(await genai.models.generateContentStream({ ...gemini, contents: inText({ chunks: 20, interval: 2 }) }), 2),
  chat: async () => {
    const c = genai.chats.create({ model: 'gemini-2.5-flash' });
    const a = await c.sendMessage({ message: 'hello' });
    const b = await collect(await c.sendMessageStream({ message: 'again' }));
    return [show(a), b, c.getHistory().length];
  },
  embed: () => genai.models.embedContent({ model: 'gemini-embedding-001', contents: 'hello' }),
  count: () => genai.models.countTokens(gemini),
  interactions: async () => (genai.interactions ? genai.interactions.create({ model: 'gemini-2.5-flash', input: 'hello' }) : 'absent'),
  interactionsStream: async () =>
    genai.interactions ? collect(await genai.interactions.create({ model: 'gemini-2.5-flash', input: 'hello', stream: true })) : 'absent',
  error400: () => genai.models.generateContent({ ...gemini, contents: inText({ status: 400 }) }),
  error503Stream: () => genai.models.generateContentStream({ ...gemini, contents: inText({ status: 503 }) }),
  cut: async () => collect(await genai.models.generateContentStream({ ...gemini, contents: inText({ cut: 2 }) })),
  errorStream: async () => collect(await genai.models.generateContentStream({ ...gemini, contents: inText({ 'stream-error': 2 }) })),
  abort: () => {
    const c = new AbortController();
    setTimeout(() => c.abort(), 20);
    return genai.models.generateContent({ ...gemini, contents: inText({ latency: 300 }), config: { abortSignal: c.signal } });
  },
  neverAwaited: async () => {
    genai.models.generateContent({ ...gemini, contents: inText({ status: 400 }) });
    await new Promise((r) => setTimeout(r, 60));
    return unhandled;
  },
};
const oldForms = {
  plain: async () => {
    const r = await old.generateContent('hello');
    return [Object.keys(r), show(r.response), r.response.text()];
  },
  stream: async () => {
    const r = await old.generateContentStream('hello');
    return [Object.keys(r), chain(r.stream), await collect(r.stream), show(await r.response)];
  },
  responseOnly: async () => (await (await old.generateContentStream('hello')).response).text(),
  break: async () => {
    const r = await old.generateContentStream(inText({ chunks: 20, interval: 2 }));
    return [await collect(r.stream, 2), (await r.response).text().length];
  },
  chat: async () => {
    const c = old.startChat();
    const a = await c.sendMessage('hello');
    const b = await c.sendMessageStream('again');
    return [a.response.text(), await collect(b.stream), (await c.getHistory()).length];
  },
  embed: () => old.embedContent('hello'),
  embedBatch: () => old.batchEmbedContents({ requests: [{ content: { role: 'user', parts: [{ text: 'a' }] } }] }),
  count: () => old.countTokens('hello'),
  error400: () => old.generateContent(inText({ status: 400 })),
  cut: async () => {
    const r = await old.generateContentStream(inText({ cut: 2 }));
    r.response.catch(() => {});
    return collect(r.stream);
  },
  abort: () => {
    const c = new AbortController();
    setTimeout(() => c.abort(), 20);
    return old.generateContent(inText({ latency: 300 }), { signal: c.signal });
  },
  neverAwaited: async () => {
    old.generateContent(inText({ status: 400 }));
    await new Promise((r) => setTimeout(r, 60));
    return unhandled;
  },
};

const errorFacts = (error) => ({
  class: chain(error),
  name: error.name,
  message: String(error.message).replaceAll(base, 'BASE'),
  status: error.status,
  code: error.code,
  type: error.type,
  request: error.request_id ?? error.requestID,
  own: Object.keys(error).sort(),
  cause: error.cause && `${chain(error.cause)}: ${error.cause.code ?? error.cause.message}`,
});

for (const [sdk, forms] of Object.entries({ openai: openaiForms, anthropic: anthropicForms, genai: genaiForms, generativeai: oldForms })) {
  for (const [form, run] of Object.entries(forms)) {
    const before = unhandled;
    let seen;
    try {
      seen = { value: show(await run()) };
    } catch (error) {
      seen = { error: errorFacts(error) };
    }
    await new Promise((r) => setTimeout(r, 2));
    process.stdout.write(`${JSON.stringify({ sdk, form, unhandled: unhandled - before, ...seen }).replaceAll(base, 'BASE')}\n`);
  }
}
