import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { totalInput } from '../../../src/call/usage.ts';
import { watchWire, type WireWatching } from './watch-wire.ts';

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"id":"c","choices":[]}\n\ndata: [DONE]\n\n'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
});
afterAll(() => server.close());

const locked = new WritableStream();
locked.getWriter();

test.each([
  ['pipeTo nothing', (body: ReadableStream) => body.pipeTo(undefined as unknown as WritableStream)],
  ['pipeTo what is locked', (body: ReadableStream) => body.pipeTo(locked)],
  ['pipeThrough no pair', (body: ReadableStream) => body.pipeThrough({} as unknown as TransformStream)],
  ['pipeThrough what is locked', (body: ReadableStream) => body.pipeThrough({ readable: new ReadableStream(), writable: locked })],
])('%s fails as it would without us, and the body can still be read', async (_, pipe) => {
  const wire = watchWire();
  const response = await wire.fetch(url, { method: 'POST', body: '{"model":"gpt-5.4","stream":true,"messages":[]}' });
  const body = response.body as ReadableStream;
  await expect((async () => void (await pipe(body)))()).rejects.toThrow(TypeError);
  expect(body.locked).toBe(false);
  expect(await response.text()).toContain('[DONE]');
  expect(wire.seen.map(({ outcome }) => outcome.kind)).toEqual(['completed']);
});

const JSON_ANSWER = '{"id":"c","model":"gpt-5.4","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1}}';
const wholeOf = async (wire: WireWatching): Promise<Response> =>
  wire.fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', body: '{"model":"gpt-5.4"}' });
const watchWhole = (): WireWatching => watchWire({ original: () => fetch(`data:application/json,${encodeURIComponent(JSON_ANSWER)}`) });
const read = async (body: ReadableStream<Uint8Array> | null): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  for (const reader = body?.getReader(); ;) {
    const result = await reader?.read();
    if (result?.value === undefined) return text;
    text += decoder.decode(result.value, { stream: true });
  }
};
const told = (wire: WireWatching): unknown[] => wire.seen.map(({ outcome }) => [outcome.kind, outcome.usage && totalInput(outcome.usage.buckets)]);

test('both parts of a body are streams of bytes of their own, as the platform makes them', async () => {
  const wire = watchWhole();
  const [one, other] = ((await wholeOf(wire)).body as ReadableStream<Uint8Array>).tee();
  const reader = one.getReader({ mode: 'byob' });
  const { value } = await reader.read(new Uint8Array(1000));
  expect(Buffer.from(value ?? []).toString()).toBe(JSON_ANSWER);
  value?.fill(0);
  expect((await reader.read(new Uint8Array(1000))).done).toBe(true);
  expect(await read(other)).toBe(JSON_ANSWER);
  expect(told(wire)).toEqual([['completed', 3]]);
});

test('a response that is cloned when its body was looked at gives its tokens, whichever of the two is read', async () => {
  for (const reads of [(r: Response, c: Response) => [read(r.body), read(c.body)], (_: Response, c: Response) => [read(c.body)]]) {
    const wire = watchWhole();
    const response = await wholeOf(wire);
    expect(response.body).not.toBeNull();
    expect(new Set(await Promise.all(reads(response, response.clone())))).toEqual(new Set([JSON_ANSWER]));
    expect(told(wire)).toEqual([['completed', 3]]);
  }
});

test('an iterator that leaves the body as it is ends nothing: who reads on gets to its end', async () => {
  const wire = watchWhole();
  const body = (await wholeOf(wire)).body as ReadableStream<Uint8Array>;
  for await (const _ of body.values({ preventCancel: true })) break;
  expect(wire.seen).toEqual([]);
  await read(body);
  expect(told(wire)).toEqual([['completed', 3]]);
});

test('a body that piping leaves as it is can be read on, and one that is locked is answered by a promise', async () => {
  const pieces = [0, 30, 60].map((at) => Buffer.from(JSON_ANSWER).subarray(at, at === 60 ? undefined : at + 30));
  const source = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(pieces.shift() as Buffer) }, { highWaterMark: 0 });
  const wire = watchWire({ original: async () => new Response(source, { headers: { 'content-type': 'application/json' } }) });
  const body = (await wholeOf(wire)).body as ReadableStream<Uint8Array>;
  const full = new WritableStream({ write: () => Promise.reject(new Error('full')) });
  await expect(body.pipeTo(full, { preventCancel: true })).rejects.toThrow('full');
  expect([body.locked, wire.seen]).toEqual([false, []]);
  const reader = body.getReader();
  await expect(body.pipeTo(new WritableStream())).rejects.toThrow(TypeError);
  expect(Buffer.from((await reader.read()).value ?? []).toString()).not.toBe('');
});

test('a read that its reader gives up has not failed: who reads on gets to the end', async () => {
  const bytes = Buffer.from(JSON_ANSWER);
  let more: (() => void) | undefined;
  const source = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes.subarray(0, 10)),
    pull: (controller) => new Promise((done) => (more = () => (controller.enqueue(bytes.subarray(10)), controller.close(), done()))),
  });
  const wire = watchWire({ original: async () => new Response(source, { headers: { 'content-type': 'application/json' } }) });
  const body = (await wholeOf(wire)).body as ReadableStream<Uint8Array>;
  const reader = body.getReader();
  await reader.read();
  const pending = reader.read();
  reader.releaseLock();
  await expect(pending).rejects.toThrow(TypeError);
  const rest = read(body);
  more?.();
  expect(await rest).toBe(JSON_ANSWER.slice(10));
  expect(told(wire)).toEqual([['completed', 3]]);
});

const FIRST = 'data: {"id":"c","choices":[{"index":0,"delta":{"content":"é"}}]}\n\n';
const USAGE = 'data: {"id":"c","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1}}\n\n';
const LAST = 'data: [DONE]\n\n';
/** A stream whose usage is asked for on the app's behalf, and breaks off in the middle of an event. */
const filtered = async (text: string): Promise<{ readonly wire: WireWatching; readonly response: Response; readonly body: ReadableStream<Uint8Array> }> => {
  const original = () => fetch(`data:text/event-stream,${encodeURIComponent(text)}`);
  const wire = watchWire({ askUsageHosts: ['api.openai.com'], original });
  const asked = '{"model":"gpt-5.4","stream":true,"messages":[]}';
  const response = await wire.fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', body: asked });
  return { wire, response, body: response.body as ReadableStream<Uint8Array> };
};

test('a buffer of the app is filled with what it would have been sent, without the usage that was asked for on its behalf', async () => {
  const { wire, response, body } = await filtered(FIRST + USAGE + LAST);
  const reader = body.getReader({ mode: 'byob' });
  const pieces: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(20));
    if (done) break;
    pieces.push(value);
  }
  expect(Buffer.concat(pieces).toString()).toBe(FIRST + LAST);
  expect(response.bodyUsed).toBe(true);
  await reader.closed;
  expect(told(wire)).toEqual([['completed', 3]]);
});

test('nothing is read of a stream that the app let go of, whatever was held back', async () => {
  const reader = (await filtered(`${FIRST}data: {"id`)).body.getReader();
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(FIRST);
  await reader.cancel();
  expect(await reader.read()).toEqual({ done: true, value: undefined });
  const values = (await filtered(`${FIRST}data: {"id`)).body.values();
  await values.next();
  await values.return?.();
  expect(await values.next()).toEqual({ done: true, value: undefined });
});

test('an event stream is no form', async () => {
  const bare = await fetch('data:text/event-stream,x')
    .then((response) => response.formData())
    .catch(String);
  const { response } = await filtered(FIRST + USAGE + LAST);
  expect(await response.formData().catch(String)).toEqual(bare);
});
