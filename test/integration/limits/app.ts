/** An app that makes calls when it is told to, all at once, and tells what became of them. */
import { once } from 'node:events';
import OpenAI from 'openai';

const { BASE, KEY = 'local-test-key', CALLS = '1', LATENCY = '0', APP_USER } = process.env;
const client = new OpenAI({ apiKey: KEY, baseURL: `${BASE}/v1`, maxRetries: 0 });
const content = `hello [[local latency=${LATENCY}]]`;

const call = async (number: number): Promise<string> => {
  const began = performance.now();
  try {
    await client.chat.completions.create({
      model: 'gpt-5.4',
      messages: [{ role: 'user', content: `${content} ${number}` }],
      ...(APP_USER === undefined ? {} : { user: APP_USER }),
    });
    return `done ${Math.round(performance.now() - began)}`;
  } catch (error) {
    return error instanceof Error ? `${error.name} ${error.message}` : String(error);
  }
};

// A first call of another model, so that what is loaded and connected with it holds up none of those that count.
await client.chat.completions.create({ model: 'gpt-5.4-mini', messages: [{ role: 'user', content: 'hello' }] });
process.stdout.write('ready\n');
await once(process.stdin, 'data');
process.stdin.pause();
const results = await Promise.all(Array.from({ length: Number(CALLS) }, (_, number) => call(number)));
process.stdout.write(`${JSON.stringify(results)}\n`);
