import http from 'node:http';
import { createServer, type ClientRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Admission, Refusal } from '../../../src/call/policy.ts';
import { totalInput } from '../../../src/call/usage.ts';
import { startLocalProvider, type LocalProvider } from '../../support/local-provider/start.ts';
import { tappedHttp, watchWire, type WireWatching } from './watch-wire.ts';

let provider: LocalProvider;
let wire: WireWatching;
let tapped: typeof http;
beforeAll(async () => {
  provider = await startLocalProvider();
});
afterAll(() => provider.close());

const tap = (options: Parameters<typeof watchWire>[0] = {}): void => {
  wire = watchWire(options);
  tapped = tappedHttp(wire);
};
beforeEach(() => tap());

const NO: Admission = { kind: 'refused', refusal: { code: 'rate_limited', policy: 'p', rule: 'r', message: 'No.', details: {} } };
const body = (more: object = {}): string => JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }], ...more });
const answer = (req: ClientRequest): Promise<IncomingMessage> => new Promise((resolve, reject) => void req.on('response', resolve).on('error', reject));
const text = async (res: IncomingMessage): Promise<string> => {
  let all = '';
  for await (const piece of res.setEncoding('utf8')) all += String(piece);
  return all;
};
const post = (base = provider.url, headers: http.OutgoingHttpHeaders = {}): ClientRequest =>
  tapped.request(`${base}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } });

test('a request that is written in pieces is one call with its model and tokens', async () => {
  const req = post();
  req.write(body().slice(0, 10));
  req.end(body().slice(10));
  const { usage } = JSON.parse(await text(await answer(req))) as { usage: { prompt_tokens: number } };
  expect(wire.seen).toHaveLength(1);
  expect(wire.seen[0]?.call.request.model).toBe('gpt-5.4');
  expect(wire.seen[0]?.outcome).toMatchObject({ kind: 'completed', attempts: [{ status: 200 }] });
  expect(wire.seen[0]?.outcome.usage && totalInput(wire.seen[0].outcome.usage.buckets)).toBe(usage.prompt_tokens);
});

test('bytes that the app fills anew once they are written are read as they were', async () => {
  const req = post();
  const bytes = Buffer.alloc(16);
  for (let at = 0; at < body().length; at += 16) {
    const length = bytes.write(body().slice(at, at + 16));
    await new Promise<void>((done) => req.write(bytes.subarray(0, length), () => done()));
    bytes.fill(0);
  }
  req.end();
  expect(JSON.parse(await text(await answer(req)))).toMatchObject({ object: 'chat.completion' });
  expect(wire.seen[0]?.call.request.model).toBe('gpt-5.4');
});

test('a stream gives its tokens and its time to the first chunk', async () => {
  const req = post();
  req.end(body({ stream: true, stream_options: { include_usage: true } }));
  expect(await text(await answer(req))).toContain('[DONE]');
  expect(wire.seen[0]?.outcome.usage).toBeDefined();
  expect(wire.seen[0]?.outcome.firstChunkMs).toBeGreaterThan(0);
});

/** What the app gets of an answer that says it is in `encoding`, from a server of its own. */
const exchanged = async (encoding: string, sent: Buffer): Promise<{ readonly got: Buffer; readonly close: () => void }> => {
  const server = createServer((_req, res) => void res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(sent));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const req = post(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  req.end(body());
  const pieces: Buffer[] = [];
  for await (const piece of await answer(req)) pieces.push(piece as Buffer);
  return { got: Buffer.concat(pieces), close: () => server.close() };
};

test.each([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['gzip, br', (bytes: string) => brotliCompressSync(gzipSync(bytes))],
  ['identity, Deflate ,gzip', (bytes: string) => gzipSync(deflateSync(bytes))],
] as const)('an answer in %s is read beside the app, which gets the bytes that were sent', async (encoding, compress) => {
  const sent = compress(
    JSON.stringify({ id: 'a', model: 'gpt-5.4', choices: [{ index: 0, finish_reason: 'stop' }], usage: { prompt_tokens: 7, completion_tokens: 2 } }),
  );
  const { got, close } = await exchanged(encoding, sent);
  expect(got.equals(sent)).toBe(true);
  await expect.poll(() => wire.seen[0]?.outcome.usage && totalInput(wire.seen[0].outcome.usage.buckets)).toBe(7);
  close();
});

test.each([
  ['gzip, br', gzipSync('{}')],
  ['x-own, gzip', gzipSync('{}')],
  ['br, gzip', gzipSync('no br')],
  [Array.from({ length: 20 }, () => 'gzip').join(), gzipSync('{}')],
])('an answer that is not what %s says ends all the same, and the app gets what was sent', async (encoding, sent) => {
  const { got, close } = await exchanged(encoding, sent);
  expect(got.equals(sent)).toBe(true);
  await expect.poll(() => wire.seen.map(({ outcome }) => outcome.kind)).toEqual(['completed']);
  expect(wire.faults).toEqual([]);
  close();
});

test('a refusal is an answer, and nothing is sent', async () => {
  const refusal: Refusal = { code: 'budget_exhausted', policy: 'budget', rule: 'team', message: 'Used up.', details: {} };
  for (const admit of [() => ({ kind: 'refused', refusal }) as const, () => Promise.resolve({ kind: 'refused', refusal } as const)]) {
    tap({ policies: [{ name: 'no', admit }] });
    provider.reset();
    const req = post();
    req.end(body());
    const res = await answer(req);
    expect(res.statusCode).toBe(402);
    expect(res.headers['x-should-retry']).toBe('false');
    expect(JSON.parse(await text(res))).toMatchObject({ error: { code: 'budget_exhausted' } });
    await new Promise((done) => setTimeout(done, 20));
    expect(provider.bill().requests).toBe(0);
    expect(wire.seen.map(({ outcome }) => outcome.kind)).toEqual(['blocked']);
  }
});

test('a request that was called off before it was written out is asked of policies as one that nobody waits for', async () => {
  const gone: unknown[] = [];
  tap({ policies: [{ name: 'watching', admit: (_, caller) => (gone.push(caller?.gone), { kind: 'indifferent' }) }] });
  const req = tapped.request(`${provider.url}/v1/chat/completions`, { method: 'POST', signal: AbortSignal.abort() });
  const failed = answer(req);
  req.end(body());
  await expect(failed).rejects.toThrow('aborted');
  expect(gone).toEqual([true]);
  expect(wire.seen.map(({ outcome }) => outcome.kind)).toEqual(['cancelled']);
});

test('what the app lets go is cancelled, what breaks off has failed, an error status has failed', async () => {
  const stream = body({ stream: true });
  const req = post(provider.url, { 'x-local-chunks': '50', 'x-local-interval': '2' });
  req.end(stream);
  (await answer(req)).destroy();
  const aborted = post(provider.url, { 'x-local-latency': '200' });
  aborted.on('error', () => undefined).end(body());
  setTimeout(() => aborted.destroy(), 20);
  await new Promise((done) => aborted.on('close', done));
  const cut = post(provider.url, { 'x-local-cut': '2', 'x-local-interval': '1' });
  cut.end(stream);
  await expect(answer(cut).then(text)).rejects.toThrow('aborted');
  const failed = post(provider.url, { 'x-local-status': '429' });
  failed.end(body());
  await text(await answer(failed));
  const unreachable = post('http://127.0.0.1:1');
  unreachable.end(body());
  await expect(answer(unreachable)).rejects.toThrow('ECONNREFUSED');
  expect(wire.seen.map(({ outcome }) => (outcome.kind === 'failed' ? outcome.failure.type : outcome.kind))).toEqual([
    'cancelled',
    'cancelled',
    'ECONNRESET',
    '429',
    'ECONNREFUSED',
  ]);
});

test('headers that carry a trace are taken out, others and requests to other services stay as they are', async () => {
  const seen: http.IncomingHttpHeaders[] = [];
  const server = createServer((req, res) => {
    seen.push(req.headers);
    req.resume().on('end', () => res.end('{}'));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const traced = { traceparent: '00-1', tracestate: 'a=b', Baggage: 'c=d', 'x-own': '1' };
  const send = async (path: string, headers: http.OutgoingHttpHeaders | readonly string[]): Promise<void> => {
    const req = tapped.request(base + path, { method: 'POST', headers });
    req.end(body());
    await text(await answer(req));
  };
  await send('/v1/chat/completions', traced);
  await send('/v1/chat/completions', ['Host', 'x', ...Object.entries(traced).flat()]);
  await send('/other', traced);
  expect(seen.map(({ traceparent, tracestate, baggage, 'x-own': own }) => [traceparent, tracestate, baggage, own])).toEqual([
    [undefined, undefined, undefined, '1'],
    [undefined, undefined, undefined, '1'],
    ['00-1', 'a=b', 'c=d', '1'],
  ]);
  server.close();
});

test('another model that a budget chose is what is sent, where the body comes at once; what was written before stays as it is', async () => {
  tap({
    policies: [
      {
        name: 'cheaper',
        admit: () => ({ kind: 'admitted', grant: { rewrite: { model: 'gpt-5.4-mini', maxTokens: 9 }, settle: () => undefined } }),
      },
    ],
  });
  // What an earlier test let go of is billed later.
  const own = await startLocalProvider();
  const whole = post(own.url, { 'content-length': Buffer.byteLength(body()) });
  whole.end(body());
  await text(await answer(whole));
  // As axios does: one write that is the whole, and the end.
  const written = post(own.url, { 'content-length': Buffer.byteLength(body()) });
  let told = 0;
  written.write(body(), () => told++);
  written.end(() => told++);
  await text(await answer(written));
  const pieces = post(own.url);
  pieces.write(body().slice(0, 10));
  pieces.end(body().slice(10));
  await text(await answer(pieces));
  expect(own.bill().calls.map(({ requestModel, status }) => [requestModel, status])).toEqual([
    ['gpt-5.4-mini', 200],
    ['gpt-5.4-mini', 200],
    ['gpt-5.4', 200],
  ]);
  expect(told).toBe(2);
  expect(wire.faults).toEqual([]);
  await own.close();
});

test('a body that is written whole is sent also where the request is ended later, or never', async () => {
  // What an earlier test let go of is billed later.
  const own = await startLocalProvider();
  const headers = { 'content-length': Buffer.byteLength(body()) };
  const late = post(own.url, headers);
  let told = false;
  expect(late.write(body(), () => (told = true))).toBe(true);
  const answered = answer(late);
  await new Promise((done) => setTimeout(done, 50));
  expect(told).toBe(true);
  late.end();
  await text(await answered);
  const never = post(own.url, headers);
  never.write(body());
  await text(await answer(never));
  never.destroy();
  expect(own.bill().calls.map(({ status }) => status)).toEqual([200, 200]);
  expect(wire.faults).toEqual([]);
  await own.close();
});

/** Whether a request of that `x-local-id` came to the provider. */
const arrived = async (id: string): Promise<unknown> => (await fetch(`${provider.url}/__arrived?id=${id}`)).json();

test('a request that waits for a policy is not sent by a second end, and none that is refused then', async () => {
  for (const [verdict, kind] of [
    [NO, 'blocked'],
    [{ kind: 'indifferent' }, 'completed'],
  ] as const) {
    tap({ policies: [{ name: 'slow', admit: async () => (await new Promise((done) => setTimeout(done, 30)), verdict) }] });
    const req = post(provider.url, { 'x-local-id': kind });
    req.end(body());
    let ended = 0;
    req.end(() => ended++);
    await text(await answer(req));
    expect(wire.seen.map(({ outcome }) => outcome.kind)).toEqual([kind]);
    expect([await arrived(kind), ended]).toEqual(kind === 'completed' ? [true, 1] : [false, 0]);
  }
});

test.each([
  ['soon', () => NO],
  ['later', async () => (await new Promise((done) => setTimeout(done, 20)), NO)],
])('a whole body that is written before the request is ended is not sent where it is refused, %s', async (how, admit) => {
  tap({ policies: [{ name: 'no', admit }] });
  const req = post(provider.url, { 'content-length': Buffer.byteLength(body()), 'x-local-id': `refused-${how}` });
  // As follow-redirects does, and so axios.
  req.write(body(), () => req.end());
  expect((await answer(req)).statusCode).toBe(429);
  await new Promise((done) => setTimeout(done, 30));
  expect(await arrived(`refused-${how}`)).toBe(false);
  expect(wire.seen.map(({ outcome }) => outcome.kind)).toEqual(['blocked']);
});

test('a body that comes in pieces is not whole at its provider before the request is admitted, however late it is ended', async () => {
  const bodies: string[] = [];
  const server = createServer((req, res) => {
    let all = '';
    req.on('data', (piece) => (all += String(piece))).on('end', () => (bodies.push(all), res.setHeader('content-type', 'application/json').end('{}')));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [verdict, status] of [
    [NO, 429],
    [{ kind: 'indifferent' }, 200],
  ] as const) {
    tap({ policies: [{ name: 'slow', admit: async () => (await new Promise((done) => setTimeout(done, 20)), verdict) }] });
    const req = post(base, { 'content-length': Buffer.byteLength(body()) });
    req.write(body().slice(0, 10), () => req.write(body().slice(10), () => req.end()));
    const res = await answer(req);
    expect(res.statusCode).toBe(status);
    await text(res);
    expect(wire.seen.map(({ call, outcome }) => [call.request.model, outcome.kind])).toEqual([['gpt-5.4', status === 200 ? 'completed' : 'blocked']]);
  }
  expect(bodies).toEqual([body()]);
  server.close();
});

test('a request that is ended when its whole body was written, or its answer came, is a call like any other, and may be changed', async () => {
  const rewrite = { model: 'gpt-5.4-mini' };
  tap({ policies: [{ name: 'cheaper', admit: async () => ({ kind: 'admitted', grant: { rewrite, settle: () => undefined } }) }] });
  const length = { 'content-length': Buffer.byteLength(body()) };
  const written = post(provider.url, length);
  written.write(body(), () => written.end());
  expect(JSON.parse(await text(await answer(written)))).toMatchObject({ model: 'gpt-5.4-mini' });
  const late = post(provider.url, length);
  late.write(body());
  const res = await answer(late);
  late.end();
  expect(JSON.parse(await text(res))).toMatchObject({ object: 'chat.completion' });
  expect(wire.seen.map(({ outcome }) => [outcome.kind, outcome.attempts.length])).toEqual([
    ['completed', 1],
    ['completed', 1],
  ]);
});

/** What a request that was let go says once it is ended, and one that was ended when it is written to. */
const ended = async (request: typeof http.request): Promise<readonly unknown[]> => {
  const told: unknown[] = [];
  const gone = request(`${provider.url}/v1/chat/completions`, { method: 'POST' });
  gone.on('error', ({ message }) => told.push(message)).destroy(new Error('gone'));
  await new Promise((done) => gone.on('close', done));
  told.push(gone.end(body()).writableEnded);
  const late = request(`${provider.url}/v1/chat/completions`, { method: 'POST', headers: { 'content-length': body().length + 1 } });
  const failed = new Promise((done) => late.on('error', ({ message }) => done(message)));
  late.write(body());
  late.end();
  late.write('x');
  told.push(await failed);
  late.destroy();
  return told;
};

test('a request that was let go is ended all the same, and one that was ended takes no more, as without us', async () => {
  const bare = await ended(http.request);
  expect(bare).toEqual(['gone', true, 'write after end']);
  expect(await ended(tapped.request)).toEqual(bare);
});
