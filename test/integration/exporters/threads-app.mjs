// An app that makes its calls in a worker thread, which ends in the way that the first argument names.
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

// The main thread calls no model itself.
const { default: OpenAI } = isMainThread ? {} : await import('openai');
const base = process.env.BASE;
const here = fileURLToPath(import.meta.url);
const ask = async (apiKey, headers = {}) => {
  const openai = new OpenAI({ apiKey, baseURL: `${base}/v1`, maxRetries: 0 });
  await openai.chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] }, { headers });
};
const forever = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);

const WORK = {
  // Idle workers of a pool wait like this for their next task.
  blocked: () => forever(),
  waited: ({ through }) => {
    Atomics.store(through, 0, 1);
    Atomics.notify(through, 0);
    forever();
  },
  running: () => void ask('local-test-key', { 'x-local-latency': '60000' }),
  key: () => ask('qzthread7secret0of9nobody', { 'x-local-status': '401', 'x-local-echo': '1' }).catch(() => undefined),
  own: () => process.exit(),
  nested: () => new Promise((resolve) => new Worker(here, { workerData: { how: 'blocked' } }).on('message', resolve)),
};

if (isMainThread) {
  const how = process.argv[2];
  const through = new Int32Array(new SharedArrayBuffer(4));
  const more = { own: { OTEL_SERVICE_NAME: 'another' }, numbered: { POOL_WORKER_ID: '1' } }[how];
  const worker = new Worker(here, { workerData: { how, through }, ...(more === undefined ? {} : { env: { ...process.env, ...more } }) });
  if (how === 'waited') {
    await new Promise((made) => setImmediate(made));
    Atomics.wait(through, 0, 0, 30_000);
  } else await new Promise((resolve) => worker.on('message', resolve));
  if (how === 'running') await new Promise((sent) => setTimeout(sent, 200));
  if (how === 'running' || how === 'numbered') await worker.terminate();
  if (how === 'again') {
    const next = new Worker(here, { workerData: { how, through } });
    await new Promise((resolve) => next.on('message', resolve));
    await next.terminate();
  }
  if (how === 'page') {
    const read = async () => (await fetch(`http://127.0.0.1:${process.env.PURSER_PROMETHEUS_PORT}/metrics`)).text();
    // A new series is served as 0 at first.
    await read();
    console.log(await read());
  }
  if (how === 'own') await new Promise((ended) => worker.on('exit', ended));
  process.exit(7);
} else {
  await ask('local-test-key');
  await ask('local-test-key');
  // Told in the same turn, as a pool's task may be.
  if (workerData.how !== 'running' && workerData.how !== 'key' && workerData.how !== 'nested') parentPort.postMessage('done', []);
  await WORK[workerData.how]?.(workerData);
  parentPort.postMessage('done', []);
  await new Promise((over) => setTimeout(over, 60_000));
}
