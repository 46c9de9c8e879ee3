// An app that makes the calls of its numbers, so many at once, and tells of each whose answer it has. A call's number is in its tokens, so that
// the provider's bill and the ledger tell of the same call.
import OpenAI from 'openai';

const [url = '', first = '0', calls = '1', atOnce = '8'] = process.argv.slice(2);
const openai = new OpenAI({ apiKey: 'local-test-key', baseURL: `${url}/v1`, maxRetries: 0 });
let next = Number(first);
const end = next + Number(calls);
const worker = async () => {
  while (next < end) {
    const number = next++;
    await openai.chat.completions.create(
      { model: 'gpt-4o-mini', max_tokens: 100, user: `u${number % 1000}`, messages: [{ role: 'user', content: 'Say hello.' }] },
      { headers: { 'x-local-in': String(1000 + number), 'x-local-cached': '300', 'x-local-out': '20' } },
    );
    process.stdout.write(`${number}\n`);
  }
};
await Promise.all(Array.from({ length: Number(atOnce) }, worker));
