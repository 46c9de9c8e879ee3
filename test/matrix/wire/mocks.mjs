// node mocks.mjs BASE_URL: an app whose requests to models are answered by mocks, or go through proxies, streams and names of their own.
import axios from 'axios';
import { http as mswHttp, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import nock from 'nock';
import { createServer, get, request } from 'node:http';
import { Readable } from 'node:stream';
import { getGlobalDispatcher, MockAgent, request as undiciRequest, setGlobalDispatcher } from 'undici';
import { MockAgent as MockAgent7 } from 'undici-7';

const [base] = process.argv.slice(2);
const url = 'https://api.openai.com/v1/chat/completions';
const body = JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] });
const headers = { 'content-type': 'application/json' };
const answer = { id: 'mocked', model: 'gpt-5.4', choices: [], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } };
const out = async (name, work) => {
  let line;
  try {
    line = { name, answer: await work() };
  } catch (error) {
    line = { name, error: `${error?.name}: ${error?.message}: ${error?.cause?.message}` };
  }
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
const post = (init) => fetch(url, { method: 'POST', headers, body, ...init });

nock('https://api.openai.com').post('/v1/chat/completions', (sent) => sent.model === 'gpt-5.4').times(3).reply(200, answer);
await out('nock fetch', async () => (await post()).json());
await out('nock axios', async () => (await axios.post(url, JSON.parse(body))).data);
await out('nock stream', async () => (await post()).text());
await out('nock unmatched', async () => (await post()).status);
nock.cleanAll();
nock.restore();

const server = setupServer(mswHttp.post(url, async ({ request: sent }) => HttpResponse.json({ ...answer, sent: await sent.json() })));
server.listen({ onUnhandledRequest: 'bypass' });
await out('msw fetch', async () => (await post()).json());
await out('msw axios', async () => (await axios.post(url, JSON.parse(body))).data);
await out('msw passthrough', async () => (await (await fetch(`${base}/v1/chat/completions`, { method: 'POST', headers, body })).json()).object);
server.close();

const agent = new MockAgent();
agent.disableNetConnect();
agent.get('https://api.openai.com').intercept({ path: '/v1/chat/completions', method: 'POST' }).reply(200, answer, { headers }).times(3);
const before = getGlobalDispatcher();
setGlobalDispatcher(agent);
await out('MockAgent fetch', async () => (await post()).json());
await out('MockAgent request', async () => (await undiciRequest(url, { method: 'POST', headers, body })).body.json());
setGlobalDispatcher(before);
const agent7 = new MockAgent7();
agent7.get('https://api.openai.com').intercept({ path: '/v1/chat/completions', method: 'POST' }).reply(200, answer, { headers });
await out('MockAgent dispatcher', async () => (await post({ dispatcher: agent7 })).json());

const received = [];
const echo = createServer(async (req, res) => {
  const pieces = [];
  for await (const piece of req) pieces.push(piece);
  const { host, connection, ...rest } = req.headers;
  received.push({ method: req.method, url: req.url.replace(/http:\/\/127[^/]*/, 'BASE'), headers: rest, body: Buffer.concat(pieces).toString() });
  res.writeHead(200, headers).end(JSON.stringify(answer));
});
await new Promise((done) => echo.listen(0, '127.0.0.1', done));
const own = `http://127.0.0.1:${echo.address().port}/v1/chat/completions`;
const form = () => {
  const fields = new FormData();
  fields.set('model', 'whisper-1');
  fields.set('file', new File([new Uint8Array([1, 2, 3])], 'a.wav'));
  return fields;
};
await out('half duplex', async () => (await fetch(own, { method: 'POST', headers, body: Readable.toWeb(Readable.from([body.slice(0, 9), body.slice(9)].map((text) => Buffer.from(text)))), duplex: 'half' })).json());
await out('async iterable', async () => (await fetch(own, { method: 'POST', headers, duplex: 'half', body: (async function* () { yield Buffer.from(body); })() })).json());
await out('form', async () => (await fetch(own.replace('chat/completions', 'audio/transcriptions'), { method: 'POST', body: form() })).status);
await out('request object', async () => (await fetch(new Request(own, { method: 'POST', headers, body }))).json());
await out('request and options', async () => (await fetch(new Request(own, { method: 'POST', headers, body }), { headers: { ...headers, 'X-Own': 'a' } })).json());
await out('params', async () => (await fetch(own, { method: 'POST', body: new URLSearchParams({ model: 'x' }) })).status);
await out('blob', async () => (await fetch(own, { method: 'POST', body: new Blob([body], { type: 'application/json' }) })).status);
await out('bytes', async () => (await fetch(own, { method: 'POST', headers, body: new TextEncoder().encode(body) })).status);
await out('class of options', async () => {
  class Options {
    get method() { return 'POST'; }
    get headers() { return headers; }
    get body() { return body; }
  }
  return (await fetch(own, new Options())).status;
});
await out('named request', () => new Promise((done, fail) => request(own, { method: 'POST', headers }, (res) => res.resume().on('end', () => done(res.statusCode))).on('error', fail).end(body)));
await out('named get', () => new Promise((done, fail) => get(own.replace('chat/completions', 'responses/resp_1'), (res) => res.resume().on('end', () => done(res.statusCode))).on('error', fail)));
await out('expect continue', () => new Promise((done, fail) => { const req = request(own, { method: 'POST', headers: { ...headers, Expect: '100-continue' } }, (res) => res.resume().on('end', () => done(res.statusCode))); req.on('error', fail).on('continue', () => req.end(body)); req.flushHeaders(); }));
await out('http proxy', () => new Promise((done, fail) => request({ host: '127.0.0.1', port: echo.address().port, path: own, method: 'POST', headers: { ...headers, host: 'x' } }, (res) => res.resume().on('end', () => done(res.statusCode))).on('error', fail).end(body)));
await out('abort before', async () => { const c = new AbortController(); c.abort(new Error('mine')); return (await fetch(own, { method: 'POST', headers, body, signal: c.signal })).status; });
await out('timeout', async () => (await fetch(`${base}/v1/chat/completions`, { method: 'POST', headers: { ...headers, 'x-local-latency': '500' }, body, signal: AbortSignal.timeout(40) })).status);
await out('abort while reading', async () => {
  const c = new AbortController();
  const response = await fetch(`${base}/v1/chat/completions`, { method: 'POST', headers: { ...headers, 'x-local-interval': '5', 'x-local-chunks': '50' }, body: JSON.stringify({ ...JSON.parse(body), stream: true }), signal: c.signal });
  const reader = response.body.getReader();
  await reader.read();
  c.abort();
  await reader.read();
  return reader.read();
});
await out('no arguments', () => fetch());
await out('wrong address', () => fetch('/v1/chat/completions'));
await out('head', async () => (await fetch(own, { method: 'HEAD' })).status);
await out('shape', async () => [fetch.name, fetch.length, typeof request, Object.keys(await fetch(own, { method: 'POST', headers, body }))]);
process.stdout.write(`${JSON.stringify({ name: 'received', answer: received }).replaceAll(/formdata-undici-\d+/g, 'BOUNDARY')}\n`);
echo.close();
