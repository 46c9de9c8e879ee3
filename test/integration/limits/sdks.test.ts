/** Limits as apps see them: through the real SDKs, with the preload, against the local provider. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';
import { scratchFolder } from '../../support/scratch.ts';

const configOf = (limits: readonly object[], more: object = {}): Readonly<Record<string, string>> => {
  const file = join(scratchFolder(), 'purser.config.json');
  writeFileSync(file, JSON.stringify({ limits, ...more }));
  return { PURSER_CONFIG: file };
};

const RUNS = `
  const say = 'hello [[local latency=150]]';
  const asked = { ...chat, messages: [{ role: 'user', content: say }] };
  const written = { ...message, messages: asked.messages };
  const runs = [
    (more) => openai.chat.completions.create(asked, more),
    async (more) => { for await (const c of await openai.chat.completions.create({ ...asked, stream: true }, more)); },
    (more) => openai.responses.create({ model: 'gpt-5.4', input: say }, more),
    (more) => anthropic.messages.create(written, more),
    (more) => anthropic.messages.stream(written, more).finalMessage(),
    (more) => genai.models.generateContent({ model: 'gemini-2.5-flash', contents: say, config: { abortSignal: more?.signal } }),
    (more) => gemini.generateContent(say, more),
    async (more) => (await gemini.generateContentStream(say, more)).response,
    async (more) => {
      const answer = await fetch(base + '/v1/chat/completions', { method: 'POST', body: JSON.stringify(asked), headers: { 'content-type': 'application/json', authorization: 'Bearer ' + key }, ...more });
      return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: await answer.json() };
    },
  ];
`;

test('a refusal by a rate is status 429 and the error of each SDK, with our error as its cause; nothing is sent and nothing is tried again', async () => {
  const { printed, spans } = await runPreloaded(
    `${RUNS}
    await runs[0]();
    const facts = (e) => ({ class: e.constructor.name, status: e.status, cause: e.cause?.name, code: e.cause?.code, retryable: e.cause?.retryable, retryAfter: e.headers?.get?.('retry-after') ?? null, message: e.cause?.message });
    for (const run of runs) await Promise.resolve().then(() => run()).then((answer) => print(answer), (e) => print(facts(e)));
    print(await (await globalThis.fetch(base + '/__bill?calls=0')).json());
    `,
    configOf([{ id: 'rpm', limit: 1 }]),
  );
  const refused = printed.slice(0, 8) as {
    class: string;
    status: number;
    cause: string;
    code: string;
    retryable: boolean;
    retryAfter: string | null;
    message: string;
  }[];
  expect(refused.map((error) => error.class)).toEqual([
    'RateLimitError',
    'RateLimitError',
    'RateLimitError',
    'RateLimitError',
    'RateLimitError',
    'ApiError',
    'GoogleGenerativeAIFetchError',
    'GoogleGenerativeAIFetchError',
  ]);
  expect(new Set(refused.map((error) => `${error.status} ${error.cause} ${error.code} ${error.retryable}`))).toEqual(
    new Set(['429 PurserError rate_limited true']),
  );
  const said = /^The limit "rpm" is reached: 1 of 1 requests in a minute\. A new try may pass in \d+ s\.$/;
  expect(refused.map((error) => error.message)).toEqual(refused.map(() => expect.stringMatching(said) as unknown));
  expect(Number(refused[0]?.retryAfter)).toBeGreaterThan(55);
  expect(printed[8]).toMatchObject({ status: 429, body: { error: { code: 'rate_limited' } } });
  expect(printed.at(-1)).toMatchObject({ requests: 1 });
  expect(spans.map(({ attributes }) => attributes['purser.outcome'])).toEqual(['completed', ...Array.from({ length: 9 }, () => 'blocked')]);
  expect(spans.at(-1)?.attributes).toMatchObject({ 'purser.blocked.code': 'rate_limited', 'purser.blocked.policy': 'limits', 'purser.blocked.rule': 'rpm' });
});

test('calls beyond the bound wait for their turn in every SDK; the span says how long and for what', async () => {
  const { printed, spans } = await runPreloaded(
    `${RUNS}
    await Promise.all(runs.map((run) => run()));
    print(await (await globalThis.fetch(base + '/__bill')).json());
    `,
    configOf([{ id: 'slots', unit: 'concurrency', limit: 1, maxWait: '30s' }]),
  );
  expect(printed[0]).toMatchObject({ requests: 9 });
  expect(spans.map(({ attributes }) => attributes['purser.outcome'])).toEqual(Array.from({ length: 9 }, () => 'completed'));
  const waits = spans.flatMap(({ attributes }) => (attributes['purser.queue.rule'] === 'slots' ? [Number(attributes['purser.queue.wait'])] : []));
  // Each waits for all before it, and each of those takes at least its latency.
  expect(waits).toHaveLength(8);
  expect(waits.every((waitS, index) => waitS > 0.14 * (index + 1))).toBe(true);
});

test("a call that is aborted while it waits ends at once with the SDK's own error, as an aborted call without Purser does, and is not sent", async () => {
  const body = `${RUNS}
    const shown = (e) => ({ name: e.name, class: e.constructor.name, message: e.message.replaceAll(base, '') });
    const open = process.env.PURSER_CONFIG && openai.chat.completions.create(chat, { headers: { 'x-local-latency': '1500' } });
    await new Promise((done) => setTimeout(done, 100));
    for (const run of runs.filter((_, index) => index !== 4)) {
      const controller = new AbortController();
      const began = performance.now();
      setTimeout(() => controller.abort(), 20);
      await Promise.resolve().then(() => run({ signal: controller.signal })).then(() => print('passed'), (e) => print({ ...shown(e), soon: performance.now() - began < 200 }));
    }
    await open;
    print(await (await globalThis.fetch(base + '/__bill?calls=0')).json());
  `;
  const limited = await runPreloaded(body, configOf([{ id: 'slots', unit: 'concurrency', limit: 1, maxWait: '30s' }]));
  const bare = await runPreloaded(body, { PURSER_DISABLED: 'true' });
  expect(limited.printed.at(-1)).toMatchObject({ requests: 1 });
  expect(limited.printed.slice(0, -1).every((error) => (error as { soon: boolean }).soon)).toBe(true);
  expect(limited.printed.slice(0, -1)).toEqual(bare.printed.slice(0, -1));
  expect(limited.spans.filter(({ attributes }) => attributes['purser.outcome'] === 'cancelled')).toHaveLength(8);
  expect(limited.spans.filter(({ attributes }) => attributes['purser.queue.wait'] !== undefined)).toHaveLength(8);
});

test("what Google's first SDK sends although its signal was aborted before takes its room of a limit, and is no call that the app has called off", async () => {
  const { printed, spans } = await runPreloaded(
    `
    const send = () => gemini.generateContent('hello', { signal: AbortSignal.abort() }).then(() => 'answered', (e) => e.status);
    print([await send(), await send()]);
    print(await (await globalThis.fetch(base + '/__bill?calls=0')).json());`,
    configOf([{ id: 'once', limit: 1, window: 'day', maxWait: 0 }]),
  );
  expect(printed).toEqual([['answered', 429], expect.objectContaining({ requests: 1 })]);
  expect(spans.map(({ attributes }) => attributes['purser.outcome'])).toEqual(['completed', 'blocked']);
});
