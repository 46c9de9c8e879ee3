/** What a budget's owner wrote, and what an app with real SDKs and the preload sees of it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { redisProgram, requireAll, startRedis } from '../../contract/stores/redis-server.ts';
import { type Preloaded, runPreloaded } from '../../support/preloaded.ts';
import { scratchFolder } from '../../support/scratch.ts';

const HOSTS = { '127.0.0.1/v1/messages': 'anthropic', '127.0.0.1': 'openai' };
const HEAD = `
const fs = await import('node:fs');
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const facts = (error) => ({ status: error.status, class: error.constructor.name, code: error.cause?.code, details: error.cause?.details });
const attempt = (work) => Promise.resolve().then(work).then((ok) => print({ ok }), (error) => print(facts(error)));
const ask = (more = {}, script = { in: 10, out: 10 }) => () => openai.chat.completions.create({ ...chat, max_tokens: 100, ...more }, scripted(script)).then((r) => r.model ?? 'ok');
const read = async (stream) => { let events = 0; for await (const _ of stream) events += 1; return events; };
const edit = async (change) => {
  const file = process.env.PURSER_CONFIG;
  const config = JSON.parse(fs.readFileSync(file, 'utf8'));
  change(config);
  fs.writeFileSync(file, JSON.stringify(config));
  await sleep(400);
};
`;

interface Printed {
  readonly ok?: unknown;
  readonly code?: string;
  readonly status?: number;
  readonly details?: Readonly<Record<string, string | number>>;
}

const run = async (budget: object, body: string, more: object = {}): Promise<Preloaded & { readonly said: readonly Printed[] }> => {
  const file = join(scratchFolder(), 'purser.config.json');
  const budgets = [{ id: 'b', limit: 0.002, window: 'day', mode: 'enforce', ...budget }];
  writeFileSync(file, JSON.stringify({ budgets, providers: { hosts: HOSTS }, ...more }));
  const ran = await runPreloaded(HEAD + body, { PURSER_CONFIG: file });
  return { ...ran, said: ran.printed as readonly Printed[] };
};

const marksOf = ({ spans }: Preloaded): readonly object[] =>
  spans.map(({ attributes }) => Object.fromEntries(Object.entries(attributes).filter(([name]) => /^purser\.(policy|budget)\./.test(name))));

describe('each mode', () => {
  test.each(['shadow', 'alert'])('%s: nothing is refused, and the span says what would have been', async (mode) => {
    const ran = await run({ mode, limit: 0.0001 }, 'await attempt(ask());');
    expect(ran.said).toEqual([{ ok: 'gpt-5.4' }]);
    expect(marksOf(ran)).toEqual([{ 'purser.budget.would_refuse': 'b' }]);
  });

  test('off: nothing is counted', async () => {
    const ran = await run({ mode: 'off', limit: 0.0001 }, 'await attempt(ask());');
    expect(marksOf(ran)).toEqual([{}]);
  });
});

describe('each action, and its marks', () => {
  test('downgrade: the cheaper model answers, in a stream too; a model without a name in the map is refused', async () => {
    const budget = { action: { kind: 'downgrade', models: { 'gpt-5.4': 'gpt-5-mini', 'claude-sonnet-5': 'claude-haiku-4-5' } } };
    const ran = await run(
      budget,
      `await attempt(ask({ max_tokens: 400 }));
      await attempt(() => anthropic.messages.stream({ ...message, max_tokens: 300 }).finalMessage().then((r) => r.model));
      await attempt(ask({ model: 'gpt-4.1', max_tokens: 1000 }));`,
    );
    expect(ran.said).toMatchObject([{ ok: 'gpt-5-mini-2025-08-07' }, { ok: 'claude-haiku-4-5-20251001' }, { status: 402, code: 'request_exceeds_budget' }]);
    const mark = { 'purser.policy.downgraded': true, 'purser.policy.downgraded.from': 'gpt-5.4', 'purser.policy.downgraded.to': 'gpt-5-mini' };
    expect(marksOf(ran)).toContainEqual(mark);
  });

  test('clamp: the request goes out with the bound that there is room for', async () => {
    const ran = await run(
      { limit: 0.005, action: { kind: 'clamp', minTokens: 50 } },
      'await attempt(ask({ max_tokens: undefined })); await attempt(ask({ max_completion_tokens: 2000, max_tokens: undefined }));',
    );
    expect(ran.said).toEqual([{ ok: 'gpt-5.4' }, { ok: 'gpt-5.4' }]);
    for (const mark of marksOf(ran)) expect(mark).toMatchObject({ 'purser.policy.clamped': true, 'purser.policy.clamped.max_tokens': expect.any(Number) });
  });

  test('throttle: a call waits for one in flight; one that is called off meanwhile ends at once', async () => {
    const ran = await run(
      { limit: 0.002, action: { kind: 'throttle', maxWait: '5s' } },
      `const first = attempt(ask({}, { in: 10, out: 5, latency: 400 }));
      await sleep(50);
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 100);
      const began = performance.now();
      const off = openai.chat.completions.create({ ...chat, max_tokens: 100 }, { signal: controller.signal }).catch((error) => print({ ok: error.constructor.name, soon: performance.now() - began < 300 }));
      await Promise.all([first, off, attempt(ask())]);`,
    );
    expect(ran.said).toEqual([{ ok: 'APIUserAbortError', soon: true }, { ok: 'gpt-5.4' }, { ok: 'gpt-5.4' }]);
    const waited = marksOf(ran).filter((mark) => 'purser.policy.throttled' in mark);
    expect(waited).toHaveLength(2);
  });
});

test('a stream is stopped with the error that a refusal is, and nothing is tried again', async () => {
  const script = '{ in: 10, chunks: 3000, interval: 1 }';
  const ran = await run(
    { unit: 'tokens', limit: 700, per: 'model', reserve: { kind: 'metered', stepTokens: 100 } },
    `await Promise.all([
      attempt(async () => read(await openai.chat.completions.create({ ...chat, max_tokens: 4000, stream: true }, scripted(${script})))),
      attempt(async () => read(await openai.responses.create({ model: 'gpt-4.1', input: 'hello', max_output_tokens: 4000, stream: true }, scripted(${script})))),
      attempt(() => anthropic.messages.stream({ ...message, max_tokens: 4000 }, scripted(${script})).finalMessage()),
      attempt(async () => read(await genai.models.generateContentStream({ model: 'gemini-2.5-pro', contents: 'hello [[local in=10 chunks=3000 interval=1]]' }))),
      attempt(async () => read((await gemini.generateContentStream('hello [[local in=10 chunks=3000 interval=1]]')).stream)),
    ]);
    await sleep(100);
    print((await (await fetch(base + '/__bill')).json()).calls.map(({ end }) => end));`,
  );
  for (const one of ran.said.slice(0, 5))
    expect(one).toMatchObject({
      status: 402,
      code: expect.stringMatching(/^(budget_exhausted|request_exceeds_budget)$/),
      details: { unit: 'tokens', limit: 700 },
    });
  // None of them came to its end: what is stopped there alone was not stopped.
  expect(ran.said.at(-1)).toEqual(Array.from({ length: 5 }, () => 'client_gone'));
  expect(ran.spans.map(({ attributes }) => attributes['purser.outcome'])).toEqual(Array.from({ length: 5 }, () => 'blocked'));
});

test('each code tells its own story', async () => {
  const ran = await run(
    { limit: 0.004 },
    `const first = attempt(ask({ max_tokens: 200 }, { in: 10, out: 200, latency: 300 }));
    await sleep(100);
    await attempt(ask({ max_tokens: 200 }));
    await attempt(ask({ max_tokens: 2000 }));
    await first;
    await attempt(ask({ max_tokens: 200 }));`,
  );
  expect(ran.said.map(({ code, ok }) => code ?? ok)).toEqual(['budget_in_flight', 'request_exceeds_budget', 'gpt-5.4', 'budget_exhausted']);
  expect(ran.said[0]?.details).toMatchObject({ budget: 'b', key: 'b', unit: 'usd', limit: 0.004, spent: 0, reserved: 0.00321, needed: 0.00321 });
  expect(String(ran.said[0]?.details?.['resetsAt'])).toMatch(/T00:00:00\.000Z$/);
});

test.each([
  ['block', 'request_exceeds_budget'],
  ['ceiling', 'request_exceeds_budget'],
  ['allow', 'ok'],
])('a price that nobody knows: %s', async (onUnknownPrice, end) => {
  const ran = await run({ limit: 1, onUnknownPrice }, `await attempt(ask({ model: 'nobodys-model', max_tokens: 20_000 }));`);
  expect(ran.said.map(({ code }) => code ?? 'ok')).toEqual([end]);
});

test.each([
  ['block', 'policy_unavailable'],
  ['local', 'policy_unavailable'],
  ['allow', 'ok'],
])('a store that was never there: %s', async (onStoreUnavailable, end) => {
  const ran = await run({ limit: 1, onStoreUnavailable }, 'await attempt(ask()); await attempt(ask());', {
    store: { kind: 'redis', url: 'redis://127.0.0.1:1' },
  });
  expect(ran.said.map(({ code }) => code ?? 'ok')).toEqual([end, end]);
});

test('an edit of the limit holds at once, and one with a mistake is said and changes nothing', async () => {
  const ran = await run(
    { unit: 'requests', limit: 1 },
    `await attempt(ask()); await attempt(ask());
    await edit((config) => (config.budgets[0].limit = 'many'));
    await attempt(ask());
    await edit((config) => (config.budgets[0].limit = 2));
    await attempt(ask()); await attempt(ask());
    await edit((config) => (config.budgets[0].mode = 'off'));
    await attempt(ask());`,
    { reload: { interval_ms: 50 } },
  );
  expect(ran.said.map(({ code, ok }) => code ?? ok)).toEqual(['gpt-5.4', 'budget_exhausted', 'budget_exhausted', 'gpt-5.4', 'budget_exhausted', 'gpt-5.4']);
  expect(ran.stderr).toMatch(
    /^purser: the config file was changed and is not used: .*budgets\[0\]\.limit is "many", wanted a whole number such as 500k, or 0\.\n$/,
  );
});

test.skipIf(redisProgram === undefined && !requireAll)('a server that keeps nothing on disk is told to whoever starts the process', async () => {
  const server = await startRedis();
  const ran = await run({ limit: 1 }, 'await attempt(ask()); await sleep(200);', { store: { kind: 'redis', url: server.url } });
  await server.stop();
  expect(ran.said).toEqual([{ ok: 'gpt-5.4' }]);
  expect(ran.stderr).toMatch(/^purser: The Redis server keeps no append-only file: .* Turn appendonly on\.\n$/);
  expect(ran.raw).toContain('purser.store.not_durable');
});
