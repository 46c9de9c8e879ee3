// An app that ends, or goes on, in the way that its first argument names.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';

const [what = 'return'] = process.argv.slice(2);
const openai = new OpenAI({ apiKey: 'local-test-key', baseURL: `${process.env.BASE}/v1`, maxRetries: 0 });
const chat = { model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] };
const ask = () => openai.chat.completions.create(chat);
const slow = { headers: { 'x-local-interval': '50', 'x-local-chunks': '200' } };

const openStream = async () => {
  const stream = await openai.chat.completions.create({ ...chat, stream: true }, slow);
  const chunks = stream[Symbol.asyncIterator]();
  await chunks.next();
  await chunks.next();
  return chunks;
};

const serve = async () => {
  const server = createServer((_, response) => response.end('hi'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};

const ways = {
  return: async () => void (await ask()),
  async exit() {
    await openStream();
    console.log('leaving');
    process.exit(3);
  },
  async throw() {
    await ask();
    setTimeout(() => {
      throw new Error('the app fails');
    }, 1);
  },
  async reject() {
    await ask();
    void Promise.reject(new Error('nobody cares'));
  },
  async caught() {
    process.on('uncaughtException', (error) => console.log('caught', error.message));
    await ask();
    setTimeout(() => {
      throw new Error('the app fails');
    }, 1);
  },
  async beforeExit() {
    await ask();
    process.once('beforeExit', async () => {
      await ask();
      console.log('once more');
    });
    process.on('exit', (code) => console.log('exit', code));
  },
  async endsOnce() {
    await ask();
    let ended = false;
    process.on('beforeExit', () => {
      if (ended) throw new Error('the pool was ended already');
      ended = true;
      console.log('ending the pool');
    });
  },
  async serve() {
    await serve();
    await ask();
    await openStream();
    console.log('ready');
  },
  async handle() {
    const server = await serve();
    await ask();
    for (const signal of ['SIGTERM', 'SIGINT']) {
      process.on(signal, () => {
        console.log('closing');
        server.close(() => process.exit(0));
      });
    }
    console.log('ready');
  },
  async ignore() {
    const server = await serve();
    process.on('SIGTERM', () => console.log('not yet'));
    await ask();
    console.log('ready');
    await sleep(600);
    server.close();
  },
};

await ways[what]();
