import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compiledOnce } from '../../support/compiled-once.ts';
import { startGrpcFront } from '../../support/grpc-front.ts';
import { OtlpReceiver } from '../../support/otlp-receiver.ts';
import { jsonLines } from '../../support/json-lines.ts';

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

const NODE = join(import.meta.dirname, '../../../node_modules/.bin/node');

const run = (file: string, ...args: readonly string[]): Promise<Run> =>
  new Promise((resolve) => {
    const began = performance.now();
    const child = spawn(NODE, [join(import.meta.dirname, file), ...args], { env: compiledOnce(), stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('close', (code) => resolve({ code, out, err, ms: performance.now() - began }));
  });

const exitMs = (err: string): number => Number(/\{"exitMs":(\d+)\}/.exec(err)?.[1]);

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await OtlpReceiver.start();
});
afterEach(() => receiver.close());

describe('an app that ends', () => {
  test('by process.exit() in the middle loses no span, no metric, and keeps its exit code', async () => {
    const { code, out, err } = await run('app.ts', 'exit', receiver.url, '700');
    expect({ code, out }).toEqual({ code: 7, out: '' });
    expect(receiver.spans).toHaveLength(700);
    expect(receiver.latest('purser.calls')).toMatchObject([{ value: 700 }]);
    expect(exitMs(err)).toBeLessThan(2000);
  });

  test('by process.exit() hands all over to a receiver that speaks gRPC too', async () => {
    const front = await startGrpcFront(receiver.url);
    const { code } = await run('app.ts', 'exit', front.url, '20', 'grpc');
    front.close();
    expect(code).toBe(7);
    expect(receiver.spans).toHaveLength(20);
    expect(receiver.latest('purser.calls')).toMatchObject([{ value: 20 }]);
  });

  test('by an error that nobody caught loses no span either', async () => {
    const { code, err } = await run('app.ts', 'throw', receiver.url, '3');
    expect(code).toBe(1);
    expect(err).toContain('the app fails');
    expect(receiver.spans).toHaveLength(3);
  });

  test('by itself is not held up by what waits to be sent', async () => {
    const { code } = await run('app.ts', 'end', receiver.url, '2');
    expect(code).toBe(0);
    expect(receiver.spans).toHaveLength(2);
  });

  test('while an export is out that nobody answers sends no span twice, and counts no call twice', async () => {
    receiver.misbehave({ status: 200, delayMs: 60_000 });
    const { code } = await run('app.ts', 'exit-in-flight', receiver.url, '5');
    expect(code).toBe(7);
    const ids = receiver.spans.map((span) => span.spanId);
    expect(ids).toHaveLength(new Set(ids).size);
    expect(ids).toHaveLength(5);
    const counted = receiver.points.filter(({ metric }) => metric === 'purser.calls').map(({ value }) => value);
    expect(counted.reduce((sum, value) => sum + value, 0)).toBe(5);
  });

  test('waits no longer than its bound when the receiver is gone', async () => {
    receiver.misbehave({ status: 200, delayMs: 60_000 });
    const { code, err } = await run('app.ts', 'exit', receiver.url, '1');
    expect(code).toBe(7);
    expect(exitMs(err)).toBeLessThan(3000);
  });
});

test('the primary of a cluster serves the sum over its workers, which open no port, and itself', async () => {
  const { out, err } = await run('cluster.ts');
  expect(err.trim().split('\n')).toEqual(['port undefined', 'port undefined']);
  const values = (name: string): readonly (readonly [boolean, number])[] =>
    out
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`))
      .map((line) => [line.includes('purser_tenant="of the \\"primary\\""'), Number(line.split(' ').at(-1))]);
  const duration = 'gen_ai_client_inference_duration_seconds';
  for (const name of ['purser_calls_total', `${duration}_count`])
    expect(values(name)).toEqual([
      [false, 7],
      [true, 1],
    ]);
  const infinite = values(`${duration}_bucket`).filter((_, at, all) => (at + 1) % (all.length / 2) === 0);
  expect(infinite).toEqual([
    [false, 7],
    [true, 1],
  ]);
  expect(out.match(/^# TYPE purser_calls_total /gm)).toHaveLength(1);
  expect(out.match(/^purser_calls_total\{.*shop="north"/gm)).toHaveLength(2);
});

test('what a worker has counted stays on the page when it ends, however it ends, and one that is blocked is shown as it was', async () => {
  const { out, err } = await run('cluster-ends.ts');
  expect(jsonLines(out)).toEqual([
    { what: 'three workers, a call each, and one that runs', calls: 3, count: 3, inFlight: 3, seconds: 0 },
    { what: 'three workers, a call each, and one that runs', calls: 3, count: 3, inFlight: 3, seconds: 0 },
    { what: 'one ended by process.exit() after two calls more', calls: 5, count: 5, inFlight: 2, seconds: 0 },
    { what: 'one was killed', calls: 5, count: 5, inFlight: 1, seconds: 0 },
    { what: 'the last one left', calls: 5, count: 5, inFlight: null, seconds: 0 },
    { what: 'a new one', calls: 6, count: 6, inFlight: 1, seconds: 0 },
    { what: 'it is blocked', calls: 6, count: 6, inFlight: 1, seconds: 2 },
    { what: 'it is blocked', calls: 6, count: 6, inFlight: 1, seconds: 2 },
  ]);
  expect(err).toContain('1 of 1 workers did not tell their metrics within 2 s: what they told last is shown');
});
