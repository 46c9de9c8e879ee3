// node mistral-conversations.mjs PORT: conversations by Mistral's own client, with its own host name, which leads to the server that is tried here.
import { Mistral } from '@mistralai/mistralai';
import { Agent, setGlobalDispatcher } from 'undici-7';

const [port] = process.argv.slice(2);
const here = (_, options, done) => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4));
setGlobalDispatcher(new Agent({ connect: { lookup: here } }));
const { conversations } = new Mistral({ apiKey: 'local-test-key', serverURL: `http://api.mistral.ai:${port}` }).beta;
const textOf = async (stream) => {
  let text = '';
  for await (const { data } of stream) if (data.type === 'message.output.delta') text += data.content;
  return text;
};
const calls = {
  start: async () => (await conversations.start({ model: 'model-start', inputs: 'hello' })).outputs[0].content,
  stream: async () => textOf(await conversations.startStream({ model: 'model-stream', inputs: 'hello' })),
  append: async () => (await conversations.append({ conversationId: 'conv_1', conversationAppendRequest: { inputs: 'and?' } })).outputs[0].content,
  list: async () => (await conversations.list({})).length,
};
for (const [name, call] of Object.entries(calls)) {
  let line;
  try {
    line = { name, answer: await call() };
  } catch (error) {
    line = { name, error: `${error?.name}: ${error?.message}`.slice(0, 300) };
  }
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
