import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { runNode } from '../../support/run-node.ts';
import { CLIENTS } from './client-run.ts';

const preload = ['--import', resolve('dist/register.js')];
const setup = ['--import', `${CLIENTS}/otel-setup.mjs`];

const run = async (
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly traced: Record<string, string>; readonly stdout: string }> => {
  const traced: Record<string, string> = {};
  const server = createServer((req, res) => {
    traced[req.url ?? ''] = ['traceparent', 'baggage'].filter((name) => req.headers[name] !== undefined).join();
    req
      .resume()
      .on('end', () =>
        res.writeHead(200, { 'content-type': 'application/json' }).end('{"model":"gpt-5.4","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}'),
      );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { stdout, stderr, code } = await runNode([...flags, `${CLIENTS}/traced.mjs`, url], {
    env: { PURSER_QUIET: 'true', OTEL_METRICS_EXPORTER: 'none', ...env },
  });
  server.close();
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return { traced, stdout };
};

const WAYS = ['fetch', 'fetchByHand', 'undiciFetch', 'undiciRequest', 'http', 'axios', 'nodeFetch'];
const expected = (toModels: string): Record<string, string> =>
  Object.fromEntries(
    WAYS.flatMap((way) => [
      [`/v1/chat/completions?way=${way}`, toModels],
      [`/v1/orders?way=${way}`, 'traceparent,baggage'],
    ]),
  );

test('bare, the app sends its trace everywhere, so the test can fail', async () => {
  expect((await run([])).traced).toEqual(expected('traceparent,baggage'));
}, 60_000);

test('no trace goes to a model, and every trace goes to other services, whoever was loaded first', async () => {
  const first = await run(preload);
  expect(first.traced).toEqual(expected(''));
  expect((await run([...setup, ...preload])).traced).toEqual(expected(''));
  expect((JSON.parse(first.stdout) as { calls: number }).calls).toBe(WAYS.length);
}, 60_000);

test('the owner may let traces go to models', async () => {
  expect((await run(preload, { PURSER_PROPAGATE_TRACE_HEADERS: 'true' })).traced).toEqual(expected('traceparent,baggage'));
}, 60_000);
