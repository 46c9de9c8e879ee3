// Somebody's own tests, with timers of their own in the place of the platform's, of code that calls a model.
import OpenAI from 'openai';
import { afterEach, expect, test, vi } from 'vitest';

const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-5.4',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
};
const chunk = (choice, more = {}) =>
  `data: ${JSON.stringify({ ...answer, object: 'chat.completion.chunk', usage: undefined, choices: [choice], ...more })}\n\n`;
const stream = `${chunk({ index: 0, delta: { content: 'hi' } })}${chunk({ index: 0, delta: {}, finish_reason: 'stop' }, { usage: answer.usage })}data: [DONE]\n\n`;
const fetch = async (_url, { body }) =>
  JSON.parse(body).stream === true ? new Response(stream, { headers: { 'content-type': 'text/event-stream' } }) : Response.json(answer);
const client = new OpenAI({ apiKey: 'local-test-key', baseURL: 'http://model.test/v1', fetch });
const ask = (more = {}) => client.chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }], ...more });

const allOf = (events) => Array.fromAsync(events);

afterEach(() => void vi.useRealTimers());

test('no timer is armed that the tests have not armed, and all that are can be run', async () => {
  vi.useFakeTimers({ now: 0 });
  await ask();
  expect((await ask({ stream: true }).then(allOf)).length).toBe(2);
  expect(vi.getTimerCount()).toBe(0);
  vi.runAllTimers();
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(vi.getTimerCount()).toBe(0);
});

test('what came before is told all the same', async () => {
  expect((await ask()).id).toBe('chatcmpl-1');
});
