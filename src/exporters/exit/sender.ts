// Run by itself, as a thread beside an app in the middle of process.exit(): posts what it was given and says when it is over.
import type { ExitJob, ExitWork } from './exit-job.ts';

const post = (job: ExitJob): Promise<boolean> =>
  new Promise((resolve) => {
    // Only what the address needs is loaded: the app waits for it.
    const { request } = process.getBuiltinModule(job.url.startsWith('https:') ? 'node:https' : 'node:http');
    const headers = { ...job.headers, 'content-length': String(job.body.byteLength) };
    const sent = request(job.url, { method: 'POST', headers, timeout: job.timeoutMs, agent: false, ...job.tls }, (response) => {
      response.resume();
      response.on('close', () => resolve((response.statusCode ?? 0) < 300));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
    sent.end(job.body);
  });

const call = (job: ExitJob): Promise<boolean> =>
  new Promise((resolve) => {
    const session = process.getBuiltinModule('node:http2').connect(new URL(job.url).origin, { ...job.tls });
    session.on('error', () => resolve(false));
    const stream = session.request({ ...job.headers });
    let status: unknown;
    stream.on('response', (headers) => (status = headers['grpc-status']));
    stream.on('trailers', (trailers) => (status = trailers['grpc-status']));
    stream.on('error', () => resolve(false));
    stream.on('close', () => resolve(status === '0' || status === 0));
    stream.setTimeout(job.timeoutMs, () => stream.destroy());
    stream.resume();
    stream.end(job.body);
  });

const { jobs, state } = process.getBuiltinModule('node:worker_threads').workerData as ExitWork;
const over = (results: readonly boolean[]): void => {
  Atomics.store(state, 1, results.filter((arrived) => !arrived).length);
  Atomics.store(state, 0, 1);
  Atomics.notify(state, 0);
};
const failed = jobs.map(() => false);
void Promise.all(jobs.map((job) => (job.grpc ? call(job) : post(job)).catch(() => false))).then(over, () => over(failed));
