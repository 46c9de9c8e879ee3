/** Retries that the real SDKs make by themselves, held to a rate at the provider. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';
import { scratchFolder } from '../../support/scratch.ts';

const configOf = (limits: readonly object[]): Readonly<Record<string, string>> => {
  const file = join(scratchFolder(), 'purser.config.json');
  writeFileSync(file, JSON.stringify({ limits }));
  return { PURSER_CONFIG: file };
};

const FAILING = `
  const failing = (times) => [{ role: 'user', content: 'hello [[local status=500 times=' + times + ' retry-after-ms=10]]' }];
  const runs = [
    (times) => openai.chat.completions.create({ ...chat, messages: failing(times) }),
    (times) => anthropic.messages.create({ ...message, messages: failing(times) }),
    (times) => genai.models.generateContent({ model: 'gemini-2.5-flash', contents: failing(times)[0].content, config: { httpOptions: { retryOptions: { attempts: 3, initialDelay: 0.01, jitter: 0 } } } }),
  ];
  const bill = async () => (await globalThis.fetch(base + '/__bill')).json();
`;

test('a retry that may wait is sent when there is room, and the call succeeds as it would have', async () => {
  const { printed, spans } = await runPreloaded(
    `${FAILING}
    for (const run of runs) await run(1).then(() => print('passed'), (error) => print(error.message));
    const { calls } = await bill();
    print(calls.map(({ arrivedMs }) => arrivedMs));
    `,
    configOf([{ id: 'slow', limit: 1, window: '1s', maxWait: '30s' }]),
  );
  expect(printed.slice(0, 3)).toEqual(['passed', 'passed', 'passed']);
  const arrived = printed[3] as readonly number[];
  expect(arrived).toHaveLength(6);
  const gaps = arrived.slice(1).map((at, index) => at - (arrived[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(1000);
  expect(spans.map(({ attributes }) => [attributes['purser.outcome'], attributes['purser.attempts']])).toEqual([
    ['completed', 2],
    ['completed', 2],
    ['completed', 2],
  ]);
});

test("a retry that has no room is not sent: the app sees the limit's refusal as the SDK's own error", async () => {
  const { printed, spans } = await runPreloaded(
    `${FAILING}
    for (const run of runs) await run(9).then(() => print('passed'), (error) => print({ class: error.constructor.name, status: error.status, says: error.message.includes('The limit') }));
    const { requests } = await bill();
    print(requests);
    `,
    configOf([{ id: 'few', limit: 1, per: 'model' }]),
  );
  expect(printed.slice(0, 3)).toEqual([
    { class: 'RateLimitError', status: 429, says: true },
    { class: 'RateLimitError', status: 429, says: true },
    { class: 'ApiError', status: 429, says: true },
  ]);
  // One request of each, and no retry.
  expect(printed[3]).toBe(3);
  expect(spans.map(({ attributes }) => attributes['purser.outcome'])).toEqual(['blocked', 'blocked', 'blocked']);
  expect(spans.map(({ attributes }) => attributes['purser.blocked.rule'])).toEqual(['few', 'few', 'few']);
});

test('retries that are seen on the wire alone are held to the rate too', async () => {
  const { printed, spans } = await runPreloaded(
    `${FAILING}
    const body = JSON.stringify({ ...chat, messages: failing(9) });
    const send = (count) => fetch(base + '/v1/chat/completions', { method: 'POST', body, headers: { 'content-type': 'application/json', authorization: 'Bearer ' + key, 'x-stainless-retry-count': String(count) } });
    for (const count of [0, 1]) {
      const answer = await send(count);
      await answer.body.cancel();
      print(answer.status);
    }
    print((await bill()).requests);
    `,
    configOf([{ id: 'few', limit: 1 }]),
  );
  expect(printed).toEqual([500, 429, 1]);
  expect(spans.map(({ attributes }) => attributes['purser.outcome'])).toEqual(['blocked']);
});
