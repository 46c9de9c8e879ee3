// An app in several processes or threads; every member makes one call.
import { fork, spawn } from 'node:child_process';
import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker } from 'node:worker_threads';
import OpenAI from 'openai';

const what = process.env.WHAT ?? process.argv[2];
const here = fileURLToPath(import.meta.url);
const ask = async () => {
  const openai = new OpenAI({ apiKey: 'local-test-key', baseURL: `${process.env.BASE}/v1`, maxRetries: 0 });
  await openai.chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] });
};
const ended = (child) => new Promise((resolve) => child.once('exit', (code) => resolve(code)));

if (process.env.MEMBER === '1' || !isMainThread || cluster.isWorker) {
  await ask();
  cluster.worker?.disconnect();
} else {
  await ask();
  const env = { ...process.env, MEMBER: '1' };
  const codes = [];
  if (what === 'threads') codes.push(...(await Promise.all([1, 2].map(() => ended(new Worker(here))))));
  if (what === 'cluster') codes.push(...(await Promise.all([1, 2].map(() => ended(cluster.fork())))));
  if (what === 'fork') codes.push(await ended(fork(here, { env })));
  if (what === 'spawn') codes.push(await ended(spawn(process.execPath, [here], { env, stdio: 'inherit' })));
  console.log('codes', codes.join(' '));
}
