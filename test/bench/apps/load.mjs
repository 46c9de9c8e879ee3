// Makes calls when told to, and tells what they took. Knows nothing of Purser.
import OpenAI from 'openai';

const client = new OpenAI({ apiKey: 'local-test-key', baseURL: `${process.argv[2]}/v1`, maxRetries: 0 });
const messages = [{ role: 'user', content: 'hello' }];
const plain = () => client.chat.completions.create({ model: 'gpt-5.4', messages });
const chunked = { headers: { 'x-local-chunks': '500', 'x-local-batch': '16' } };
const stream = async () => {
  let chunks = 0;
  for await (const chunk of await client.chat.completions.create({ model: 'gpt-5.4', messages, stream: true }, chunked)) chunks += chunk.choices.length;
  return chunks;
};
const KINDS = { plain, stream };

const oneByOne = async (call, count) => {
  const walls = [];
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) {
    const started = performance.now();
    await call();
    walls.push(performance.now() - started);
  }
  const { user, system } = process.cpuUsage(before);
  walls.sort((a, b) => a - b);
  return { medianMs: walls[walls.length >> 1], cpuUs: (user + system) / count };
};

const together = async (call, count, inFlight) => {
  let left = count;
  const started = performance.now();
  const worker = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { perSecond: count / ((performance.now() - started) / 1000) };
};

const memory = () => {
  globalThis.gc?.();
  globalThis.gc?.();
  return { heap: process.memoryUsage().heapUsed };
};

process.on('message', async ({ job, kind, count, inFlight }) => {
  const call = KINDS[kind];
  process.send(job === 'one' ? await oneByOne(call, count) : job === 'together' ? await together(call, count, inFlight) : memory());
});
process.send('ready');
