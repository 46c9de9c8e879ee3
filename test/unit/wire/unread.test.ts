import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { watchIdle } from '../../../src/runtime/lifetime.ts';
import { tappedHttp, watchWire, type WireWatching } from './watch-wire.ts';
import { useFakeTimers, useRealTimers } from '../../support/fake-timers.ts';

const OK = { id: 'a', model: 'gpt-5.4', choices: [{ index: 0, finish_reason: 'stop' }], usage: { prompt_tokens: 7, completion_tokens: 2 } };
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((req, res) => {
    const status = Number(req.headers['x-status'] ?? 200);
    req.resume().on('end', () => {
      res.writeHead(status, { 'content-type': 'application/json' });
      res.flushHeaders();
      setTimeout(
        () => res.end(JSON.stringify(status < 400 ? OK : { error: { message: 'slow down', code: 'rate_limited' } })),
        Number(req.headers['x-late'] ?? 0),
      );
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

let wire: WireWatching;
let nowMs: number;
let stop: () => void;
beforeEach(() => {
  useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  wire = watchWire();
  nowMs = performance.now();
  stop = watchIdle(wire.opener, 600_000, () => nowMs);
});
afterEach(() => {
  stop();
  useRealTimers();
});

const pass = (ms: number): void => {
  for (let at = 0; at < ms; at += 1000) {
    nowMs += 1000;
    vi.advanceTimersByTime(1000);
  }
};
const call = (headers: Record<string, string> = {}): Promise<Response> =>
  wire.fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] }),
  });
const drained = async (response: Response): Promise<void> => {
  for await (const piece of response.body ?? []) expect(piece).toBeInstanceOf(Uint8Array);
};
const ends = (): readonly unknown[] =>
  wire.seen.map(({ outcome }) => (outcome.kind === 'failed' ? outcome.failure.type : outcome.kind === 'abandoned' ? outcome.reason : outcome.kind));

test('an app that looks at the status of an error alone has seen the call fail', async () => {
  const startedMs = performance.now();
  const response = await call({ 'x-status': '429' });
  expect(response.ok).toBe(false);
  const answeredMs = performance.now() - startedMs;
  await new Promise((done) => setTimeout(done, 30));
  pass(4_000);
  expect(ends()).toEqual([]);
  pass(8_000);
  expect(ends()).toEqual(['429']);
  // By the real clock, which is not the one that waits here.
  expect(wire.seen[0]?.outcome.durationMs).toBeLessThan(answeredMs);
  expect(await response.json()).toEqual({ error: { message: 'slow down', code: 'rate_limited' } });
  expect(ends()).toEqual(['429']);
});

test('an error that is read in time is told with its words', async () => {
  const response = await call({ 'x-status': '429' });
  pass(4_000);
  await response.text();
  expect(wire.seen[0]?.outcome).toMatchObject({ kind: 'failed', failure: { message: 'slow down' } });
});

test('an answer that nobody can read any more ends its call, when it came', async () => {
  const startedMs = performance.now();
  await call();
  const answeredMs = performance.now() - startedMs;
  pass(30_000);
  expect(ends()).toEqual([]);
  await expect
    .poll(
      () => {
        collectGarbage();
        return ends();
      },
      { timeout: 10_000 },
    )
    .toEqual(['unread']);
  expect(wire.seen[0]?.outcome.durationMs).toBeLessThan(answeredMs);
});

test('an answer that is kept may be read at any time, and is given up only when streams are', async () => {
  const first = await call();
  const second = await call();
  pass(300_000);
  collectGarbage();
  await first.json();
  pass(310_000);
  expect(ends()).toEqual(['completed', 'unread']);
  expect(wire.seen[0]?.outcome.usage).toBeDefined();
  expect(await second.json()).toEqual(OK);
});

test.each(['text', 'json', 'arrayBuffer', 'blob', 'body', 'clone'] as const)('an answer whose body comes late is waited for by %s', async (how) => {
  const response = await call({ 'x-late': '150' });
  const reading = how === 'body' ? drained(response) : how === 'clone' ? response.clone().json() : response[how]();
  pass(120_000);
  expect(ends()).toEqual([]);
  await reading;
  await expect.poll(ends).toEqual(['completed']);
  expect(wire.seen[0]?.outcome.usage).toBeDefined();
});

test('when the process ends, an error that was not read is a failure and not a call that nobody ended', async () => {
  await call({ 'x-status': '500' });
  await call();
  for (const open of wire.opener.openCalls()) open.abandoned('process_exit');
  expect(ends()).toEqual(['500', 'unread']);
});

test('the same holds for what node:http answers', async () => {
  const http = tappedHttp(wire);
  const req = http.request(url, { method: 'POST', headers: { 'content-type': 'application/json', 'x-status': '503' } });
  const answered = new Promise<void>((done) => void req.on('response', () => done()));
  req.end(JSON.stringify({ model: 'gpt-5.4', messages: [] }));
  await answered;
  pass(12_000);
  expect(ends()).toEqual(['503']);
  req.destroy();
});

const PIECE = new TextEncoder().encode('data: {"id":"a","model":"gpt-5.4","choices":[{"index":0,"delta":{"content":"hel"}}]}\n\n');

test('a call that is not answered yet is none that is idle, though its provider takes a quarter of an hour; one that nobody answers in an hour is', async () => {
  const answers: ((response: Response) => void)[] = [];
  stop();
  wire = watchWire({ original: () => new Promise<Response>((answer) => void answers.push(answer)) });
  stop = watchIdle(wire.opener, 600_000, () => nowMs);
  const answer = call();
  pass(900_000);
  expect(ends()).toEqual([]);
  answers[0]?.(Response.json(OK));
  expect(await (await answer).json()).toEqual(OK);
  await new Promise((done) => setTimeout(done, 30));
  expect(ends()).toEqual(['completed']);
  void call();
  pass(3_700_000);
  expect(ends()).toEqual(['completed', 'idle']);
});

/** A stream of which one piece has come. */
const begun = () => {
  const { signal, abort } = ((controller) => ({ signal: controller.signal, abort: () => controller.abort() }))(new AbortController());
  let body: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({ start: (controller) => ((body = controller), controller.enqueue(PIECE)) });
  const original = () => Promise.resolve(new Response(stream, { headers: { 'content-type': 'text/event-stream' } }));
  stop();
  wire = watchWire({ original });
  stop = watchIdle(wire.opener, 600_000, () => nowMs);
  return {
    answer: wire.fetch(url, { method: 'POST', signal, body: JSON.stringify({ model: 'gpt-5.4', stream: true, messages: [] }) }),
    abort,
    broken: (error: Error) => body?.error(error),
  };
};

test('a stream that the app calls off without reading on is cancelled once somebody looks, and no idle call', async () => {
  const { answer, abort } = begun();
  const pieces = (await answer).body?.[Symbol.asyncIterator]();
  await pieces?.next();
  pass(20_000);
  expect(ends()).toEqual([]);
  abort();
  pass(12_000);
  expect(ends()).toEqual(['cancelled']);
  // When its last piece came.
  expect(wire.seen[0]?.outcome.durationMs).toBeLessThan(5000);
});

test('a reader that waits for its end alone hears that the stream broke off, and so does the call', async () => {
  const { answer, broken } = begun();
  const reader = (await answer).body?.getReader();
  await reader?.read();
  broken(new DOMException('This operation was aborted', 'AbortError'));
  await expect(reader?.closed).rejects.toThrow('aborted');
  expect(ends()).toEqual(['cancelled']);
});

test('a reader that is let go of has not broken off', async () => {
  const { answer } = begun();
  const { body } = await answer;
  const reader = body?.getReader();
  await reader?.read();
  reader?.releaseLock();
  const next = body?.getReader();
  await new Promise((done) => setTimeout(done, 10));
  expect(next).toBeDefined();
  expect(ends()).toEqual([]);
});
