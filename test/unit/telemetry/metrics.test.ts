import { describe, expect, test } from 'vitest';
import { notice, reportedCauses, resetDiag } from '../../../src/base/diag.ts';
import { METRICS } from '../../../src/telemetry/catalog/metrics.ts';
import { SERIES_LIMIT } from '../../../src/telemetry/metric/instrument.ts';
import { attemptOf, chatCall, completed, embeddingsCall, failed, memoryTelemetry, priced, responseOf, usageOf } from './samples.ts';
import { picoUsd } from '../../../src/call/units.ts';

const BASE = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-5-mini',
  'gen_ai.response.model': 'gpt-5-mini-2026-08-07',
  'server.address': 'api.openai.com',
  'server.port': 443,
};
const WHO = { 'purser.environment': 'production', 'purser.service': 'shop' };

const kinds = (usage: Parameters<typeof usageOf>[0], media: boolean): Record<string, number> => {
  const { telemetry, exporter } = memoryTelemetry();
  telemetry.start(chatCall({ request: { promptHasMedia: media } })).end(completed({ usage: usageOf(usage) }), {});
  const points = exporter.family('gen_ai.client.inference.usage.input_tokens')?.points ?? [];
  return Object.fromEntries(points.map((point) => [String(point.attributes['gen_ai.token.modality']), point.value]));
};

const namesIn = (profiles: readonly ('latest' | 'v1.41')[]): string[] => {
  const { telemetry, exporter } = memoryTelemetry({ profiles });
  telemetry.start(chatCall()).end(completed(), {});
  return ['gen_ai.client.inference.duration', 'gen_ai.client.operation.duration', 'gen_ai.client.token.usage'].filter((name) => exporter.total(name) > 0);
};

describe('the metrics of a call', () => {
  test('a completed call is measured under these names', () => {
    const { telemetry, exporter } = memoryTelemetry();
    telemetry.start(chatCall()).end(completed(), {});
    const counted = exporter.source?.collect().filter((family) => family.points.some((point) => (point.histogram?.count ?? point.value) !== 0)) ?? [];
    expect(counted.map((family) => family.name).sort()).toEqual(
      [
        'gen_ai.client.inference.duration',
        'gen_ai.client.inference.operation.input_tokens',
        'gen_ai.client.inference.operation.output_tokens',
        'gen_ai.client.inference.usage.input_tokens',
        'gen_ai.client.inference.usage.output_tokens',
        'gen_ai.client.operation.cost',
        'purser.attempts',
        'purser.calls',
        'purser.content',
        'purser.cost',
        'purser.cost.items',
        'purser.finish_reasons',
        'purser.output_speed',
      ].sort(),
    );
    expect(exporter.family('gen_ai.client.inference.duration')?.points[0]).toMatchObject({
      attributes: { ...BASE, ...WHO },
      histogram: { count: 1, sum: 0.8 },
    });
    expect(exporter.family('purser.calls')?.points[0]?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5-mini',
      'purser.outcome': 'completed',
      ...WHO,
      'purser.stream': 'false',
      'purser.sdk': 'openai',
    });
    expect(exporter.values('purser.cost.items')).toEqual({
      '{"gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-5-mini","purser.cost.item":"input"}': 0.005,
      '{"gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-5-mini","purser.cost.item":"output"}': 0.01,
    });
  });

  test('a failed call counts its tokens as 0 of unknown kind and its duration under its error', () => {
    const { telemetry, exporter } = memoryTelemetry();
    telemetry.start(chatCall()).end(failed(), {});
    const input = exporter.family('gen_ai.client.inference.usage.input_tokens')?.points ?? [];
    expect(input.map((point) => [point.attributes['gen_ai.token.modality'], point.value])).toEqual([['unknown', 0]]);
    expect(exporter.family('gen_ai.client.inference.operation.input_tokens')?.points[0]).toMatchObject({
      attributes: { 'error.type': '429' },
      histogram: { count: 1, sum: 0 },
    });
    expect(exporter.family('gen_ai.client.inference.duration')?.points[0]?.attributes).toMatchObject({ 'error.type': '429' });
    expect(exporter.total('purser.usage_missing')).toBe(0);
  });

  test('the kinds of tokens are told apart, and a picture that was not told apart is unknown', () => {
    expect(kinds({ input: 5, audioInput: 3, audioCacheRead: 1, imageInput: 2 }, true)).toEqual({ text: 5, audio: 4, image: 2 });
    expect(kinds({ input: 5 }, true)).toEqual({ unknown: 5 });
    expect(kinds({ input: 5 }, false)).toEqual({ text: 5 });
  });

  test('the older names are there in their profile only, and both in both', () => {
    expect(namesIn(['latest'])).toEqual(['gen_ai.client.inference.duration']);
    expect(namesIn(['v1.41'])).toEqual(['gen_ai.client.operation.duration', 'gen_ai.client.token.usage']);
    expect(namesIn(['latest', 'v1.41'])).toEqual(['gen_ai.client.inference.duration', 'gen_ai.client.operation.duration', 'gen_ai.client.token.usage']);
  });

  test('embeddings and what is neither have durations of their own', () => {
    const { telemetry, exporter } = memoryTelemetry();
    telemetry.start(embeddingsCall()).end(completed({ usage: usageOf({ input: 8 }) }), {});
    telemetry.start(chatCall({ operation: 'moderation', dialect: 'openai.moderations' })).end({ ...completed(), usage: undefined, cost: undefined }, {});
    expect(exporter.total('gen_ai.client.embeddings.duration')).toBe(1);
    expect(exporter.total('gen_ai.client.embeddings.operation.input_tokens')).toBe(1);
    expect(exporter.total('gen_ai.client.operation.duration')).toBe(1);
    expect(exporter.total('gen_ai.client.inference.duration')).toBe(0);
    expect(exporter.total('purser.usage_missing')).toBe(0);
  });

  test('a stream measures its first chunk and the mean time between the others', () => {
    const { telemetry, exporter } = memoryTelemetry();
    telemetry.start(chatCall({ request: { stream: true } })).end(completed({ firstChunkMs: 300, chunks: 11 }), {});
    expect(exporter.family('gen_ai.client.inference.time_to_first_chunk')?.points[0]?.histogram?.sum).toBe(0.3);
    expect(exporter.family('gen_ai.client.inference.time_per_output_chunk')?.points[0]?.histogram?.sum).toBeCloseTo(0.05, 9);
  });

  test('calls in flight go up and down by what is known at the start', () => {
    const { telemetry, exporter } = memoryTelemetry();
    const span = telemetry.start(chatCall());
    for (const each of [span, telemetry.start(chatCall())]) each.begun();
    expect(exporter.total('purser.calls.in_flight')).toBe(2);
    span.end(completed(), {});
    expect(exporter.total('purser.calls.in_flight')).toBe(1);
  });

  test('unpriced calls are counted by reason and add nothing to the cost', () => {
    const { telemetry, exporter } = memoryTelemetry();
    const cost = { kind: 'unpriced', reason: 'unknown_model', unpriced: [], tableVersion: '1' } as const;
    telemetry.start(chatCall()).end(completed({ cost }), {});
    expect(Object.keys(exporter.values('purser.unpriced_calls'))).toEqual([
      '{"gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-5-mini","purser.reason":"unknown_model"}',
    ]);
    expect(exporter.family('purser.cost')?.points).toEqual([]);
  });

  test('savings, retries, finish reasons, tool calls, flags and headroom have metrics', () => {
    const { telemetry, exporter } = memoryTelemetry();
    const attempts = [attemptOf({ status: 500 }), attemptOf({ number: 2, status: undefined, errorType: 'ETIMEDOUT' }), attemptOf({ number: 3 })];
    const response = responseOf({
      finishReasons: ['stop', 'length'],
      toolCalls: [{ id: 'a', name: 'look' }],
      headroom: { limitRequests: 100, remainingRequests: 7, remainingTokens: 9 },
    });
    const cost = priced({ cacheSavings: picoUsd(2_000_000_000n), cacheWritePremium: picoUsd(-1_000_000_000n), batchSaving: picoUsd(7_500_000_000n) });
    telemetry.start(chatCall()).end(completed({ attempts, response, cost, usage: usageOf({ output: 1 }, { flags: ['total_mismatch'] }) }), {});
    expect(exporter.total('purser.attempts')).toBe(3);
    expect(exporter.total('purser.retries')).toBe(2);
    expect(exporter.total('purser.finish_reasons')).toBe(2);
    expect(exporter.total('purser.tool_calls')).toBe(1);
    expect(exporter.total('purser.usage_flags')).toBe(1);
    expect(exporter.total('purser.cost.cache_savings')).toBeCloseTo(0.002, 9);
    expect(exporter.total('purser.cost.cache_write_premium')).toBeCloseTo(-0.001, 9);
    expect(exporter.total('purser.cost.batch_saving')).toBeCloseTo(0.0075, 9);
    const remaining = exporter.family('purser.ratelimit.remaining')?.points.map((point) => [point.attributes['purser.limit_kind'], point.value]);
    expect(remaining).toEqual([
      ['requests', 7],
      ['tokens', 9],
    ]);
  });

  test('the duration carries the trace that it came from', () => {
    const { telemetry, exporter } = memoryTelemetry();
    telemetry.start(chatCall()).end(completed(), {});
    const exemplar = [...(exporter.family('gen_ai.client.inference.duration')?.points[0]?.exemplars?.values() ?? [])];
    expect(exemplar).toMatchObject([{ value: 0.8, traceId: exporter.spans[0]?.traceId, spanId: exporter.spans[0]?.spanId }]);
  });
});

describe('labels', () => {
  test('values beyond the cap become `other`, and each is counted as overflow', () => {
    const { telemetry, exporter } = memoryTelemetry({ labelCap: 2 });
    for (const feature of ['a', 'b', 'c', 'd', 'a']) telemetry.start(chatCall({ labels: { feature } })).end(completed(), {});
    const features = exporter.family('purser.calls')?.points.map((point) => [point.attributes['purser.feature'], point.value]);
    expect(features).toEqual([
      ['a', 2],
      ['b', 1],
      ['other', 2],
    ]);
    expect(exporter.values('purser.labels.overflow')).toEqual({ '{"purser.label":"purser.feature"}': 2 });
  });

  test('values are cleaned', () => {
    const { telemetry, exporter } = memoryTelemetry();
    telemetry.start(chatCall({ labels: { tenant: 'hunter2' } })).end(completed(), {});
    telemetry.meter.add('purser.policy.decisions', 1, { 'purser.policy': 'budget', 'purser.rule': 'hunter2' });
    expect(JSON.stringify(exporter.source?.collect())).not.toContain('hunter2');
    expect(exporter.family('purser.calls')?.points[0]?.attributes['purser.tenant']).toBe('[REDACTED]');
  });

  test('one metric never has more series than the limit, and none is lost', () => {
    const { telemetry, exporter } = memoryTelemetry({ labelCap: SERIES_LIMIT * 2 });
    for (let index = 0; index < SERIES_LIMIT + 50; index += 1)
      telemetry.meter.add('purser.budget.spend', 1, { 'purser.budget': 'daily', 'purser.budget.key': `k${index}`, 'purser.budget.unit': 'usd' });
    const points = exporter.family('purser.budget.spend')?.points ?? [];
    expect(points).toHaveLength(SERIES_LIMIT + 1);
    expect(points.at(-1)).toMatchObject({ attributes: { 'otel.metric.overflow': true }, value: 50 });
  });
});

describe('the meter for other stations', () => {
  test('takes every metric of the catalog by its kind, and drops labels that are not in its set', () => {
    const { telemetry, exporter } = memoryTelemetry({ profiles: ['latest', 'v1.41'] });
    for (const metric of METRICS) {
      const labels = { ...Object.fromEntries(metric.attributes.map((name) => [name, 'x'])), 'not.in.the.set': 'y' };
      if (metric.kind === 'histogram') telemetry.meter.record(metric.name, 1, labels);
      else if (metric.kind === 'gauge') telemetry.meter.set(metric.name, 1, labels);
      else telemetry.meter.add(metric.name, 1, labels);
      expect(exporter.values(metric.name)[JSON.stringify(Object.fromEntries(metric.attributes.map((name) => [name, 'x'])))]).toBe(1);
    }
  });

  test('an unknown name, a wrong kind and a number that is none are faults of ours and change nothing', () => {
    resetDiag();
    const { telemetry, exporter } = memoryTelemetry();
    telemetry.meter.add('purser.no_such', 1);
    telemetry.meter.set('purser.retries', 1);
    telemetry.meter.add('purser.retries', -1);
    telemetry.meter.record('purser.queue.wait', Number.NaN);
    expect([...reportedCauses().keys()]).toEqual(['metric_unknown:purser.no_such', 'metric_misuse:purser.retries', 'metric_misuse:purser.queue.wait']);
    expect(exporter.total('purser.retries')).toBe(0);
    expect(exporter.values('purser.faults')).toMatchObject({ '{"purser.cause":"metric_misuse:purser.retries"}': 2 });
  });

  test('what the owner is told is no fault of ours', () => {
    resetDiag();
    notice('store.not_durable', 'The server may forget.');
    const { exporter } = memoryTelemetry();
    expect(reportedCauses().get('store.not_durable')).toBe(1);
    expect(exporter.values('purser.faults')).toEqual({});
  });

  test('counters without labels are there at 0 before anything happened', () => {
    const { exporter } = memoryTelemetry();
    expect(exporter.values('purser.overhead')).toEqual({ '{}': 0 });
    expect(exporter.values('purser.ledger.records')).toEqual({ '{}': 0 });
  });
});

test('an event becomes a log record with its severity and key', () => {
  const { telemetry, exporter } = memoryTelemetry();
  telemetry.emit({
    name: 'purser.budget.threshold',
    severity: 'warning',
    message: 'half is spent',
    atMs: 5,
    dedupeKey: 'daily/1/50',
    attributes: { 'purser.budget': 'daily', days: 3 },
  });
  expect(exporter.logs).toEqual([
    {
      atMs: 5,
      severityNumber: 13,
      severityText: 'WARN',
      eventName: 'purser.budget.threshold',
      body: 'half is spent',
      attributes: { 'purser.budget': 'daily', 'purser.event.days': 3, 'purser.event.severity': 'warning', 'purser.event.key': 'daily/1/50' },
      traceId: undefined,
      spanId: undefined,
      traceFlags: 0,
      byHost: false,
    },
  ]);
});
