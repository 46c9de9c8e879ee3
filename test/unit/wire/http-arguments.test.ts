import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Refusal } from '../../../src/call/policy.ts';
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

const PATH = '/v1/chat/completions';
const headers = { 'content-type': 'application/json' };
const body = JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] });
const port = (): string => new URL(provider.url).port;
const done = async (req: ClientRequest): Promise<number | undefined> => {
  req.end(body);
  const res = await new Promise<IncomingMessage>((resolve, reject) => void req.on('response', resolve).on('error', reject));
  for await (const _ of res);
  return res.statusCode;
};
const models = (): readonly unknown[] => wire.seen.map(({ call }) => call.request.model);
const addresses = (): readonly unknown[] => wire.seen.map(({ call }) => call.baseUrl);

// As Node does: what the options say is laid over the address.
test.each<[string, () => ClientRequest]>([
  ['a path', () => tapped.request(provider.url, { path: PATH, method: 'POST', headers })],
  ['a host, a port and a path', () => tapped.request('http://nowhere.invalid/x', { hostname: '127.0.0.1', port: port(), path: PATH, method: 'POST', headers })],
  ['a port and a path, over a URL', () => tapped.request(new URL('http://127.0.0.1:1/x'), { port: port(), path: PATH, method: 'POST', headers })],
  ['an empty host, which says nothing', () => tapped.request(provider.url, { host: '', path: PATH, method: 'POST', headers })],
  ['nothing but the method', () => tapped.request(provider.url + PATH, { method: 'post', headers })],
])('options after an address are followed where they say %s', async (_, send) => {
  expect(await done(send())).toBe(200);
  expect(models()).toEqual(['gpt-5.4']);
  expect(addresses()).toEqual([provider.url + PATH]);
});

test('what a URL was given beside its own parts counts as well', async () => {
  expect(await done(tapped.request(Object.assign(new URL(provider.url + PATH), { method: 'POST', headers }) as URL))).toBe(200);
  expect(models()).toEqual(['gpt-5.4']);
});

test('an address that the options lead away from models is no call', async () => {
  await done(tapped.request('http://api.openai.com/v1/chat/completions', { hostname: '127.0.0.1', port: port(), path: '/__bill', method: 'POST', headers }));
  expect(wire.seen).toHaveLength(0);
  expect(wire.loaded()).toBe(false);
});

test('a host of IPv6 numbers is seen with and without brackets', () => {
  for (const hostname of ['::1', '[::1]']) {
    const req = tapped.request({ hostname, port: 1, path: PATH, method: 'POST', headers });
    req.on('error', () => undefined).end(body);
    req.destroy();
  }
  expect(addresses()).toEqual(['http://[::1]:1/v1/chat/completions', 'http://[::1]:1/v1/chat/completions']);
  expect(wire.faults).toEqual([]);
});

test('a refusal holds for an address that the options make', async () => {
  const refusal: Refusal = { code: 'budget_exhausted', policy: 'budget', rule: 'team', message: 'Used up.', details: {} };
  tap({ policies: [{ name: 'no', admit: () => ({ kind: 'refused', refusal }) }] });
  provider.reset();
  expect(await done(tapped.request(provider.url, { path: PATH, method: 'POST', headers }))).toBe(402);
  expect(await done(new tapped.ClientRequest({ host: '127.0.0.1', port: port(), path: PATH, method: 'POST', headers }))).toBe(402);
  expect(provider.bill().requests).toBe(0);
});

test('a request that is made by its class is a call, in every form of its arguments, and of a class below it', async () => {
  class Own extends tapped.ClientRequest {
    readonly #own = 1;
    get own(): number {
      return this.#own;
    }
  }
  const options = { host: '127.0.0.1', port: port(), path: PATH, method: 'POST', headers: { ...headers, traceparent: '00-1' } };
  const Form = tapped.ClientRequest as unknown as new (...args: readonly unknown[]) => ClientRequest;
  const made = [new tapped.ClientRequest(options), new Form(provider.url, { path: PATH, method: 'POST', headers }), new Own(options)];
  expect(made.map((req) => [req instanceof tapped.ClientRequest, req instanceof http.ClientRequest])).toEqual(made.map(() => [true, true]));
  expect(made[2] instanceof Own && made[2].own).toBe(1);
  expect(made[0]?.hasHeader('traceparent')).toBe(false);
  for (const req of made) expect(await done(req)).toBe(200);
  expect(models()).toEqual(['gpt-5.4', 'gpt-5.4', 'gpt-5.4']);
  expect(tapped.ClientRequest.name).toBe('ClientRequest');
  expect(tapped.ClientRequest.prototype).toBe(http.ClientRequest.prototype);
  expect(wire.faults).toEqual([]);
});

test('a request through the function is one call, although it makes one of the class', async () => {
  expect(await done(tapped.request(provider.url + PATH, { method: 'POST', headers }))).toBe(200);
  expect(wire.seen).toHaveLength(1);
});

test('wrong arguments are the errors that the app knows', () => {
  expect(() => tapped.request('no address', { path: PATH, method: 'POST' })).toThrow('Invalid URL');
  expect(() => new tapped.ClientRequest({ host: 5 as unknown as string, path: PATH })).toThrow('host');
  expect(() => (tapped.ClientRequest as unknown as () => unknown)()).toThrow(TypeError);
});
