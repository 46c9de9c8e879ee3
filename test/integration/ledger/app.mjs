// An app that makes so many calls, tells of each that it has the answer of, and ends.
import OpenAI from 'openai';

const [url = '', calls = '1', atOnce = '4'] = process.argv.slice(2);
const openai = new OpenAI({ apiKey: 'local', baseURL: `${url}/v1`, maxRetries: 0 });
let left = Number(calls);
const worker = async () => {
  while (left-- > 0) {
    await openai.chat.completions.create(
      { model: 'gpt-4o-mini', max_tokens: 100, user: `u${left % 3}`, messages: [{ role: 'user', content: 'Say hello.' }] },
      { headers: { 'x-local-in': String(1000 + (left % 7)), 'x-local-cached': '300', 'x-local-out': String(20 + (left % 5)) } },
    );
    process.stdout.write('.');
  }
};
await Promise.all(Array.from({ length: Number(atOnce) }, worker));
