import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { Agent, fetch as undiciFetch, request, stream } from 'undici';
import type { Policy, Refusal } from '../../../src/call/policy.ts';
import { totalInput } from '../../../src/call/usage.ts';
import { tapUndici } from '../../../src/wire/undici/hook.ts';
import { startLocalProvider, type LocalProvider } from '../../support/local-provider/start.ts';
import { watchWire, type WireWatching } from './watch-wire.ts';

let provider: LocalProvider;
let wire: WireWatching;
beforeAll(async () => {
  provider = await startLocalProvider();
  // A subscription to a channel of the process cannot be taken back, so there is one, and it tells who watches now.
  tapUndici(() => wire.wire());
});
afterAll(() => provider.close());
beforeEach(() => {
  wire = watchWire();
});

const chat = (more: object = {}, headers: Record<string, string> = {}) => ({
  method: 'POST' as const,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }], ...more }),
});
const url = (): string => `${provider.url}/v1/chat/completions`;
const kinds = (): readonly string[] => wire.seen.map(({ outcome }) => (outcome.kind === 'failed' ? outcome.failure.type : outcome.kind));

test('a request and a fetch of a copy that no hook saw are one call each, with the facts of the request', async () => {
  const answer = (await (await request(url(), chat())).body.json()) as { usage: { prompt_tokens: number } };
  await (await undiciFetch(url(), chat())).json();
  const agent = new Agent();
  await (await request(url(), { ...chat({ stream: true, stream_options: { include_usage: true } }), dispatcher: agent })).body.text();
  await agent.close();
  expect(wire.seen.map(({ call }) => call.request.model)).toEqual(['gpt-5.4', 'gpt-5.4', 'gpt-5.4']);
  expect(wire.seen.map(({ outcome }) => outcome.kind === 'completed' && outcome.usage !== undefined)).toEqual([true, true, true]);
  expect(wire.seen[0]?.outcome.usage && totalInput(wire.seen[0].outcome.usage.buckets)).toBe(answer.usage.prompt_tokens);
  expect(wire.faults).toEqual([]);
});

test('a request that is refused is answered, and the connection goes on', async () => {
  const refusal: Refusal = { code: 'budget_exhausted', policy: 'budget', rule: 'team', message: 'Used up.', details: {} };
  const agent = new Agent({ connections: 1 });
  wire = watchWire({ policies: [{ name: 'no', admit: (call) => (call.request.model === 'no' ? { kind: 'refused', refusal } : { kind: 'indifferent' }) }] });
  provider.reset();
  const refused = await request(url(), { ...chat({ model: 'no' }), dispatcher: agent });
  expect(refused.statusCode).toBe(402);
  expect(await refused.body.json()).toMatchObject({ error: { code: 'budget_exhausted' } });
  const next = await request(url(), { ...chat(), dispatcher: agent });
  expect(next.statusCode).toBe(200);
  await next.body.dump();
  await expect(undiciFetch(url(), chat({ model: 'no' }))).rejects.toThrow('fetch failed');
  await agent.close();
  expect(provider.bill().calls.map(({ requestModel }) => requestModel)).toEqual(['gpt-5.4']);
  expect(kinds()).toEqual(['blocked', 'completed', 'blocked']);
  expect(wire.faults).toEqual([]);
});

test('error answers, connections that break and aborts end their calls', async () => {
  await (await request(url(), chat({}, { 'x-local-status': '503' }))).body.dump();
  const cut = await request(url(), chat({ stream: true }, { 'x-local-cut': '2' }));
  await expect(cut.body.text()).rejects.toThrow();
  await expect(request('http://127.0.0.1:1/v1/chat/completions', chat())).rejects.toThrow('ECONNREFUSED');
  const controller = new AbortController();
  const slow = request(url(), { ...chat({}, { 'x-local-latency': '300' }), signal: controller.signal });
  setTimeout(() => controller.abort(), 30);
  await expect(slow).rejects.toThrow();
  expect(kinds()).toEqual(['503', 'UND_ERR_SOCKET', 'ECONNREFUSED', 'cancelled']);
});

test('an answer that breaks off in the middle of a chunk has failed', async () => {
  const half = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n40\r\ndata: '),
    );
  }).listen(0, '127.0.0.1');
  await once(half, 'listening');
  const { body } = await request(`http://127.0.0.1:${(half.address() as AddressInfo).port}/v1/chat/completions`, chat({ stream: true }));
  await expect(body.text()).rejects.toMatchObject({ name: 'HTTPParserError' });
  half.close();
  expect(kinds()).toEqual(['HTTPParserError']);
});

test('an abort is one whatever the app aborts with, but for a time that ran out', async () => {
  const aborted = async (reason: unknown, headers: Record<string, string>, read: boolean): Promise<void> => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 60);
    const asked = request(url(), { ...chat({ stream: true }, headers), signal: controller.signal });
    await expect(read ? asked.then(({ body }) => body.text()) : asked).rejects.toBe(reason);
  };
  for (const reason of [new Error('the user left'), 'gone', { code: 'user_left' }]) {
    await aborted(reason, { 'x-local-latency': '300' }, false);
    await aborted(reason, { 'x-local-stall': '2' }, true);
  }
  await aborted(new DOMException('too slow', 'TimeoutError'), { 'x-local-latency': '300' }, false);
  expect(kinds()).toEqual([...Array.from({ length: 6 }, () => 'cancelled'), 'TimeoutError']);
});

test('a stream that the app gave for the answer, and destroys, is let go of', async () => {
  const through = new PassThrough();
  through.once('data', () => through.destroy());
  await expect(stream(url(), chat({ stream: true }, { 'x-local-stall': '4' }), () => through)).rejects.toThrow();
  expect(kinds()).toEqual(['cancelled']);
});

test('what cannot be held up neither waits nor is forgotten: each policy is asked of it, and told how it ended', async () => {
  const told: unknown[] = [];
  const later = (name: string): Policy => ({
    name,
    admit: async (_, caller) => {
      await new Promise<void>((resolve) => void (caller?.onItsWay === true ? resolve() : caller?.onGone(resolve)));
      await new Promise((done) => setTimeout(done, 50));
      return { kind: 'admitted', grant: { settle: ({ kind, usage }) => void told.push([name, caller?.onItsWay, kind, usage !== undefined]) } };
    },
  });
  wire = watchWire({ policies: [later('limits'), later('budget')] });
  await (await request(url(), chat())).body.dump();
  expect(kinds()).toEqual(['completed']);
  await vi.waitFor(() => expect(told).toHaveLength(2));
  expect(told).toEqual([
    ['limits', true, 'completed', true],
    ['budget', true, 'completed', true],
  ]);
});

test('another model that a budget chose is what is sent', async () => {
  wire = watchWire({
    policies: [{ name: 'cheaper', admit: () => ({ kind: 'admitted', grant: { rewrite: { model: 'gpt-5.4-mini' }, settle: () => undefined } }) }],
  });
  provider.reset();
  const sent = await request(url(), chat());
  expect(sent.statusCode).toBe(200);
  await sent.body.dump();
  const measured = await request(url(), chat({}, { 'content-length': String(Buffer.byteLength(chat().body)) }));
  expect(measured.statusCode).toBe(200);
  await measured.body.dump();
  expect(provider.bill().calls.map(({ requestModel }) => requestModel)).toEqual(['gpt-5.4-mini', 'gpt-5.4-mini']);
  expect(wire.faults).toEqual([]);
});

test('a body of known length that the app makes piece by piece is read, as texts and in bytes that it fills anew', async () => {
  const { body, ...rest } = chat();
  const headers = { ...rest.headers, 'content-length': String(Buffer.byteLength(body)) };
  const texts = async function* texts(): AsyncGenerator<string> {
    yield body.slice(0, 10);
    yield body.slice(10);
  };
  const bytes = async function* bytes(): AsyncGenerator<Buffer> {
    const buffer = Buffer.alloc(16);
    for (let at = 0; at < body.length; at += 16) {
      yield buffer.subarray(0, buffer.write(body.slice(at, at + 16)));
      await new Promise((done) => setTimeout(done, 2));
    }
  };
  for (const make of [texts, bytes]) await (await request(url(), { ...rest, headers, body: make() as never })).body.text();
  expect(wire.seen.map(({ call }) => call.request.model)).toEqual(['gpt-5.4', 'gpt-5.4']);
  expect(kinds()).toEqual(['completed', 'completed']);
});
