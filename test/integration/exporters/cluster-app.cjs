// Two workers make calls and end by themselves, one by process.exit() and one by a signal, right after calls that no scrape has seen.
const cluster = require('node:cluster');
const events = require('node:events');
const { createServer } = require('node:http');
const OpenAI = require('openai');

const [, , base, port] = process.argv;
const make = (count) => {
  const client = new OpenAI({ apiKey: 'local-test-key', baseURL: `${base}/v1` });
  return Promise.all(Array.from({ length: count }, () => client.chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] })));
};

const calls = async () => {
  const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = page.split('\n').filter((line) => line.startsWith('purser_calls_total{'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
};

const primary = async () => {
  const workers = [cluster.fork(), cluster.fork()];
  await Promise.all(workers.map((worker) => events.once(worker, 'message')));
  // A new series is 0 at its first scrape, and what has ended is told a moment later.
  const seen = [];
  for (const from = Date.now(); seen.at(-1) !== 4 && Date.now() - from < 10_000;) seen.push(await calls());
  for (const [at, how] of ['exit', 'signal'].entries()) {
    workers[at].send(how);
    await events.once(workers[at], 'disconnect');
    seen.push(await calls());
  }
  console.log(JSON.stringify(seen.slice(-3)));
};

const worker = async () => {
  createServer().listen(0);
  process.on('message', async (how) => {
    if (how !== 'exit' && how !== 'signal') return;
    await make(how === 'exit' ? 3 : 5);
    if (how === 'exit') process.exit();
    process.kill(process.pid, 'SIGTERM');
  });
  await make(2);
  process.send('ready');
};

void (cluster.isPrimary ? primary() : worker());
