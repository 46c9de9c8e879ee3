// An app that closes in its own time when it is told to end: it answers what runs, makes further calls, and leaves. How it listens, its first argument names.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const [what, path] = process.argv.slice(2);
let openai;
// The SDK, and with it all that ends a process well, is loaded when the first call is due: some listen before that.
const load = async () => {
  const { default: OpenAI } = await import('openai');
  openai = new OpenAI({ apiKey: 'local-test-key', baseURL: `${process.env.BASE}/v1`, maxRetries: 0 });
};
const chat = { model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] };
const ask = (latency = 0) => openai.chat.completions.create(chat, { headers: { 'x-local-latency': String(latency) } });

let alive = setInterval(() => {}, 1000);
let running;
/** Two calls that begin when the process is to end already, and one that runs. */
const close = async () => {
  console.log('closing');
  await Promise.all([running, ask()]);
  await ask();
  clearInterval(alive);
  console.log('closed');
};
const start = async () => {
  await load();
  await ask();
  running = ask(300);
};
const leave = () => close().then(() => process.exit(0));

const ways = {
  async onceBefore() {
    process.once('SIGTERM', leave);
    await start();
  },
  async oncePrepended() {
    await start();
    process.prependOnceListener('SIGTERM', leave);
  },
  async offBefore() {
    const end = async () => {
      process.off('SIGTERM', end);
      await close();
      process.kill(process.pid, 'SIGTERM');
    };
    process.on('SIGTERM', end);
    await start();
  },
  async onceAfter() {
    await start();
    process.once('SIGINT', leave);
  },
  async emptyLoop() {
    process.once('SIGTERM', async () => {
      await close();
      process.exitCode = 4;
    });
    await start();
  },
  async twice() {
    await start();
    process.on('SIGTERM', () => console.log('not yet'));
    process.once('SIGTERM', () => void leave().finally(() => undefined));
    process.once('SIGTERM', () => void sleep(50).then(() => process.kill(process.pid, 'SIGTERM')));
  },
  // Listens only to tidy up, and leaves the signal to others where there are any.
  async deferring() {
    const required = createRequire(import.meta.url)(path);
    (required.onExit ?? required)((code, signal) => {
      console.log('tidied up', code, signal);
    });
    await start();
  },
  // Makes calls on and on, and says nothing of signals.
  async none() {
    await start();
    for (let made = 0; made < 20; made++) setTimeout(() => ask(600).catch(() => {}), 100 + made * 10);
  },
  // Nothing holds the process, but whoever does it for longer lets the timer begin a call.
  async polling() {
    await load();
    await ask();
    clearInterval(alive);
    alive = setInterval(() => ask().catch(() => {}), 100).unref();
  },
};

await ways[what]();
console.log('ready');
