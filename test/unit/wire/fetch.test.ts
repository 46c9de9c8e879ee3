import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Refusal } from '../../../src/call/policy.ts';
import { totalInput, totalOutput } from '../../../src/call/usage.ts';
import type { Fetch } from '../../../src/wire/wire-calls.ts';
import { startLocalProvider, type LocalProvider } from '../../support/local-provider/start.ts';
import { watchWire, type WireWatching } from './watch-wire.ts';

let provider: LocalProvider;
let wire: WireWatching;
let tapped: Fetch;
beforeAll(async () => {
  provider = await startLocalProvider();
});
afterAll(() => provider.close());
beforeEach(() => {
  wire = watchWire();
  tapped = wire.fetch;
});

const chat = (more: object = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'user-agent': 'OpenAI/JS 7.55.0' },
  body: JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }], ...more }),
});
const url = (path = '/v1/chat/completions'): string => provider.url + path;

test('a plain call is one call with its model, tokens, client and attempt', async () => {
  const response = await tapped(url(), chat());
  const body = (await response.json()) as { usage: { prompt_tokens: number; completion_tokens: number } };
  const [seen] = wire.seen;
  expect(wire.seen).toHaveLength(1);
  expect(seen?.outcome.kind).toBe('completed');
  expect(seen?.call.request.model).toBe('gpt-5.4');
  expect(seen?.call.source).toEqual({ name: 'openai', version: '7.55.0' });
  expect(seen?.outcome.attempts).toHaveLength(1);
  expect(seen && seen.outcome.usage && totalInput(seen.outcome.usage.buckets)).toBe(body.usage.prompt_tokens);
  expect(seen?.outcome.usage && totalOutput(seen.outcome.usage.buckets)).toBe(body.usage.completion_tokens);
});

test('a stream is read as the app reads it and gives its tokens', async () => {
  const response = await tapped(url(), chat({ stream: true, stream_options: { include_usage: true } }));
  expect(wire.seen).toHaveLength(0);
  expect(await response.text()).toContain('[DONE]');
  expect(wire.seen[0]?.outcome.kind).toBe('completed');
  expect(wire.seen[0]?.outcome.usage).toBeDefined();
});

const gemini = (headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-goog-api-key': 'k', 'x-local-interval': '2', ...headers },
  body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hello' }] }] }),
});
const GEMINI = '/v1beta/models/gemini-2.5-flash:streamGenerateContent';

test('a stream that is one JSON array is read element by element, as a stream of events is', async () => {
  for (const query of ['', '?alt=sse']) {
    const response = await tapped(url(GEMINI + query), gemini());
    for await (const piece of response.body ?? []) expect(piece.length).toBeGreaterThan(0);
  }
  const [array, events] = wire.seen.map(({ outcome }) => outcome);
  expect(array).toMatchObject({ kind: 'completed', usage: events?.usage, chunks: events?.chunks });
  expect(array?.response).toEqual({ ...events?.response, id: expect.any(String) as string });
  expect(array?.firstChunkMs).toBeLessThan(array?.durationMs ?? 0);
});

test('of a JSON array that is broken off is known what came, and an error in it fails the call', async () => {
  const broken = await tapped(url(GEMINI), gemini({ 'x-local-chunks': '50' }));
  for await (const piece of broken.body ?? []) if (Buffer.from(piece).includes('usageMetadata')) break;
  await (await tapped(url(GEMINI), gemini({ 'x-local-stream-error': '3' }))).text();
  const failing = await tapped(url(GEMINI), gemini({ 'x-local-stream-error': '3' }));
  for await (const piece of failing.body ?? []) expect(piece.length).toBeGreaterThan(0);
  expect(wire.seen.map(({ outcome }) => outcome.kind)).toEqual(['cancelled', 'failed', 'failed']);
  expect(wire.seen[0]?.outcome.usage && totalInput(wire.seen[0].outcome.usage.buckets)).toBeGreaterThan(0);
});

test('usage is asked for and hidden where the owner allows it', async () => {
  wire = watchWire({ askUsageHosts: ['127.0.0.1'] });
  const bare = await (await fetch(url(), chat({ stream: true }))).text();
  const seen = await (await wire.fetch(url(), chat({ stream: true }))).text();
  const normal = (text: string): string => text.replaceAll(/L0cal[0-9A-Za-z]+/g, 'ID');
  expect(normal(seen)).toBe(normal(bare));
  expect(wire.seen[0]?.outcome.usage).toBeDefined();
  const [blob, itsBare] = [await (await wire.fetch(url(), chat({ stream: true }))).blob(), await (await fetch(url(), chat({ stream: true }))).blob()];
  expect([blob.type, normal(await blob.text())]).toEqual([itsBare.type, normal(await itsBare.text())]);
});

test("a blob gives its tokens, and is the app's to read as often as it likes", async () => {
  const blob = await (await tapped(url(), chat())).blob();
  const { usage } = JSON.parse(await blob.text()) as { usage: { prompt_tokens: number } };
  await expect.poll(() => wire.seen.map(({ outcome }) => outcome.kind)).toEqual(['completed']);
  expect(wire.seen[0]?.outcome.usage && totalInput(wire.seen[0].outcome.usage.buckets)).toBe(usage.prompt_tokens);
  expect(await blob.text()).toContain('prompt_tokens');
});

test.each([
  ['sound', 'audio/mpeg', 'RIFF'],
  ['more than a body holds', 'application/json', `{"usage":{"prompt_tokens":1,"completion_tokens":1},"a":"${'x'.repeat(8 * 1024 * 1024)}"}`],
  ['no JSON', 'application/json', '{'],
])('a blob of %s ends its call unread', async (_, type, text) => {
  wire = watchWire({ original: async () => new Response(text, { headers: { 'content-type': type } }) });
  expect((await (await wire.fetch('https://api.openai.com/v1/chat/completions', chat())).blob()).size).toBe(text.length);
  await expect.poll(() => wire.seen.map(({ outcome }) => [outcome.kind, outcome.usage])).toEqual([['completed', undefined]]);
  expect(wire.faults).toEqual([]);
});

test('a Request object, bytes and form data are read without being taken from the app', async () => {
  const { method, headers, body } = chat();
  await (await tapped(new Request(url(), { method, headers, body } as RequestInit))).json();
  await (await tapped(new URL(url()), { ...chat(), body: new TextEncoder().encode(body as string) })).json();
  const form = new FormData();
  form.set('model', 'whisper-1');
  form.set('file', new File([new Uint8Array(8)], 'a.wav'));
  await (await tapped(url('/v1/audio/transcriptions'), { method: 'POST', body: form })).text();
  expect(wire.seen.map(({ call }) => call.request.model)).toEqual(['gpt-5.4', 'gpt-5.4', 'whisper-1']);
});

test('the body of a Request object is taken in the turn in which it is sent, so that whoever reads or sends it beside that is told, as without us', async () => {
  const { method, headers, body } = chat();
  const request = (): Request => new Request(url(), { method, headers, body } as RequestInit);
  const read = request();
  const sent = tapped(read);
  expect(read.bodyUsed).toBe(true);
  await expect(read.text()).rejects.toThrow(TypeError);
  await (await sent).json();
  const twice = request();
  const [first, second] = await Promise.allSettled([tapped(twice).then((response) => response.json()), tapped(twice)]);
  expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
  const replaced = request();
  await (await tapped(replaced, { body: body as string })).json();
  expect(replaced.bodyUsed).toBe(false);
  expect(wire.faults).toEqual([]);
});

test('a body that the app streams is sent as it comes, and its call is seen without facts of the request', async () => {
  const { headers, body } = chat();
  const stream = new ReadableStream({
    async start(controller) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      controller.enqueue(new TextEncoder().encode(body as string));
      controller.close();
    },
  });
  const request = new Request(url(), { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit);
  const response = await tapped(request);
  expect(response.status).toBe(200);
  await response.json();
  expect(wire.seen[0]?.call.request.model).toBeUndefined();
  expect(wire.seen[0]?.outcome.response.model).toMatch(/^gpt-5.4/);
});

test('a refusal is an answer in the words of the provider, and nothing is sent', async () => {
  const refusal: Refusal = { code: 'budget_exhausted', policy: 'budget', rule: 'team', message: 'The budget is used up.', details: {} };
  wire = watchWire({ policies: [{ name: 'no', admit: () => ({ kind: 'refused', refusal }) }] });
  provider.reset();
  const response = await wire.fetch(url(), chat());
  expect(response.status).toBe(402);
  expect(response.headers.get('x-should-retry')).toBe('false');
  expect(await response.json()).toEqual({ error: { message: 'The budget is used up.', type: 'budget_exhausted', code: 'budget_exhausted', param: null } });
  const anthropic = await wire.fetch(url('/v1/messages'), chat());
  expect(await anthropic.json()).toEqual({ type: 'error', error: { type: 'budget_exhausted', message: 'The budget is used up.' } });
  expect(wire.seen.map(({ outcome }) => outcome.kind)).toEqual(['blocked', 'blocked']);
  expect(provider.bill().requests).toBe(0);
});

test('an error answer fails the call, whether the app reads it or not', async () => {
  const scripted = { ...chat(), headers: { 'content-type': 'application/json', 'x-local-status': '429' } };
  await (await tapped(url(), scripted)).text();
  await (await tapped(url(), scripted)).body?.cancel();
  expect(wire.seen.map(({ outcome }) => outcome.kind === 'failed' && outcome.failure.type)).toEqual(['429', '429']);
});

test('attempts that a client numbers are one call', async () => {
  const attempt = (count: number): RequestInit => ({
    ...chat(),
    headers: { 'content-type': 'application/json', 'x-stainless-retry-count': String(count), 'x-local-status': '503', 'x-local-times': '2' },
  });
  await (await tapped(url(), attempt(0))).body?.cancel();
  await (await tapped(url(), attempt(1))).body?.cancel();
  expect(wire.seen).toHaveLength(0);
  await (await tapped(url(), attempt(2))).json();
  expect(wire.seen).toHaveLength(1);
  expect(wire.seen[0]?.outcome.kind).toBe('completed');
  expect(wire.seen[0]?.outcome.attempts.map(({ status }) => status)).toEqual([503, 503, 200]);
});

/** A service whose connection breaks off under the attempts before number `good`. */
const breaking =
  (good: number): Fetch =>
  async (_input, init) => {
    init?.signal?.throwIfAborted();
    if (Number(new Headers(init?.headers).get('x-stainless-retry-count')) < good)
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('hang up'), { code: 'ECONNRESET' }) });
    return Response.json({ id: 'c', model: 'gpt-5.4', choices: [], usage: { prompt_tokens: 3, completion_tokens: 1 } });
  };
const numbered = (count: number, more: RequestInit = {}): RequestInit => ({ ...chat(), headers: { 'x-stainless-retry-count': String(count) }, ...more });
const ends = (): readonly unknown[] =>
  wire.seen.map(({ outcome }) => [outcome.kind === 'failed' ? outcome.failure.type : outcome.kind, outcome.attempts.map((one) => one.status ?? one.errorType)]);
const SERVICE = 'https://api.openai.com/v1/chat/completions';

test('an attempt under which the connection breaks off and the next ones are one call', async () => {
  wire = watchWire({ original: breaking(2) });
  await expect(wire.fetch(SERVICE, numbered(0))).rejects.toThrow('fetch failed');
  await expect(wire.fetch(SERVICE, numbered(1))).rejects.toThrow('fetch failed');
  expect(wire.seen).toHaveLength(0);
  await (await wire.fetch(SERVICE, numbered(2))).json();
  expect(ends()).toEqual([['completed', ['ECONNRESET', 'ECONNRESET', 200]]]);
});

test('the last attempt that clients make has failed at once, an earlier one when no other has come', async () => {
  wire = watchWire({ original: breaking(9) });
  await expect(wire.fetch(SERVICE, numbered(2))).rejects.toThrow('fetch failed');
  expect(ends()).toEqual([['ECONNRESET', ['ECONNRESET']]]);
  await expect(wire.fetch(SERVICE, numbered(0))).rejects.toThrow('fetch failed');
  await expect.poll(() => wire.seen.length, { timeout: 4000 }).toBe(2);
  expect(ends()[1]).toEqual(['ECONNRESET', ['ECONNRESET']]);
});

test('an attempt that the app calls off waits for no other', async () => {
  wire = watchWire({ original: breaking(9) });
  await expect(wire.fetch(SERVICE, numbered(0, { signal: AbortSignal.abort() }))).rejects.toMatchObject({ name: 'AbortError' });
  expect(ends()).toEqual([['cancelled', []]]);
});

test('each attempt is sent with the model that a budget chose', async () => {
  const grant = { rewrite: { model: 'gpt-5.4-mini' }, settle: () => undefined };
  const { fetch: cheaper } = watchWire({ policies: [{ name: 'cheaper', admit: () => ({ kind: 'admitted', grant }) }] });
  provider.reset();
  const attempt = (count: number): RequestInit => ({
    ...chat(),
    headers: { 'content-type': 'application/json', 'x-stainless-retry-count': String(count), 'x-local-status': '503', 'x-local-times': '1' },
  });
  await (await cheaper(url(), attempt(0))).body?.cancel();
  await (await cheaper(url(), attempt(1))).json();
  expect(provider.bill().calls.map(({ requestModel }) => requestModel)).toEqual(['gpt-5.4-mini', 'gpt-5.4-mini']);
});

test('requests to other services pass unseen, as does what is inside a call that is seen', async () => {
  await (await tapped(`${provider.url}/__bill`)).text();
  await (await tapped(url('/v1/unknown'), { method: 'POST', body: '{}' })).text();
  expect(wire.seen).toHaveLength(0);
  expect(wire.loaded()).toBe(false);
});

test('what is sent inside a call is that call itself, whatever its address and body; what is sent from outside is a call of its own', async () => {
  const outside = AsyncLocalStorage.snapshot();
  const chosen = (model: string): Promise<Response> => wire.fetch('https://gateway.corp/v1/messages', chat({ model }));
  wire = watchWire({
    original: async (input) => {
      if (input === SERVICE) {
        // As the `fetch` that an app gives an SDK may do: another gateway's words for the same request, or another request.
        await (await chosen('inside')).json();
        await (await outside(chosen, 'outside')).json();
      }
      return Response.json({ id: 'c', model: 'gpt-5.4', choices: [], usage: { prompt_tokens: 3, completion_tokens: 1 } });
    },
  });
  await (await wire.fetch(SERVICE, chat())).json();
  expect(wire.seen.map(({ call }) => call.request.model)).toEqual(['outside', 'gpt-5.4']);
});

test('a connection that fails, an abort and wrong arguments are the errors that the app knows', async () => {
  const { signal } = ((controller) => (controller.abort(), controller))(new AbortController());
  await expect(tapped('http://127.0.0.1:1/v1/chat/completions', chat())).rejects.toThrow('fetch failed');
  await expect(tapped(url(), { ...chat(), signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(wire.seen.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'cancelled']);
  await expect((async () => (tapped as unknown as () => Promise<Response>)())()).rejects.toThrow(TypeError);
});

test('headers that carry a trace do not reach a model, in whatever form they were given', async () => {
  const sent: RequestInit[] = [];
  wire = watchWire({
    original: async (_input, init) => (sent.push(init ?? {}), new Response('{}', { headers: { 'content-type': 'application/json' } })),
  });
  const traced = { traceparent: '00-1-2-01', tracestate: 'a=b', Baggage: 'c=d', Accept: '*/*' };
  for (const headers of [traced, Object.entries(traced), new Headers(traced)] as HeadersInit[])
    await wire.fetch('https://api.openai.com/v1/chat/completions', { ...chat(), headers });
  await wire.fetch('https://api.anthropic.com/v1/models', { headers: traced });
  await wire.fetch('https://example.com/', { headers: traced });
  expect(sent.map(({ headers }) => [...new Headers(headers).keys()])).toEqual([
    ['accept'],
    ['accept'],
    ['accept'],
    ['accept'],
    ['accept', 'baggage', 'traceparent', 'tracestate'],
  ]);
});

test('headers that can be gone through once are still there for the request, and those of a Map are found in any spelling', async () => {
  const given = { 'Content-Type': 'application/json', 'User-Agent': 'OpenAI/JS 7.55.0', 'x-local-chunks': '3' };
  for (const headers of [new Headers(given).entries(), new Map(Object.entries(given))] as unknown as HeadersInit[]) {
    const answer = (await (await tapped(url(), { ...chat(), headers })).json()) as { usage: { completion_tokens: number } };
    expect(answer.usage.completion_tokens).toBe(3);
  }
  expect(wire.seen.map(({ call }) => call.source.name)).toEqual(['openai', 'openai']);
});

test('a rejection that throws when it is looked at reaches the app as it is, and ends its call', async () => {
  const { proxy: unreadable, revoke } = Proxy.revocable({}, {});
  revoke();
  wire = watchWire({ original: () => new Promise((_, reject) => reject(unreadable)) });
  const caught = await wire.fetch(SERVICE, chat()).then(
    () => 'read',
    (error: unknown) => error === unreadable,
  );
  expect(caught).toBe(true);
  expect(wire.seen.map(({ outcome }) => outcome.kind)).toEqual(['failed']);
});
