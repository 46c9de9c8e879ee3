/** The client of Gemini's Interactions API, which @google/genai 3 brings beside its own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';
import { scratchFolder } from '../../support/scratch.ts';

const configOf = (config: object): Readonly<Record<string, string>> => {
  const file = join(scratchFolder(), 'purser.config.json');
  writeFileSync(file, JSON.stringify(config));
  return { PURSER_CONFIG: file };
};

const ASK = `
  const ask = (input, more = {}, options = {}) => genai.interactions.create({ model: 'gemini-2.5-flash', input, ...more }, { timeout: 20_000, ...options });
  const read = async (stream) => { let events = 0; for await (const event of await stream) events++; return events; };
  const quick = { retries: { strategy: 'attempt-count-backoff', backoff: { initialInterval: 1, maxInterval: 5, exponent: 1, maxElapsedTime: 9000 }, retryConnectionErrors: true, maxRetries: 2 } };
  const facts = (e) => ({ class: e.constructor.name, status: e.status, code: e.error?.error?.status, cause: e.cause?.name, said: e.message });
`;

test('an interaction that the SDK tries again is one call with its attempts, whole and streamed', async () => {
  const { printed, spans } = await runPreloaded(`${ASK}
    print((await ask('hello [[local status=503 times=2]]')).status);
    print((await read(ask('hello [[local status=429 times=1]]', { stream: true }))) > 2);
    await ask('hello [[local status=500 times=9]]', {}, { maxRetries: 1 }).catch((e) => print(facts(e).class));
    await ask('hello [[local status=400]]').catch((e) => print(facts(e).class));
    print((await (await fetch(base + '/__bill?calls=0')).json()).requests);`);
  expect(printed).toEqual(['completed', true, 'InternalServerError', 'BadRequestError', 8]);
  expect(spans.map(({ attributes: a }) => [a['purser.outcome'], a['purser.attempts'], a['error.type'], a['gen_ai.usage.output_tokens'] !== undefined])).toEqual(
    [
      ['completed', 3, undefined, true],
      ['completed', 2, undefined, true],
      ['failed', 2, '500', false],
      ['failed', 1, '400', false],
    ],
  );
});

test('a refused interaction ends in the error of its own client, with status 402, the code and our error as its cause', async () => {
  const { printed, spans } = await runPreloaded(
    `${ASK}
    await ask('hello');
    await ask('hello').catch((e) => print(facts(e)));
    await read(ask('hello', { stream: true })).catch((e) => print(facts(e)));
    print((await (await fetch(base + '/__bill?calls=0')).json()).requests);`,
    configOf({ budgets: [{ id: 'none', unit: 'requests', limit: 1, window: 'day', mode: 'enforce' }] }),
  );
  const refused = { class: 'APIError', status: 402, code: 'budget_exhausted', cause: 'PurserError', said: expect.stringContaining('is used up') as unknown };
  expect(printed).toEqual([refused, refused, 1]);
  expect(spans.map(({ attributes }) => attributes['purser.outcome'])).toEqual(['completed', 'blocked', 'blocked']);
});

test('a retry of an interaction that a limit has no room for is not sent', async () => {
  const { printed, spans } = await runPreloaded(
    `${ASK}
    await ask('hello [[local status=500 times=9]]', {}, quick).catch((e) => print(facts(e)));
    print((await (await fetch(base + '/__bill?calls=0')).json()).requests);`,
    configOf({ limits: [{ id: 'few', limit: 1, per: 'model' }] }),
  );
  expect(printed).toEqual([expect.objectContaining({ class: 'RateLimitError', status: 429, said: expect.stringContaining('The limit') as unknown }), 1]);
  expect(spans.map(({ attributes }) => [attributes['purser.outcome'], attributes['purser.attempts']])).toEqual([['blocked', 1]]);
});

test('an interaction that the app calls off between two attempts is cancelled, one that takes too long has failed', async () => {
  const { printed, spans } = await runPreloaded(`${ASK}
    const off = new AbortController();
    setTimeout(() => off.abort(), 300);
    await ask('hello [[local status=503 times=9]]', {}, { signal: off.signal }).catch((e) => print(facts(e).class));
    await ask('hello [[local latency=3000]]', {}, { timeout: 200, maxRetries: 0 }).catch((e) => print(facts(e).class));`);
  expect(printed).toEqual(['APIUserAbortError', 'APIConnectionTimeoutError']);
  expect(spans.map(({ attributes }) => attributes['purser.outcome'])).toEqual(['cancelled', 'failed']);
});
