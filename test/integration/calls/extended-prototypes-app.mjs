// Extends the prototypes that everything inherits from, as libraries of another time did, and calls a model.
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

for (const { prototype } of [Object, Array, Function, String]) prototype.extendedHere = () => 'extended';

const base = process.env.BASE;
const messages = [{ role: 'user', content: 'hello' }];
await new OpenAI({ apiKey: 'local-test-key', baseURL: `${base}/v1` }).chat.completions.create({ model: 'gpt-5.4', messages });
const stream = await new Anthropic({ apiKey: 'local-test-key', baseURL: base }).messages.create({
  model: 'claude-sonnet-5',
  max_tokens: 64,
  messages,
  stream: true,
});
for await (const event of stream) void event;
const read = async () => (await fetch(`http://127.0.0.1:${process.env.PURSER_PROMETHEUS_PORT}/metrics`)).text();
let page = await read();
for (let times = 0; times < 50 && !/duration_seconds_count\{.* 1$/m.test(page); times++) {
  await new Promise((done) => setTimeout(done, 50));
  page = await read();
}
console.log(page);
