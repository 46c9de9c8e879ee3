// One service: its processes and threads, each of which makes the calls of its own plan; it ends when they have.
import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

const [, , ...args] = process.argv;
const members = JSON.parse(args[0]);
const APP = fileURLToPath(new URL('../reconcile/app.mjs', import.meta.url));
const ended = (child) => new Promise((resolve) => void child.once('exit', (code, signal) => resolve(signal ?? code)));

const start = ({ form, files }) => {
  if (form === 'thread') {
    const worker = new Worker(APP, { argv: files });
    // What it throws is in how it ends.
    worker.on('error', () => {});
    return ended(worker);
  }
  if (form === 'fork') return ended(fork(APP, files));
  cluster.setupPrimary({ exec: APP, args: files });
  return ended(cluster.fork());
};

const main = members.find(({ form }) => form === 'main');
const others = members.filter((one) => one !== main).map(start);
if (main === undefined) console.log(JSON.stringify({ codes: await Promise.all(others) }));
else {
  // A process that leaves takes its threads with it.
  globalThis.beforeLeaving = async () => console.log(JSON.stringify({ codes: await Promise.all(others) }));
  process.argv.splice(2, 1, ...main.files);
  await import('../reconcile/app.mjs');
}
