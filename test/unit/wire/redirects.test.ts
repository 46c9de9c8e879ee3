import http, { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { interceptors, Agent, request } from 'undici';
import { withLabels } from '../../../src/runtime/scope.ts';
import { tapHttp, type HttpModule } from '../../../src/wire/http/hook.ts';
import { tapUndici } from '../../../src/wire/undici/hook.ts';
import { startLocalProvider, type LocalProvider } from '../../support/local-provider/start.ts';
import { watchWire, type WireWatching } from './watch-wire.ts';

let provider: LocalProvider;
let server: Server;
let origin: string;
let door: string;
let wire: WireWatching;
let tapped: typeof http;
beforeAll(async () => {
  provider = await startLocalProvider();
  server = createServer((req, res) => {
    const status = Number(req.headers['x-status'] ?? 307);
    req.resume().on('end', () => res.writeHead(status, { location: `${provider.url}${req.url ?? ''}#there`, 'x-request-id': 'moved' }).end('moved'));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  door = `${origin}/v1/chat/completions`;
  tapUndici(() => wire.wire());
});
afterAll(async () => {
  server.close();
  await provider.close();
});
beforeEach(() => {
  wire = watchWire();
  const module = { request: http.request, get: http.get };
  tapHttp(module as unknown as HttpModule, 'http:', wire.wire);
  tapped = module as unknown as typeof http;
});

const body = JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] });
const headers = { 'content-type': 'application/json' };
const outcomes = (): readonly unknown[] =>
  wire.seen.map(({ outcome }) => [
    outcome.kind === 'failed' ? outcome.failure.type : outcome.kind,
    outcome.attempts.map(({ status }) => status),
    outcome.usage !== undefined,
  ]);

/** Follows redirects as axios and its kind do: in the event of the answer, with the body that they kept. */
const follow = (address: string, more: Record<string, string> = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const req = tapped.request(address, { method: 'POST', headers: { ...headers, ...more } }, (res: IncomingMessage) => {
      const { location } = res.headers;
      if (location !== undefined) {
        req.destroy();
        res.destroy();
        resolve(follow(location));
        return;
      }
      let all = '';
      res
        .setEncoding('utf8')
        .on('data', (piece: string) => (all += piece))
        .on('end', () => resolve(all));
    });
    req.on('error', reject).end(body);
  });
const send = async (status: number): Promise<void> => {
  const req = tapped.request(door, { method: 'POST', headers: { ...headers, 'x-status': String(status) } });
  req.end(body);
  const res = await new Promise<IncomingMessage>((resolve, reject) => void req.on('response', resolve).on('error', reject));
  for await (const _ of res);
};

test('a redirect and the request that follows it are one call, as with fetch', async () => {
  expect(await follow(door)).toContain('chat.completion');
  await (await wire.fetch(door, { method: 'POST', headers, body })).json();
  const dispatcher = new Agent().compose(interceptors.redirect({ maxRedirections: 1 }));
  expect(await (await request(door, { method: 'POST', headers, body, dispatcher })).body.text()).toContain('chat.completion');
  expect(outcomes()).toEqual(Array.from({ length: 3 }, () => ['completed', [200], true]));
  await dispatcher.close();
  expect(wire.opener.openCalls()).toEqual([]);
  expect(wire.faults).toEqual([]);
});

test('redirects of the same request at the same time are one call each', async () => {
  await Promise.all([follow(door), follow(door), follow(door)]);
  expect(outcomes()).toEqual(Array.from({ length: 3 }, () => ['completed', [200], true]));
});

/** Sends a request, and sends it again where it is told to, in its own time. */
const followLater = async (address: string, method: string, sent: string | undefined, waitMs = 0): Promise<void> => {
  const req = tapped.request(address, { method });
  req.end(sent);
  const res = await new Promise<IncomingMessage>((resolve, reject) => void req.on('response', resolve).on('error', reject));
  for await (const _ of res);
  await sleep(waitMs);
  if (res.headers.location !== undefined) await followLater(res.headers.location, method, sent);
};

test('a redirect of a form, or of what has no body at all, is followed by the same call', async () => {
  await followLater(`${origin}/v1/audio/transcriptions`, 'POST', '--form');
  await followLater(`${origin}/v1/responses/resp_1`, 'GET', undefined);
  expect(wire.seen.map(({ call, outcome }) => [call.operation, outcome.kind, outcome.attempts.length])).toEqual([
    ['generate_content', 'completed', 1],
    ['fetch_response', 'completed', 1],
  ]);
  expect(wire.opener.openCalls()).toEqual([]);
});

test('of two users who asked the same each follows the redirect of his own call, whoever is first', async () => {
  const ask = (user: string, waitMs: number): Promise<void> => withLabels({ user }, () => followLater(door, 'POST', body, waitMs));
  const first = ask('slow', 100);
  await expect.poll(() => wire.opener.openCalls().length).toBe(1);
  await ask('fast', 0);
  await first;
  expect(wire.seen.map(({ call, outcome }) => [call.labels.user, outcome.kind])).toEqual([
    ['fast', 'completed'],
    ['slow', 'completed'],
  ]);
  expect(wire.opener.openCalls()).toEqual([]);
});

test('a redirect that nobody follows has failed with its status, so that no usage is missed in it', async () => {
  await send(307);
  await (await wire.fetch(door, { method: 'POST', headers, body, redirect: 'manual' })).text();
  await expect.poll(outcomes, { timeout: 3000 }).toEqual([
    ['307', [307], false],
    ['307', [307], false],
  ]);
  expect(wire.seen.map(({ outcome }) => [outcome.cost, outcome.response.httpStatus])).toEqual([
    [undefined, 307],
    [undefined, 307],
  ]);
});

test('a redirect that turns the request into another one has failed at once', async () => {
  await send(302);
  expect(outcomes()).toEqual([['302', [302], false]]);
});

test('the next request with another body is a call of its own', async () => {
  await send(307);
  const req = tapped.request(`${provider.url}/v1/chat/completions`, { method: 'POST', headers });
  req.end(body.replace('hello', 'other'));
  for await (const _ of await new Promise<IncomingMessage>((resolve) => void req.on('response', resolve)));
  await expect.poll(outcomes, { timeout: 3000 }).toHaveLength(2);
  expect(outcomes()).toContainEqual(['completed', [200], true]);
  expect(outcomes()).toContainEqual(['307', [307], false]);
});
