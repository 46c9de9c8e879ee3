import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resetDiag } from '../../../src/base/diag.ts';
import { createLiveRedactor } from '../../../src/runtime/live-redactor.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { ExportPort } from '../../../src/call/export.ts';
import { createExporters } from '../../../src/exporters/create-exporters.ts';
import type { ExporterSettings, OtlpSettings } from '../../../src/exporters/exporter-settings.ts';
import { PLAIN_BATCH, PLAIN_PUSH } from '../../support/plain-export.ts';
import { RecordCleaner } from '../../../src/telemetry/clean-records.ts';
import type { Telemetry } from '../../../src/telemetry/telemetry-settings.ts';
import { startGrpcFront, type GrpcFront } from '../../support/grpc-front.ts';
import { OtlpReceiver } from '../../support/otlp-receiver.ts';
import { chatCall, completed, failed, maskingRedactor, memoryTelemetry, NOON, responseOf } from '../telemetry/samples.ts';

let receiver: OtlpReceiver;
let exporters: ExportPort | undefined;

beforeEach(async () => {
  resetDiag();
  receiver = await OtlpReceiver.start();
});
afterEach(async () => {
  await exporters?.shutdown(100);
  exporters = undefined;
  front?.close();
  front = undefined;
  await receiver.close();
});

const target = (signal: string, more: Partial<OtlpSettings> = {}): OtlpSettings => ({
  url: `${receiver.url}/v1/${signal}`,
  protocol: 'http/protobuf',
  headers: {},
  timeoutMs: 2000,
  compression: 'none',
  ...more,
});

let front: GrpcFront | undefined;
const overGrpc = async (more: Partial<OtlpSettings> = {}): Promise<ExporterSettings['otlp']> => {
  front = await startGrpcFront(receiver.url);
  const method = (service: string) => ({
    ...target(''),
    ...more,
    protocol: 'grpc' as const,
    url: `${front?.url}/opentelemetry.proto.collector.${service}/Export`,
  });
  return { traces: method('trace.v1.TraceService'), metrics: method('metrics.v1.MetricsService'), logs: method('logs.v1.LogsService') };
};

const start = (
  more: Partial<ExporterSettings> = {},
  otlp: Partial<OtlpSettings> = {},
  content: 'none' | 'both' = 'none',
  redactor = maskingRedactor('hunter2'),
): { telemetry: Telemetry; exporter: ExportPort } => {
  const exporter = createExporters({
    version: '1.2.3',
    resource: { 'service.name': 'shop', 'deployment.environment.name': 'production', secret: 'is hunter2' },
    cleaner: new RecordCleaner(maskingRedactor('hunter2')),
    clock: systemClock,
    otlp: { traces: target('traces', otlp), metrics: target('metrics', otlp), logs: target('logs', otlp) },
    batch: { traces: PLAIN_BATCH, logs: PLAIN_BATCH },
    push: PLAIN_PUSH,
    ...more,
  });
  exporters = exporter;
  const { telemetry } = memoryTelemetry({ exporter, clock: systemClock, content, redactor });
  return { telemetry, exporter };
};

const content = {
  inputMessages: [
    {
      role: 'user',
      parts: [
        { type: 'text', content: 'my word is hunter2' },
        { type: 'other', n: 1.5, list: [true, null] },
      ],
    },
  ],
};

describe.each([
  ['http/protobuf', 'none'],
  ['http/protobuf', 'gzip'],
  ['http/json', 'none'],
  ['http/json', 'gzip'],
  ['grpc', 'none'],
  ['grpc', 'gzip'],
] as const)('over %s with compression %s', (protocol, compression) => {
  test('spans, metrics and logs arrive whole and clean', async () => {
    const more: Partial<OtlpSettings> = { protocol, compression, headers: { 'x-tenant': 'a' } };
    const { telemetry } = start(protocol === 'grpc' ? { otlp: await overGrpc(more) } : {}, more, 'both');
    telemetry
      .start(chatCall({ labels: { feature: 'hunter2', tags: { password: 'p4ss' } } }))
      .end(completed({ response: responseOf({ content }), durationMs: 812.5 }), {});
    telemetry.start(chatCall()).end(failed('the key hunter2 is wrong'), {});
    await telemetry.flush(5000);

    expect(receiver.bytes.includes('hunter2')).toBe(false);
    expect(receiver.bytes.includes('p4ss')).toBe(false);
    const [first, second] = receiver.spans;
    expect(first).toMatchObject({
      name: 'chat gpt-5-mini',
      kind: 'client',
      startMs: NOON,
      durationMs: 812.5,
      status: { code: 'unset', message: undefined },
      resource: { 'service.name': 'shop', 'deployment.environment.name': 'production', secret: 'is [REDACTED]' },
      scope: { name: 'purser', version: '1.2.3' },
    });
    expect(first?.attributes).toMatchObject({
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.cost.amount': 0.015,
      'gen_ai.response.finish_reasons': ['stop'],
      'purser.feature': '[REDACTED]',
      'purser.tag.password': '[REDACTED:key]',
      'gen_ai.input.messages': [
        {
          role: 'user',
          parts: [
            { type: 'text', content: 'my word is [REDACTED]' },
            { type: 'other', n: 1.5, list: [true, undefined] },
          ],
        },
      ],
    });
    expect(second).toMatchObject({ status: { code: 'error', message: 'the key [REDACTED] is wrong' }, attributes: { 'error.type': '429' } });
    expect(receiver.logs.map((log) => [log.eventName, log.severityText])).toEqual([
      ['gen_ai.client.inference.operation.details', 'DEBUG'],
      ['gen_ai.client.operation.exception', 'WARN'],
    ]);
    expect(receiver.logs[1]).toMatchObject({ traceId: second?.traceId, spanId: second?.spanId });
    const duration = receiver.latest('gen_ai.client.inference.duration').find((point) => point.attributes['error.type'] === undefined);
    expect(duration).toMatchObject({ kind: 'histogram', temporality: 'cumulative', count: 1, value: 0.8125, unit: 's' });
    expect(duration?.bucketCounts).toHaveLength((duration?.bounds.length ?? 0) + 1);
    expect(duration?.exemplars).toMatchObject([{ traceId: first?.traceId, spanId: first?.spanId }]);
    expect(receiver.latest('purser.calls').map((point) => [point.value, point.monotonic])).toEqual([
      [1, true],
      [1, true],
    ]);
    const headers = receiver.requests[0]?.headers;
    expect(headers).toMatchObject({ 'x-tenant': 'a', 'content-type': protocol === 'http/json' ? 'application/json' : 'application/x-protobuf' });
    expect(headers?.['user-agent']).toMatch(/^purser\/1\.2\.3 /);
  });
});

describe('a receiver that speaks gRPC', () => {
  test('that is away for a moment is asked again, and one that refuses is not', async () => {
    const { telemetry, exporter } = start({ otlp: { traces: (await overGrpc()).traces as OtlpSettings } });
    front?.failWith(status.UNAVAILABLE, 1);
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(5000);
    expect(receiver.spans).toHaveLength(1);
    front?.failWith(status.UNAUTHENTICATED, 9);
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(5000);
    expect(front?.calls()).toBe(3);
    expect(exporter.health().signals.traces).toMatchObject({ exported: 1, dropped: 1, failures: 1, lastError: 'gRPC status 16' });
  });

  test('that is not there is a failure by its name', async () => {
    const { telemetry, exporter } = start({ otlp: { traces: { ...target('traces'), protocol: 'grpc', url: 'http://127.0.0.1:9/x/Export', timeoutMs: 300 } } });
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(5000);
    expect(exporter.health().signals.traces).toMatchObject({ dropped: 1, lastError: 'ECONNREFUSED' });
  });
});

describe('metrics', () => {
  test('a series is sent at 0 once, at its start, so that a counter born at 1 has an increase', async () => {
    const { telemetry } = start();
    telemetry.start(chatCall()).end(completed(), {});
    // A point in the millisecond of the series' birth would stand beside its own start.
    await sleep(3);
    await telemetry.flush(5000);
    await telemetry.flush(5000);
    const points = receiver.points.filter((point) => point.metric === 'purser.calls');
    expect(points.map((point) => point.value)).toEqual([0, 1, 1]);
    expect(points[0]?.atMs).toBe(points[0]?.startMs);
  });

  test('differences add up to the whole, also when one of them never arrived', async () => {
    const { telemetry } = start({ push: { ...PLAIN_PUSH, temporality: 'delta' } });
    const calls = (): number => receiver.points.filter((point) => point.metric === 'purser.calls').reduce((sum, point) => sum + point.value, 0);
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(5000);
    expect(calls()).toBe(1);
    telemetry.start(chatCall()).end(completed(), {});
    receiver.misbehave({ status: 400, times: 2 });
    await telemetry.flush(5000);
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(5000);
    expect(calls()).toBe(3);
    expect(receiver.points.find((point) => point.metric === 'purser.calls')?.temporality).toBe('delta');
    expect(receiver.points.find((point) => point.metric === 'purser.calls.in_flight')?.temporality).toBe('cumulative');
  });

  test('differences that are asked for while one is on its way follow each other, and tell of each call once', async () => {
    const { telemetry } = start({ push: { ...PLAIN_PUSH, temporality: 'delta' } });
    receiver.misbehave({ delayMs: 40 });
    const flushes: Promise<void>[] = [];
    for (let i = 0; i < 3; i++) {
      telemetry.start(chatCall()).end(completed(), {});
      flushes.push(telemetry.flush(2000));
    }
    await Promise.all(flushes);
    expect(receiver.points.filter(({ metric }) => metric === 'purser.calls').reduce((sum, { value }) => sum + value, 0)).toBe(3);
  });

  test('a new rule of redaction holds for the resource too', async () => {
    const redactor = createLiveRedactor({});
    const { telemetry } = start({ cleaner: new RecordCleaner(redactor), resource: { 'service.name': 'shop', 'cloud.account.id': 'ID-7' } });
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(5000);
    redactor.reload({ patterns: [{ name: 'id', pattern: 'ID-[0-9]' }] });
    await telemetry.flush(5000);
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(5000);
    expect(receiver.spans.map(({ resource }) => resource['cloud.account.id'])).toEqual(['ID-7', '[REDACTED:id]']);
    const ofMetrics = receiver.points.map(({ resource }) => resource['cloud.account.id']);
    expect(ofMetrics.slice(ofMetrics.lastIndexOf('ID-7') + 1)).not.toEqual([]);
    expect(new Set(ofMetrics)).toEqual(new Set(['ID-7', '[REDACTED:id]']));
  });

  test('where a new rule of redaction makes one series of two, differences and the whole stay what was counted', async () => {
    for (const temporality of ['delta', 'cumulative'] as const) {
      const redactor = createLiveRedactor({});
      const { telemetry } = start({ push: { ...PLAIN_PUSH, temporality } }, {}, 'none', redactor);
      const from = receiver.points.length;
      const call = (tenant: string): void => telemetry.start(chatCall({ labels: { tenant } })).end(completed(), {});
      const points = () => receiver.points.slice(from).filter((point) => point.metric === 'purser.calls' && point.value > 0);
      const sent = async (): Promise<readonly (readonly [unknown, number])[]> => {
        const before = points().length;
        await telemetry.flush(5000);
        return points()
          .slice(before)
          .map(({ attributes, value }) => [attributes['purser.tenant'], value]);
      };
      for (const tenant of ['ID-1', 'ID-2', 'ID-2']) call(tenant);
      await sent();
      call('ID-1');
      call('ID-2');
      redactor.reload({ patterns: [{ name: 'id', pattern: 'ID-[0-9]' }] });
      call('ID-3');
      expect(await sent()).toEqual([['[REDACTED:id]', temporality === 'delta' ? 3 : 6]]);
      call('ID-4');
      expect(await sent()).toEqual([['[REDACTED:id]', temporality === 'delta' ? 1 : 7]]);
    }
  });

  test('nothing is pushed while the host exports the metrics', async () => {
    const exporter = createExporters({
      version: '0',
      resource: {},
      cleaner: new RecordCleaner(maskingRedactor('x')),
      clock: systemClock,
      otlp: { metrics: target('metrics') },
      batch: { traces: PLAIN_BATCH, logs: PLAIN_BATCH },
      push: PLAIN_PUSH,
    });
    const meter = { add: () => undefined, record: () => undefined, set: () => undefined };
    exporter.connect({ byHost: () => true, collect: () => expect.fail('read') }, meter);
    await exporter.flush(1000);
    expect(receiver.requests).toEqual([]);
  });
});

describe('a receiver in trouble', () => {
  test('at the end of the process nothing is waited for where nobody listens, not even a try that was to come', async () => {
    const { telemetry, exporter } = start({}, { url: 'http://127.0.0.1:9/v1/traces', timeoutMs: 20_000 });
    telemetry.start(chatCall()).end(completed(), {});
    const flushed = exporter.flush(20_000);
    await sleep(100);
    const began = performance.now();
    exporter.hurry(true);
    await flushed;
    expect(performance.now() - began).toBeLessThan(500);
    expect(exporter.health().signals.traces).toMatchObject({ dropped: 1, failures: 1, lastError: 'ECONNREFUSED' });
  });

  test('a 503 with retry-after is tried again, and nothing is lost', async () => {
    const { telemetry, exporter } = start({ otlp: { traces: target('traces') } });
    receiver.misbehave({ status: 503, headers: { 'retry-after': '0' }, times: 2 });
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(5000);
    expect(receiver.spans).toHaveLength(1);
    expect(exporter.health().signals.traces).toEqual({ exported: 1, dropped: 0, failures: 0, queued: 0, lastError: undefined });
  });

  test('a 401 is not tried again; the loss is counted and said once', async () => {
    const { telemetry, exporter } = start({ otlp: { traces: target('traces') } });
    receiver.misbehave({ status: 401 });
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(5000);
    expect(exporter.health().signals.traces).toEqual({ exported: 0, dropped: 1, failures: 1, queued: 0, lastError: 'HTTP 401' });
  });

  test('items that the receiver rejected in a 200 are counted as lost', async () => {
    const { telemetry, exporter } = start({ otlp: { traces: target('traces') } });
    receiver.misbehave({ status: 200, body: Buffer.from([0x0a, 0x02, 0x08, 0x01]) });
    telemetry.start(chatCall()).end(completed(), {});
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(5000);
    expect(exporter.health().signals.traces).toMatchObject({ exported: 1, dropped: 1, failures: 0 });
  });

  test('more items than were sent are not rejected, whatever the receiver says', async () => {
    const { telemetry, exporter } = start({ otlp: { traces: target('traces', { protocol: 'http/json' }) } });
    for (const rejectedSpans of ['7', '-3']) {
      receiver.misbehave({ status: 200, body: JSON.stringify({ partialSuccess: { rejectedSpans } }) });
      telemetry.start(chatCall()).end(completed(), {});
      await telemetry.flush(5000);
    }
    expect(exporter.health().signals.traces).toMatchObject({ exported: 1, dropped: 1 });
  });

  test('data points that the receiver rejected in a 200 are told, though the rest of them arrived', async () => {
    const { telemetry, exporter } = start({ otlp: { metrics: target('metrics') } });
    receiver.misbehave({ status: 200, body: Buffer.from([0x0a, 0x02, 0x08, 0x04]) });
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(5000);
    expect(exporter.health().signals.metrics).toMatchObject({ exported: 1, dropped: 0, failures: 1, lastError: '4 data points were rejected' });
  });

  test('a flush gives up in time when nobody answers', async () => {
    const { telemetry } = start({ otlp: { traces: target('traces') } });
    receiver.misbehave({ delayMs: 60_000 });
    telemetry.start(chatCall()).end(completed(), {});
    const began = performance.now();
    await telemetry.flush(100);
    expect(performance.now() - began).toBeLessThan(1500);
  });

  test('what finds the queue full is dropped and counted, and the app never waits', async () => {
    const { telemetry, exporter } = start({
      otlp: { traces: target('traces') },
      batch: { traces: { maxQueue: 10, maxBatch: 5, delayMs: 60_000 }, logs: PLAIN_BATCH },
    });
    for (let index = 0; index < 25; index += 1) telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(5000);
    expect(receiver.spans).toHaveLength(10);
    expect(exporter.health().signals.traces).toMatchObject({ exported: 10, dropped: 15 });
    const dropped = telemetry.metrics.collect().find((family) => family.name === 'purser.telemetry.dropped')?.points;
    expect(dropped).toMatchObject([{ attributes: { 'purser.signal': 'traces', 'purser.reason': 'queue_full' }, value: 15 }]);
  });

  test('a large batch arrives whole and in order', async () => {
    const { telemetry } = start({ otlp: { traces: target('traces') } });
    for (let index = 0; index < 300; index += 1) telemetry.start(chatCall({ id: `call-${index}` })).end(completed(), {});
    await telemetry.flush(5000);
    expect(receiver.requests).toHaveLength(1);
    expect(receiver.spans.map((span) => span.attributes['purser.call.id'])).toEqual(Array.from({ length: 300 }, (_, index) => `call-${index}`));
  });

  test('a full batch is sent at once, without waiting for the timer', async () => {
    const { telemetry } = start({
      otlp: { traces: target('traces') },
      batch: { traces: { maxQueue: 100, maxBatch: 5, delayMs: 60_000 }, logs: PLAIN_BATCH },
    });
    for (let index = 0; index < 7; index += 1) telemetry.start(chatCall()).end(completed(), {});
    expect(await receiver.waitForSpans(5)).toHaveLength(5);
  });
});

describe('at the end of the process', () => {
  test('all that is queued is handed over before the call returns, in every signal', async () => {
    const { telemetry } = start();
    telemetry.start(chatCall()).end(failed(), {});
    // The receiver lives in this thread, which waits: what was handed over is seen when it runs again.
    telemetry.flushAtExit(300);
    await receiver.until((seen) => seen.requests.length >= 3);
    expect(receiver.spans).toHaveLength(1);
    expect(receiver.logs).toHaveLength(1);
    expect(receiver.latest('purser.calls')).toMatchObject([{ value: 1 }]);
  });

  test.each(['cumulative', 'delta'] as const)(
    'what a receiver turned away, and was to be sent once more, is handed over with %s metrics',
    async (temporality) => {
      const { telemetry } = start({ push: { ...PLAIN_PUSH, temporality } }, { timeoutMs: 60_000 });
      receiver.misbehave({ status: 503, headers: { 'retry-after': '30' }, times: 3 });
      telemetry.start(chatCall()).end(failed(), {});
      void telemetry.flush(1);
      await sleep(500);
      telemetry.flushAtExit(300);
      await receiver.until((seen) => seen.requests.length >= 3);
      expect(receiver.spans).toHaveLength(1);
      expect(receiver.logs).toHaveLength(1);
      expect(receiver.latest('purser.calls')).toMatchObject([{ value: 1 }]);
    },
  );

  test('nothing is handed over when nothing is left', async () => {
    const { telemetry } = start({ otlp: { traces: target('traces') } });
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(5000);
    const began = performance.now();
    telemetry.flushAtExit(5000);
    expect(performance.now() - began).toBeLessThan(20);
    expect(receiver.spans).toHaveLength(1);
  });
});

test('health names where telemetry goes, without credentials', () => {
  for (const user of ['me:hunter2', 'me:hunt@er2', 'me@corp:hunter2']) {
    const { exporter } = start({ otlp: { traces: target('traces', { url: `https://${user}@example.com/v1/traces?key=hunter2@` }) } });
    expect(exporter.health().destinations).toEqual(['https://example.com/v1/traces']);
  }
});
