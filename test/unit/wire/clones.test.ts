import { expect, test } from 'vitest';
import { watchWire } from './watch-wire.ts';

const USAGE = '"usage":{"prompt_tokens":3,"completion_tokens":4}';
const ANSWER = [`{"id":"c","choices":[],`, `${USAGE}}`];
const EVENTS = ['{"id":"c","choices":[{"delta":{"content":"once"}}]}', `{"choices":[],${USAGE}}`, '[DONE]'].map((data) => `data: ${data}\n\n`);

const streamOf = (pieces: readonly string[]): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new ReadableStream({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });

const textOf = async (body: ReadableStream<Uint8Array> | null): Promise<string> => {
  let text = '';
  for await (const piece of body ?? []) text += Buffer.from(piece).toString();
  return text;
};

test.each([
  ['an answer', 'application/json', ANSWER],
  ['a stream', 'text/event-stream', EVENTS],
])('%s that is cloned after somebody looked at its body is read once', async (_, type, pieces) => {
  const body = streamOf(pieces);
  const wire = watchWire({ captureContent: true, original: () => Promise.resolve(new Response(body, { headers: { 'content-type': type } })) });
  const response = await wire.fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', body: '{"model":"gpt-5.4","messages":[]}' });
  expect(response.body).not.toBeNull();
  const clone = response.clone();
  expect(await Promise.all([textOf(clone.body), textOf(response.body)])).toEqual([pieces.join(''), pieces.join('')]);
  expect(wire.seen.map(({ outcome }) => outcome)).toMatchObject([{ kind: 'completed', usage: { buckets: { input: 3, output: 4 } } }]);
  expect(JSON.stringify(wire.seen[0]?.outcome.response.content)).not.toContain('onceonce');
});
