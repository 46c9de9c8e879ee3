// A handler as AWS Lambda runs it: one line in is one invocation, and the process is frozen once it has answered.
import { createInterface } from 'node:readline';
import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: 'local-test-key', baseURL: `${process.env.BASE}/v1`, maxRetries: 0 });
const purser = process.env.PURSER === undefined ? undefined : await import(process.env.PURSER);
let invocations = 0;
for await (const _ of createInterface({ input: process.stdin })) {
  await openai.chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] });
  await purser?.flush();
  invocations += 1;
  console.log(`answer ${invocations}`);
}
