import http2, { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { INDIFFERENT, type Policy } from '../../../src/call/policy.ts';
import { tapHttp2, type Http2Module } from '../../../src/wire/http/hook-http2.ts';
import { watchWire, type WireWatching } from './watch-wire.ts';

const body = JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] });
const CHUNK = 'data: {"id":"a","object":"chat.completion.chunk","model":"gpt-5.4","choices":[]}\n\n';
const CANCEL = 8;

let server: Http2Server | undefined;
afterEach(() => server?.close());

/** What an app sends by HTTP/2 to a provider that answers like `answer`: gives its stream, and what is seen of it. */
const ask = async (
  answer: (stream: ServerHttp2Stream) => void,
  { policies = [], signal, path = '/v1/chat/completions' }: { policies?: readonly Policy[]; signal?: AbortSignal; path?: string } = {},
) => {
  const wire: WireWatching = watchWire({ policies, hostRules: [{ host: '127.0.0.1', provider: 'openai' }] });
  const module = { connect: http2.connect };
  tapHttp2(module as unknown as Http2Module, wire.wire);
  server = createServer().on('stream', (stream) => answer(stream.on('error', () => undefined)));
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  const session = module.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).on('error', () => undefined);
  const isGet = path !== '/v1/chat/completions';
  const stream = session.request({ ':method': isGet ? 'GET' : 'POST', ':path': path }, { endStream: isGet, ...(signal === undefined ? {} : { signal }) });
  stream.on('error', () => undefined).resume();
  if (!isGet) stream.end(body);
  const closed = new Promise<void>((done) => void stream.on('close', done));
  const seen = async (): Promise<readonly unknown[]> => {
    await closed;
    session.destroy();
    await sleep(5);
    return wire.seen.map(({ outcome }) => [outcome.kind === 'failed' ? outcome.failure.type : outcome.kind, outcome.attempts.length]);
  };
  return { stream, seen, wire };
};

const begin = (stream: ServerHttp2Stream): void => {
  stream.respond({ ':status': 200, 'content-type': 'text/event-stream' });
  stream.write(CHUNK);
};

test('a stream that its provider resets or calls off, or whose connection is lost, has failed', async () => {
  const broken = async (how: (stream: ServerHttp2Stream) => void): Promise<unknown> => {
    const { seen } = await ask((stream) => {
      begin(stream);
      setTimeout(() => how(stream), 20);
    });
    return (await seen())[0];
  };
  expect(await broken((stream) => stream.destroy(new Error('broken off')))).toEqual(['ERR_HTTP2_STREAM_ERROR', 1]);
  expect(await broken((stream) => stream.session?.destroy())).toEqual(['ECONNRESET', 1]);
  expect(await broken((stream) => stream.end('data: [DONE]\n\n'))).toEqual(['completed', 1]);
});

test('a request that is broken off before its answer is an attempt, whoever broke it off', async () => {
  const controller = new AbortController();
  const off = await ask(() => controller.abort(), { signal: controller.signal });
  expect(await off.seen()).toEqual([['cancelled', 1]]);
  const broken = await ask((stream) => stream.destroy(new Error('broken off')));
  expect(await broken.seen()).toEqual([['ERR_HTTP2_STREAM_ERROR', 1]]);
  // The code of an attempt is that of its call, digits and all.
  expect(broken.wire.seen[0]?.outcome.attempts[0]?.errorType).toBe('ERR_HTTP2_STREAM_ERROR');
});

test('the app may call its stream off, before it is sent or answered, or in its middle', async () => {
  const before = await ask(() => before.stream.close(CANCEL));
  expect(await before.seen()).toEqual([['cancelled', 0]]);
  const never = await ask(() => undefined, { signal: AbortSignal.abort() });
  expect(await never.seen()).toEqual([['cancelled', 0]]);
  const middle = await ask(begin);
  middle.stream.once('data', () => middle.stream.close(CANCEL));
  expect(await middle.seen()).toEqual([['cancelled', 1]]);
});

test('of a request that is refused no whole one comes to the provider, also none without a body', async () => {
  const refusing: Policy = {
    name: 'no',
    admit: () => ({ kind: 'refused', refusal: { code: 'budget_exhausted', rule: 'no', message: 'No.', details: {} } }) as never,
  };
  const came: string[] = [];
  const { seen } = await ask(
    (stream) => {
      stream.resume().on('end', () => came.push(stream.destroyed ? 'reset' : 'whole'));
      stream.on('close', () => came.push('closed'));
    },
    { policies: [refusing] },
  );
  expect(await seen()).toEqual([['blocked', 0]]);
  await expect.poll(() => came.at(-1)).toBe('closed');
  expect(came).not.toContain('whole');
});

test('a request without a body is on its way while a policy is asked, and counts although its answer came first', async () => {
  const gone: unknown[] = [];
  const slow: Policy = {
    name: 'slow',
    admit: async (_, caller) => {
      await sleep(60);
      gone.push(caller?.gone);
      return INDIFFERENT;
    },
  };
  const { seen } = await ask((stream) => void (stream.respond({ ':status': 200, 'content-type': 'application/json' }), stream.end('{"id":"resp_1"}')), {
    policies: [slow],
    path: '/v1/responses/resp_1',
  });
  expect(await seen()).toEqual([['completed', 1]]);
  await expect.poll(() => gone).toEqual([false]);
});
