import { expect, test } from 'vitest';
import { cutStream, parseChunking } from '../../support/replay/chunking.ts';
import { endpointOf } from '../../support/replay/endpoint.ts';
import type { RecordedEntry } from '../../support/replay/entry.ts';
import { Shelf } from '../../support/replay/shelf.ts';
import { startReplay } from '../../support/replay/start.ts';

const TEXT = 'event: a\ndata: {"x":"ü"}\n\ndata: 2\r\n\r\ndata: [DONE]\n\n';

const entry = (id: string, path: string, body: unknown, text?: string): RecordedEntry => ({
  id,
  provider: 'openai',
  vendor: 'openai',
  api: 'chat.completions',
  model: 'm',
  stream: text !== undefined,
  request: { method: 'POST', path, body },
  response: text === undefined ? { status: 200, body: { id } } : { status: 200, headers: { 'Content-Length': '3', 'X-Request-Id': 'r' }, sse_text: text },
  expected: {},
});

test('a stream is cut whole, by event or in pieces of bytes, and its bytes stay the same', () => {
  for (const chunking of ['whole', 'event', 'bytes:1', 'bytes:61'] as const) {
    expect(Buffer.concat([...cutStream(TEXT, chunking)]).toString()).toBe(TEXT);
  }
  expect(cutStream(TEXT, 'event').map(String)).toEqual(['event: a\ndata: {"x":"ü"}\n\n', 'data: 2\r\n\r\n', 'data: [DONE]\n\n']);
  expect(cutStream(TEXT, 'bytes:7')[0]).toHaveLength(7);
  expect(parseChunking('bytes:0')).toBe('event');
});

const name = (path: string): string => endpointOf(path, { model: 'm' }).name;

test('an endpoint is the same under every prefix that a host puts before it', () => {
  expect(new Set(['/v1/chat/completions', '/openai/v1/chat/completions', '/openai/deployments/x/chat/completions?api-version=1'].map(name)).size).toBe(1);
  expect(endpointOf('/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse', {})).toEqual({
    name: ':streamGenerateContent',
    model: 'gemini-2.5-flash',
    stream: true,
  });
  expect(endpointOf('/v1/responses/resp_1?stream=true', undefined)).toMatchObject({ name: 'responses/resp_1', stream: true });
});

test('a request finds the entry with its own body first, then the next one of its kind', () => {
  const shelf = new Shelf([entry('a', '/v1/chat/completions', { model: 'm', n: 1 }), entry('b', '/v1/chat/completions', { model: 'm', n: 2, user: null })]);
  expect(shelf.find('POST', '/v1/chat/completions', { n: 2, model: 'm' })).toMatchObject({ entry: { id: 'b' }, match: 'body' });
  expect(shelf.find('POST', '/v1/chat/completions', { model: 'm', n: 9 })).toMatchObject({ entry: { id: 'a' }, match: 'endpoint' });
  expect(shelf.find('POST', '/v1/chat/completions', { model: 'm', n: 9 })).toMatchObject({ entry: { id: 'b' } });
  expect(shelf.find('POST', '/v1/embeddings', { model: 'm' })).toBeUndefined();
});

test('a forced id goes before everything, by header or by path, and headers of the recorded bytes are left out', async () => {
  const replay = await startReplay({ entries: [entry('a', '/v1/x', {}), entry('b', '/v1/chat/completions', { stream: true }, TEXT)], chunk: 'bytes:5' });
  const byHeader = await fetch(`${replay.url}/v1/anything`, { method: 'POST', body: '{}', headers: { 'x-replay-id': 'b' } });
  expect(await byHeader.text()).toBe(TEXT);
  expect(byHeader.headers.get('x-request-id')).toBe('r');
  const byPath = await fetch(`${replay.url}/groq/replay-id/a/v1/anything`, { method: 'POST', body: '{}' });
  expect(await byPath.json()).toEqual({ id: 'a' });
  expect((await fetch(`${replay.url}/v1/nothing`)).status).toBe(404);
  expect(replay.served.map((s) => [s.id, s.match])).toEqual([
    ['b', 'id'],
    ['a', 'id'],
  ]);
  expect(replay.missed).toEqual(['GET /v1/nothing']);
  await replay.close();
});
