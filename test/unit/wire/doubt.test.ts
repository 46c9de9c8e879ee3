/** Paths that other services have as well, on hosts of which nothing is known: only what asks a model is a call, and all else keeps what it carries. */
import { createServer, type IncomingMessage } from 'node:http';
import type http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mayBeOthers } from '../../../src/providers/shared/plain-path.ts';
import { tappedHttp, watchWire } from './watch-wire.ts';

const heard: [path: string | undefined, traced: boolean][] = [];
const server = createServer((request, response) => {
  heard.push([request.url, request.headers['traceparent'] !== undefined]);
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"x","status":"queued"}'));
});
let origin = '';

beforeAll(async () => {
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const OWN = [
  '/v1/messages',
  '/v1/responses',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/moderations',
  '/v1/batches',
  '/v1/complete',
  '/v1/models/fraud:predict',
];
const headers = { 'content-type': 'application/json', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };

const byHttp = (module: typeof http, path: string, body: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = module.request(`${origin}${path}`, { method: 'POST', headers }, (response: IncomingMessage) => response.resume().on('end', resolve));
    request.on('error', reject);
    request.end(body);
  });

test.each(['{"to":"+49","text":"hi"}', '[1]', '"hi"', 'to=%2B49&text=hi'])('%s asks no model, whoever sends it', async (body) => {
  heard.length = 0;
  const wire = watchWire();
  for (const path of OWN) {
    await (await wire.fetch(`${origin}${path}`, { method: 'POST', headers, body })).text();
    await byHttp(tappedHttp(wire), path, body);
  }
  for (const path of ['/v1/batches/b1', '/v1/responses/r1']) await (await wire.fetch(`${origin}${path}`, { headers })).text();
  expect(wire.seen).toEqual([]);
  expect(heard).toEqual([...OWN.flatMap((path) => [path, path]), '/v1/batches/b1', '/v1/responses/r1'].map((path) => [path, true]));
});

test('what names a model is a call and takes no trace along, and what is asked after it at the same place is one too', async () => {
  heard.length = 0;
  const wire = watchWire();
  const body = '{"model":"m","messages":[],"input":"hi"}';
  const paths = OWN.slice(0, 5);
  for (const path of paths) await (await wire.fetch(`${origin}${path}`, { method: 'POST', headers, body })).text();
  await byHttp(tappedHttp(wire), '/v1/messages', body);
  await (await wire.fetch(`${origin}/v1/batches`, { method: 'POST', headers, body: '{"input_file_id":"file-1"}' })).text();
  await (await wire.fetch(`${origin}/v1/batches/b1`, { headers })).text();
  await (await wire.fetch(`${origin}/v1/batches/b1/cancel`, { method: 'POST', headers })).text();
  expect(wire.seen.map(({ call }) => call.operation)).toEqual([
    'chat',
    'chat',
    'text_completion',
    'embeddings',
    'moderation',
    'chat',
    'batch',
    'batch',
    'batch',
  ]);
  expect(heard.filter(([, traced]) => traced)).toEqual([]);
});

test('a client that says what it is needs no model, nor does a host that the owner named', async () => {
  const body = '{"input":"hi"}';
  const wire = watchWire();
  const told = { ...headers, 'user-agent': 'OpenAI/JS 7.57.0' };
  await (await wire.fetch(`${origin}/v1/moderations`, { method: 'POST', headers: told, body })).text();
  await (await wire.fetch(`${origin}/v1/messages`, { method: 'POST', headers: { ...headers, 'anthropic-version': '2023-06-01' }, body })).text();
  const bundled = { ...headers, 'user-agent': 'tN/JS 7.57.0', 'x-stainless-lang': 'js' };
  await (await wire.fetch(`${origin}/v1/moderations`, { method: 'POST', headers: bundled, body })).text();
  const named = watchWire({ hostRules: [{ host: '127.0.0.1', provider: 'openai' }] });
  await (await named.fetch(`${origin}/v1/moderations`, { method: 'POST', headers, body })).text();
  expect([...wire.seen, ...named.seen].map(({ call }) => call.operation)).toEqual(['moderation', 'chat', 'moderation', 'moderation']);
});

test('an address that is none is left to Node to answer', async () => {
  const request = tappedHttp(watchWire()).request({ host: 'no host', path: '/v1/messages', method: 'POST' });
  const error = await new Promise((failed) => {
    request.on('error', failed).end('{"model":"m"}');
  });
  expect(error).toMatchObject({ syscall: 'getaddrinfo' });
});

test.each([
  ['/v1/messages', 'llm.example', true],
  ['/v1/messages/?beta=true', 'llm.example', true],
  ['/api/v1/batches/b1/cancel?x=1', 'llm.example', true],
  ['/v1/messages', 'api.anthropic.com', false],
  ['/openai/v1/responses', 'llm.example', false],
  ['/openai/deployments/d/embeddings', 'llm.example', false],
  ['/v1/chat/completions', 'llm.example', false],
  ['/v1/messages/batches/b1', 'llm.example', false],
  ['/v1/projects/p/locations/l/publishers/google/models/imagen:predict', 'llm.example', false],
])('%s on %s may be others: %s', (path, host, wanted) => {
  expect(mayBeOthers(path, host)).toBe(wanted);
});
