// node ollama.mjs PORT: Ollama by its own client, with its own host name, which leads to the server that is tried here.
import { Ollama } from 'ollama';
import { Agent, setGlobalDispatcher } from 'undici-7';

const [port] = process.argv.slice(2);
const here = (_, options, done) => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4));
setGlobalDispatcher(new Agent({ connect: { lookup: here } }));
const ollama = new Ollama({ host: `http://ollama.com:${port}` });
const messages = [{ role: 'user', content: 'hello' }];
const joined = async (stream, textOf) => {
  let text = '';
  for await (const part of stream) text += textOf(part);
  return text;
};
const calls = {
  chat: async (model) => (await ollama.chat({ model, messages })).message.content,
  stream: async (model) => joined(await ollama.chat({ model, messages, stream: true }), (part) => part.message.content),
  generate: async (model) => joined(await ollama.generate({ model, prompt: 'hello', stream: true }), (part) => part.response),
  embed: async (model) => (await ollama.embed({ model, input: ['hello'] })).embeddings[0].length,
  none: async (model) => ollama.chat({ model, messages }),
  list: async () => (await ollama.list()).models.length,
};
for (const [name, call] of Object.entries(calls)) {
  let line;
  try {
    line = { name, answer: await call(`model-${name}`) };
  } catch (error) {
    line = { name, answer: `${error?.name}: ${error?.message}`.slice(0, 300) };
  }
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
