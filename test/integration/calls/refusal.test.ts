import { expect, test } from 'vitest';
import { scratchFolder } from '../../support/scratch.ts';
import { runPreloaded } from '../../support/preloaded.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const config = (): string => {
  const file = join(scratchFolder(), 'purser.config.json');
  writeFileSync(file, JSON.stringify({ budgets: [{ id: 'none', unit: 'requests', limit: 1, window: 'day', mode: 'enforce' }] }));
  return file;
};

test('a refusal is the error class of each SDK, status 402 with a code and our error as its cause, sent to nobody and not retried', async () => {
  const { printed, spans } = await runPreloaded(
    `
    await openai.chat.completions.create(chat);
    const facts = (e) => ({ class: e.constructor.name, status: e.status, code: e.code ?? e.error?.error?.code, cause: e.cause?.name, why: e.cause?.code, said: e.cause?.message, isApi: e instanceof OpenAI.APIError || e instanceof Anthropic.APIError });
    for (const run of [
      () => openai.chat.completions.create(chat),
      async () => { for await (const c of await openai.chat.completions.create({ ...chat, stream: true })); },
      () => openai.chat.completions.create(chat).withResponse(),
      () => anthropic.messages.create(message),
      () => anthropic.messages.stream(message).finalMessage(),
      () => genai.models.generateContent({ model: 'gemini-2.5-flash', contents: 'hello' }),
      () => genai.models.generateContentStream({ model: 'gemini-2.5-flash', contents: 'hello' }),
      () => gemini.generateContent('hello'),
      () => gemini.generateContentStream('hello'),
    ]) await Promise.resolve().then(run).then(() => print('passed'), (e) => print(facts(e)));
    print(await (await fetch(base + '/__bill?calls=0')).json());
    `,
    { PURSER_CONFIG: config() },
  );
  const refused = printed.slice(0, 9) as { class: string; status: number; code?: string; cause: string; why: string; said: string; isApi: boolean }[];
  expect(refused.map((error) => error.class)).toEqual([
    'APIError',
    'APIError',
    'APIError',
    'PaymentRequiredError',
    'PaymentRequiredError',
    'ApiError',
    'ApiError',
    'GoogleGenerativeAIFetchError',
    'GoogleGenerativeAIFetchError',
  ]);
  expect(new Set(refused.map((error) => error.status))).toEqual(new Set([402]));
  expect(new Set(refused.map((error) => error.cause))).toEqual(new Set(['PurserError']));
  expect(new Set(refused.map((error) => error.why))).toEqual(new Set(['budget_exhausted']));
  // What the budget of a day had to say, with its unit and its end.
  const said = /^The budget "none" is used up: 1 request of 1 request spent, resets at \S+Z\. This call needs up to 1 request\.$/;
  expect(refused.map((error) => error.said)).toEqual(refused.map(() => expect.stringMatching(said) as unknown));
  expect(refused.slice(0, 5).every((error) => error.isApi)).toBe(true);
  expect(printed.at(-1)).toMatchObject({ requests: 1 });
  expect(spans.map(({ attributes }) => attributes['purser.outcome'])).toEqual(['completed', ...Array.from({ length: 9 }, () => 'blocked')]);
});
