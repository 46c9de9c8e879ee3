// node cohere.mjs PORT: Cohere by its own client, with its own host name, which leads to the server that is tried here.
import { CohereClientV2 } from 'cohere-ai';
import { Agent, setGlobalDispatcher } from 'undici-7';

const [port] = process.argv.slice(2);
const here = (_, options, done) => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4));
setGlobalDispatcher(new Agent({ connect: { lookup: here } }));
const cohere = new CohereClientV2({ token: 'local-test-key', environment: `http://api.cohere.com:${port}`, maxRetries: 0 });
const messages = [{ role: 'user', content: 'hello' }];
const calls = {
  chat: async (model) => (await cohere.chat({ model, messages })).message.content[0].text,
  stream: async (model) => {
    let text = '';
    for await (const event of await cohere.chatStream({ model, messages })) if (event.type === 'content-delta') text += event.delta.message.content.text;
    return text;
  },
  embed: async (model) => (await cohere.embed({ model, texts: ['hello'], inputType: 'search_query', embeddingTypes: ['float'] })).embeddings.float[0].length,
};
for (const [name, call] of Object.entries(calls)) {
  let line;
  try {
    line = { name, answer: await call(`model-${name}`) };
  } catch (error) {
    line = { name, error: `${error?.name}: ${error?.message}`.slice(0, 300) };
  }
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
