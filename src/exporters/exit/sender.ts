// Run by itself, as a thread beside an app in the middle of process.exit(): posts what it was given and says when it is over.
import { answerAtExit, type WorkAtExit } from '../../base/ask-at-exit.ts';
import type { ExitJob } from './exit-job.ts';

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

const given = process.getBuiltinModule('node:worker_threads').workerData as WorkAtExit<readonly ExitJob[]>;
void Promise.all(given.work.map((job) => (job.grpc ? call(job) : post(job)).catch(() => false))).then(
  (arrived) => answerAtExit(given, !arrived.includes(false)),
  () => answerAtExit(given, false),
);
