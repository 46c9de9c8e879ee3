/** What the app has called off before it is sent is a cancelled call without an exchange. */
import { expect, test } from 'vitest';
import { tappedHttp, watchWire } from './watch-wire.ts';

const SERVICE = 'http://127.0.0.1:9/v1/chat/completions';
const init = { method: 'POST', body: '{"model":"gpt-5.4","messages":[]}', signal: AbortSignal.abort() };

test('by fetch, in options and in a Request', async () => {
  const wire = watchWire();
  await expect(wire.fetch(SERVICE, init)).rejects.toMatchObject({ name: 'AbortError' });
  await expect(wire.fetch(new Request(SERVICE, init))).rejects.toMatchObject({ name: 'AbortError' });
  expect(wire.seen.map(({ outcome }) => [outcome.kind, outcome.attempts])).toEqual([
    ['cancelled', []],
    ['cancelled', []],
  ]);
});

test('by node:http', async () => {
  const wire = watchWire();
  const error = await new Promise((failed) => {
    const request = tappedHttp(wire).request(SERVICE, { method: 'POST', signal: init.signal });
    request.on('error', failed).end(init.body);
  });
  expect(error).toMatchObject({ name: 'AbortError' });
  expect(wire.seen.map(({ outcome }) => [outcome.kind, outcome.attempts])).toEqual([['cancelled', []]]);
});
