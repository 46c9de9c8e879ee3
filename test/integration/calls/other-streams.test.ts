import { expect, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';

/** A fetch whose answers have bodies of another implementation of streams, as Remix gives its apps one. */
const APP = `
import { ReadableStream as OtherStream } from 'web-streams-polyfill/dist/ponyfill.mjs';
class OtherResponse {
  #answer;
  #body;
  constructor(answer, body) {
    this.#answer = answer;
    this.#body = body;
  }
  get status() { return this.#answer.status; }
  get ok() { return this.#answer.ok; }
  get url() { return this.#answer.url; }
  get headers() { return this.#answer.headers; }
  get body() { return this.#body; }
}
const otherFetch = async (url, init) => {
  const answer = await fetch(url, init);
  const reader = answer.body.getReader();
  const body = new OtherStream({ pull: async (controller) => {
    const { done, value } = await reader.read();
    if (done) controller.close();
    else controller.enqueue(value);
  } });
  return new OtherResponse(answer, body);
};
const other = new openai.constructor({ apiKey: key, baseURL: base + '/v1', fetch: otherFetch });
const asked = { ...chat, stream: true, stream_options: { include_usage: true } };
const textOf = async (stream) => {
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
  return text;
};
const bytesOf = async (body) => {
  const reader = body.getReader();
  for (let bytes = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes += value.length;
  }
};
print((await textOf(await other.chat.completions.create(asked))).length > 0);
const { body } = await other.chat.completions.create(asked).asResponse();
print(body instanceof ReadableStream || (await bytesOf(body)) > 0);
const { body: split } = await other.chat.completions.create(asked).asResponse();
const parts = split.tee();
print(parts.map((part) => part.constructor === split.constructor));
const [first, second] = await Promise.all(parts.map(bytesOf));
print(first === second && first > 0);`;

test('a stream of another implementation is followed as the platform’s own, by a reader, as the OpenAI SDK reads it, and in parts', async () => {
  const { spans, printed, stderr } = await runPreloaded(APP);
  expect(stderr).toBe('');
  expect(printed).toEqual([true, true, [true, true], true]);
  expect(spans.map(({ attributes }) => [attributes['purser.outcome'], attributes['gen_ai.usage.output_tokens']])).toEqual([
    ['completed', 8],
    ['completed', 8],
    ['completed', 8],
  ]);
});
