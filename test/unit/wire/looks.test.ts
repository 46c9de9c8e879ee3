import { expect, test } from 'vitest';
import { sourceOf } from '../../../src/wire/client-name.ts';
import { tapHttp, type HttpModule } from '../../../src/wire/http/hook.ts';
import { changeBody } from '../../../src/wire/change-body.ts';
import { lookAt, placeOf } from '../../../src/wire/place.ts';
import { withoutTrace, withoutTraceLines } from '../../../src/wire/trace-headers.ts';
import { watchWire } from './watch-wire.ts';

test.each([
  ['https://api.openai.com/v1/chat/completions', 'api.openai.com', '/v1/chat/completions'],
  ['http://user:pa@ss@Example.COM:8080/a?b=http://c/d', 'example.com', '/a?b=http://c/d'],
  ['https://[::1]:8080/x', '[::1]', '/x'],
  ['https://host', 'host', '/'],
])('%s is cut as a URL would be', (address, hostname, path) => {
  expect(placeOf(address)).toEqual({ hostname, path });
  const url = new URL(address);
  expect({ hostname: url.hostname, path: url.pathname + url.search }).toEqual({ hostname, path });
});

test.each(['', '/v1/chat/completions', 'data:text/plain,x', 'blob:nodedata:1', 'file:///v1/chat/completions', 'ws'])(
  '%j is no address over HTTP',
  (address) => {
    expect(placeOf(address)).toBeUndefined();
  },
);

test('the first look tells calls, other requests to providers, and the rest', () => {
  const look = (method: string, address: string): unknown => lookAt(method, placeOf(address) ?? { hostname: '', path: '' });
  expect(look('POST', 'https://llm.example.com/v1/chat/completions')).toBe('call');
  expect(look('POST', 'https://eu-aiplatform.googleapis.com/v1/projects/p/locations/eu/publishers/google/models/g:streamGenerateContent?alt=sse')).toBe('call');
  expect(look('GET', 'https://api.anthropic.com/v1/models')).toBe('host');
  expect(look('POST', 'https://example.com/orders')).toBeUndefined();
  expect(look('GET', 'https://example.com/v1/chat/completions')).toBeUndefined();
});

test('a bare path is a call on hosts that the owner named, and on no other', async () => {
  const original = (() => Promise.resolve(new Response('{}', { headers: { 'content-type': 'application/json' } }))) as typeof fetch;
  const wire = watchWire({ original, hostRules: [{ host: 'llm.corp', provider: 'openai' }] });
  for (const host of ['llm.corp', 'survey.corp']) await (await wire.fetch(`https://${host}/responses`, { method: 'POST', body: '{"model":"m"}' })).json();
  expect(wire.seen.map(({ call }) => [call.serverAddress, call.provider])).toEqual([['llm.corp', 'openai']]);
});

test("Cohere's paths are calls on hosts that the owner named so; elsewhere they are somebody's own, and keep what they carry", async () => {
  const sent: unknown[] = [];
  const answer = { id: 'c', finish_reason: 'COMPLETE', usage: { billed_units: { input_tokens: 10, output_tokens: 5 } } };
  const original = (async (_input: unknown, init?: RequestInit) => {
    sent.push(new Headers(init?.headers).get('traceparent'));
    return Response.json(answer);
  }) as typeof fetch;
  const hostRules = [
    { host: 'llm.corp', provider: 'cohere' },
    { host: 'gateway.corp', provider: 'openai' },
  ];
  const wire = watchWire({ original, hostRules });
  const init = { method: 'POST', headers: { traceparent: '00-1' }, body: '{"model":"command-a-03-2025","messages":[]}' };
  for (const host of ['llm.corp', 'gateway.corp', 'chat.corp', 'api.cohere.com', 'api.writer.com'])
    await (await wire.fetch(`https://${host}/v2/chat`, init)).json();
  expect(wire.seen.map(({ call, outcome }) => [call.serverAddress, call.provider, call.request.model, outcome.usage?.buckets.input])).toEqual([
    ['llm.corp', 'cohere', 'command-a-03-2025', 10],
    ['api.cohere.com', 'cohere', 'command-a-03-2025', 10],
  ]);
  // A provider's host is told nothing of the trace, whatever is asked there.
  expect(sent).toEqual([null, '00-1', '00-1', null, null]);
});

test("Ollama's own paths are calls at its port, at hosts of its name and where the owner says so; elsewhere they are somebody's own", async () => {
  const answer = { model: 'llama3.3', message: { role: 'assistant', content: 'Hi' }, done: true, done_reason: 'stop', prompt_eval_count: 10, eval_count: 5 };
  const original = (() => Promise.resolve(Response.json(answer))) as typeof fetch;
  const hostRules = [
    { host: 'llm.corp', provider: 'ollama' },
    { host: 'localhost:11434', pathPrefix: '/other', provider: 'openai' },
  ];
  const wire = watchWire({ original, hostRules });
  const init = { method: 'POST', body: '{"model":"llama3.3","stream":false,"messages":[]}' };
  const addresses = ['http://localhost:11434', 'http://gpu-1.corp:11434', 'http://ollama', 'https://llm.corp', 'http://localhost:3000', 'https://app.corp'];
  for (const address of [...addresses, 'http://localhost:11434/other']) await (await wire.fetch(`${address}/api/chat`, init)).json();
  expect(wire.seen.map(({ call, outcome }) => [call.serverAddress, call.serverPort, call.provider, outcome.usage?.buckets.input])).toEqual([
    ['localhost', 11434, 'ollama', 10],
    ['gpu-1.corp', 11434, 'ollama', 10],
    ['ollama', 80, 'ollama', 10],
    ['llm.corp', 443, 'ollama', 10],
  ]);
});

test.each([
  [{ 'user-agent': 'OpenAI/JS 7.55.0' }, 'openai', '7.55.0'],
  [{ 'user-agent': 'AzureOpenAI/JS 6.1.0' }, 'openai', '6.1.0'],
  [{ 'user-agent': 'BedrockOpenAI/JS 7.55.0' }, 'openai', '7.55.0'],
  [{ 'user-agent': 'Anthropic/JS 1.11.0' }, '@anthropic-ai/sdk', '1.11.0'],
  [{ 'user-agent': 'google-genai-sdk/3.1.0 gl-node/v24.21.0' }, '@google/genai', '3.1.0'],
  [{ 'user-agent': 'ai/7.0.173 ai-sdk/openai/4.0.118 ai-sdk/provider-utils/4.0.0 runtime/node.js/24' }, 'ai', '7.0.173'],
  [{ 'user-agent': 'ai-sdk-anthropic/4.0.105 ai-sdk-provider-utils/5.0.81 node.js/24' }, 'ai', undefined],
  [{ 'user-agent': 'node', 'x-goog-api-client': 'genai-js/0.24.1' }, '@google/generative-ai', '0.24.1'],
  [{ 'user-agent': 'tN/JS 7.55.0', 'x-stainless-lang': 'js' }, 'openai', '7.55.0'],
  [{ 'user-agent': 'e/JS 1.11.0', 'x-stainless-lang': 'js', 'anthropic-version': '2023-06-01' }, '@anthropic-ai/sdk', '1.11.0'],
  [{ 'user-agent': 'tN/JS 7.55.0' }, 'wire', undefined],
  [{ 'user-agent': 'my-app/1.0' }, 'wire', undefined],
])('%j is named', (headers, name, version) => {
  expect(sourceOf((header) => (headers as Record<string, string>)[header], 'api.openai.com')).toEqual({ name, version });
});

test('an SDK whose name a bundler has cut, asking a host that several SDKs ask, is not guessed', () => {
  const headers: Record<string, string> = { 'user-agent': 'tN/JS 0.37.0', 'x-stainless-lang': 'js' };
  for (const host of ['api.groq.com', 'gateway.corp', 'notopenai.com']) expect(sourceOf((header) => headers[header], host).name).toBe('wire');
});

test('a body is changed as text, where nothing else of it may change', () => {
  const { opener } = watchWire({ askUsageHosts: ['api.openai.com'] });
  const url = new URL('https://api.openai.com/v1/chat/completions');
  const text = '{ "model":"m","seed":12345678901234567890,"stream":true }\n';
  expect(changeBody(opener, text, JSON.parse(text), url, undefined)).toEqual({
    text: '{ "model":"m","seed":12345678901234567890,"stream":true ,"stream_options":{"include_usage":true}}\n',
    hideUsage: true,
  });
  for (const asked of ['{"stream":true,"stream_options":null}', '{"stream":false}', '[]', '"}"'])
    expect(changeBody(opener, asked, JSON.parse(asked), url, undefined)).toBeUndefined();
  expect(changeBody(opener, '{"model":"m","max_tokens":9}', { model: 'm', max_tokens: 9 }, url, { model: 'n', maxTokens: 5 })).toEqual({
    text: '{"model":"n","max_tokens":5}',
    hideUsage: false,
  });
});

test('a flat list loses the names that carry a trace with their values', () => {
  expect(withoutTrace(['a', 'traceparent', 'TraceParent', '1', 'Baggage', '2', 'b', '3'])).toEqual(['a', 'traceparent', 'b', '3']);
  const vendors = ['X-Amzn-Trace-Id', 'b3', 'x-b3-traceid', 'uber-trace-id', 'x-cloud-trace-context', 'newrelic', 'X-INSTANA-T', 'elastic-apm-traceparent'];
  expect(withoutTrace([...vendors.flatMap((name) => [name, '1']), 'x-amzn-bedrock-trace', 'ENABLED', 'x-b3', '2'])).toEqual([
    'x-amzn-bedrock-trace',
    'ENABLED',
    'x-b3',
    '2',
  ]);
  const clean = ['a', '1'];
  expect(withoutTrace(clean)).toBe(clean);
});

test('a head that is text loses the lines that carry a trace', () => {
  expect(withoutTraceLines('accept: */*\r\nTraceparent: 00-1\r\nx-amzn-trace-id: Root=1\r\nx-note: b3: 1\r\n')).toBe('accept: */*\r\nx-note: b3: 1\r\n');
});

test('the functions of http look like those in whose place they stand', () => {
  const module = { request: function asked(_url: unknown, _options: unknown, _told: unknown) {}, get: function got(_url: unknown) {} } as unknown as HttpModule;
  tapHttp(module, 'http:', () => undefined);
  expect([module.request.name, module.request.length, module.get.name, module.get.length]).toEqual(['asked', 3, 'got', 1]);
});
