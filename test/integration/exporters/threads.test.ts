import { resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compiledOnce } from '../../support/compiled-once.ts';
import { freePort } from '../../support/free-port.ts';
import { startLocalProvider, type LocalProvider } from '../../support/local-provider/start.ts';
import { OtlpReceiver } from '../../support/otlp-receiver.ts';
import { runNode, type Ran } from '../../support/run-node.ts';

let provider: LocalProvider;
let receiver: OtlpReceiver;
beforeEach(async () => {
  [provider, receiver] = await Promise.all([startLocalProvider(), OtlpReceiver.start()]);
});
afterEach(async () => {
  await Promise.all([provider.close(), receiver.close()]);
});

const run = async (how: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> => {
  const { NODE_OPTIONS: _, ...inherited } = compiledOnce();
  return runNode(['--import', resolve('dist/register.js'), 'test/integration/exporters/threads-app.mjs', how], {
    env: { ...(inherited as Record<string, string>), BASE: provider.url, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env },
  });
};

/** How many calls are told of by spans, counted, and said to run still, and by how many instances. */
const told = () => {
  const sum = (metric: string): number => receiver.latest(metric).reduce((all, { value }) => all + value, 0);
  const instances = new Set(receiver.points.map(({ resource }) => resource['service.instance.id'])).size;
  return {
    spans: receiver.spans.length,
    calls: sum('purser.calls'),
    inFlight: sum('purser.calls.in_flight'),
    lost: sum('purser.telemetry.dropped'),
    instances,
  };
};

const ENDS: readonly (readonly [how: string, what: string])[] = [
  ['numbered', 'has an environment of its own that says nothing to us, and is terminated as soon as it says that it is through'],
  ['blocked', 'waits for more to do and runs no event loop when its process exits'],
  ['waited', 'is waited for by a main thread that runs no event loop, and then exits'],
];

test.each(ENDS)('%s: of a worker thread that %s nothing is lost', async (how) => {
  const { code, stdout, stderr } = await run(how);
  expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: '', stderr: '' });
  expect(told()).toEqual({ spans: 2, calls: 2, inFlight: 0, lost: 0, instances: 1 });
});

test('a thread that is made after others have told something hands over too, in whatever order it lists the secrets of the environment', async () => {
  await run('again', {
    A_API_KEY: 'qzfirst7secret',
    B_API_KEY: 'qzsecond7secret',
    C_TOKEN: 'qzthird7secret',
    D_SECRET: 'qzfourth7secret',
    E_TOKEN: 'qzthird7secret',
  });
  expect(told()).toEqual({ spans: 4, calls: 4, inFlight: 0, lost: 0, instances: 1 });
});

test('a thread that another thread made is told of by the main thread too', async () => {
  await run('nested');
  expect(told()).toEqual({ spans: 4, calls: 4, inFlight: 0, lost: 0, instances: 1 });
});

test('a call that runs in a thread which is terminated is counted as lost, and runs no more', async () => {
  await run('running');
  expect(told()).toEqual({ spans: 2, calls: 2, inFlight: 0, lost: 1, instances: 1 });
  expect(receiver.latest('purser.telemetry.dropped')).toMatchObject([{ attributes: { 'purser.signal': 'traces', 'purser.reason': 'thread_ended' } }]);
});

test('a key that a thread learnt leaves by no way', async () => {
  await run('key');
  expect(told()).toMatchObject({ spans: 3, calls: 3 });
  expect(receiver.spans.filter(({ status }) => status.code === 'error')).toHaveLength(1);
  expect(Buffer.concat(receiver.requests.map(({ bytes }) => bytes)).includes('qzthread7secret')).toBe(false);
});

test('the page of metrics counts the calls of threads', async () => {
  const { stdout } = await run('page', { PURSER_PROMETHEUS_PORT: String(await freePort()), OTEL_METRICS_EXPORTER: 'none' });
  expect(/^purser_calls_total\{.*\} (\d+)$/m.exec(stdout)?.[1]).toBe('2');
});

test('a thread with an environment of its own sends by itself', async () => {
  await run('own');
  expect(told()).toMatchObject({ spans: 2, calls: 2, inFlight: 0, lost: 0 });
  expect(new Set(receiver.spans.map(({ resource }) => resource['service.name']))).toEqual(new Set(['another']));
});
