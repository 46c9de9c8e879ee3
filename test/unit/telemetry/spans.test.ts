import { describe, expect, test } from 'vitest';
import * as api from '@opentelemetry/api';
import { resetDiag, reportedCauses } from '../../../src/base/diag.ts';
import type { Outcome } from '../../../src/call/outcome.ts';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { RecordCleaner } from '../../../src/telemetry/clean-records.ts';
import {
  attemptOf,
  chatCall,
  completed,
  embeddingsCall,
  failed,
  maskingRedactor,
  memoryTelemetry,
  NOON,
  priced,
  responseOf,
  usageOf,
  type MemoryExporter,
} from './samples.ts';

const only = <T>(list: readonly T[]): T => {
  expect(list).toHaveLength(1);
  return list[0] as T;
};

const usageNames = (outcome: Outcome, profiles: readonly ('latest' | 'v1.41')[]): Record<string, unknown> => {
  const { telemetry, exporter } = memoryTelemetry({ profiles });
  telemetry.start(chatCall()).end(outcome, {});
  const attributes = only(exporter.spans).attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => name.startsWith('gen_ai.usage') && !name.includes('cost')));
};

const ending = (outcome: Outcome): { failed: boolean; type: unknown; outcome: unknown } => {
  const { telemetry, exporter } = memoryTelemetry();
  telemetry.start(chatCall()).end(outcome, {});
  const { failed: isError, attributes } = only(exporter.spans);
  return { failed: isError, type: attributes['error.type'], outcome: attributes['purser.outcome'] };
};

const endedWith = (outcome: Outcome, target: 'span' | 'event' | 'both'): MemoryExporter => {
  const { telemetry, exporter } = memoryTelemetry({ content: target });
  telemetry.start(chatCall()).end(outcome, {});
  return exporter;
};

const kept = (): number => {
  const { telemetry, exporter } = memoryTelemetry({ sampler: { name: 'parentbased_traceidratio', ratio: 0.25 } });
  for (let index = 0; index < 2000; index += 1) telemetry.start(chatCall()).end(completed(), {});
  return exporter.spans.length;
};

describe('the span of a call', () => {
  test('a plain call has these attributes and no others', () => {
    const { telemetry, exporter } = memoryTelemetry();
    const span = telemetry.start(chatCall({ request: { maxTokens: 200, temperature: 0.5 } }));
    span.attempt(attemptOf(), NOON);
    span.end(completed(), { 'purser.policy.downgraded': 'gpt-5' });
    const record = only(exporter.spans);
    expect(record).toMatchObject({
      name: 'chat gpt-5-mini',
      kind: api.SpanKind.CLIENT,
      startMs: NOON,
      endMs: NOON + 800,
      parentSpanId: undefined,
      failed: false,
      error: undefined,
      byHost: false,
    });
    expect(record.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(record.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(record.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5-mini',
      'server.address': 'api.openai.com',
      'server.port': 443,
      'gen_ai.request.max_tokens': 200,
      'gen_ai.request.temperature': 0.5,
      'openai.api.type': 'chat_completions',
      'purser.call.id': '01HZY0000000000000000000AA',
      'purser.dialect': 'openai.chat',
      'purser.sdk': 'openai',
      'purser.sdk.version': '7.55.0',
      'purser.service': 'shop',
      'purser.environment': 'production',
      'purser.outcome': 'completed',
      'gen_ai.response.id': 'chatcmpl-1',
      'gen_ai.response.model': 'gpt-5-mini-2026-08-07',
      'gen_ai.response.finish_reasons': ['stop'],
      'purser.request.id': 'req_1',
      'http.response.status_code': 200,
      'purser.output_speed': 62.5,
      'purser.attempts': 1,
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 50,
      'gen_ai.usage.cost.amount': 0.015,
      'gen_ai.usage.cost.currency': 'USD',
      'gen_ai.usage.cost.source': 'local',
      'purser.cost.table_version': '2026-11-20',
      'purser.cost.match': 'exact',
      'purser.cost.confidence': 'exact',
      'purser.cost.matched_model': 'gpt-5-mini',
      'purser.cost.effective_from': '2026-08-01',
      'purser.cost.item.input': 0.005,
      'purser.cost.item.output': 0.01,
      'purser.policy.downgraded': 'gpt-5',
    });
    expect(record.events).toEqual([
      {
        name: 'purser.attempt',
        atMs: NOON,
        attributes: { 'purser.attempt.number': 1, 'purser.attempt.duration': 0.7, 'http.response.status_code': 200, 'purser.request.id': 'req_1' },
      },
    ]);
  });

  test('cached and written tokens carry the name of each profile', () => {
    const outcome = completed({ usage: usageOf({ input: 10, cacheRead: 70, cacheWrite5m: 5, cacheWrite1h: 15, output: 30, reasoning: 20 }) });
    const shared = {
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 50,
      'gen_ai.usage.cache_read.input_tokens': 70,
      'gen_ai.usage.reasoning.output_tokens': 20,
    };
    expect(usageNames(outcome, ['latest'])).toEqual({ ...shared, 'gen_ai.usage.cache_write.input_tokens': 20 });
    expect(usageNames(outcome, ['v1.41'])).toEqual({ ...shared, 'gen_ai.usage.cache_creation.input_tokens': 20 });
    expect(usageNames(outcome, ['latest', 'v1.41'])).toEqual({
      ...shared,
      'gen_ai.usage.cache_write.input_tokens': 20,
      'gen_ai.usage.cache_creation.input_tokens': 20,
    });
  });

  test('audio and image tokens are told apart from text, which is not named where it stands alone', () => {
    const { telemetry, exporter } = memoryTelemetry();
    telemetry
      .start(chatCall())
      .end(completed({ usage: usageOf({ input: 10, cacheRead: 4, audioInput: 20, audioCacheRead: 3, imageInput: 7, output: 5, audioOutput: 9 }) }), {});
    expect(only(exporter.spans).attributes).toMatchObject({
      'gen_ai.usage.input_tokens': 44,
      'gen_ai.usage.text.input_tokens': 14,
      'gen_ai.usage.text.cache_read.input_tokens': 4,
      'gen_ai.usage.text.output_tokens': 5,
      'gen_ai.usage.audio.input_tokens': 23,
      'gen_ai.usage.audio.cache_read.input_tokens': 3,
      'gen_ai.usage.audio.output_tokens': 9,
      'gen_ai.usage.image.input_tokens': 7,
    });
  });

  test('a call without reported usage has no token attributes and says that it is missing', () => {
    const { telemetry, exporter } = memoryTelemetry();
    telemetry
      .start(chatCall())
      .end({ ...completed(), usage: undefined, cost: { kind: 'unpriced', reason: 'usage_missing', unpriced: [], tableVersion: '1' } }, {});
    const names = Object.keys(only(exporter.spans).attributes);
    expect(names.filter((name) => name.startsWith('gen_ai.usage'))).toEqual([]);
    expect(only(exporter.spans).attributes).toMatchObject({ 'purser.usage.missing': true, 'purser.cost.unpriced_reason': 'usage_missing' });
  });

  test('a stream says when its first chunk came, and its speed is measured from there', () => {
    const { telemetry, exporter } = memoryTelemetry();
    telemetry.start(chatCall({ request: { stream: true } })).end(completed({ firstChunkMs: 300, chunks: 12 }), {});
    expect(only(exporter.spans).attributes).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.response.time_to_first_chunk': 0.3,
      'purser.stream.chunks': 12,
      'purser.output_speed': 100,
    });
  });

  test('retries are counted and each exchange is an event', () => {
    const { telemetry, exporter } = memoryTelemetry();
    const first = attemptOf({ status: 429, retryAfterMs: 1500, requestId: undefined });
    const second = attemptOf({ number: 2, status: undefined, errorType: 'ECONNRESET' });
    const third = attemptOf({ number: 3 });
    const span = telemetry.start(chatCall());
    for (const attempt of [first, second, third]) span.attempt(attempt, NOON);
    span.end(completed({ attempts: [first, second, third] }), {});
    const record = only(exporter.spans);
    expect(record.attributes).toMatchObject({ 'purser.attempts': 3, 'purser.retries': 2 });
    expect(record.events.map((event) => event.attributes)).toEqual([
      { 'purser.attempt.number': 1, 'purser.attempt.duration': 0.7, 'http.response.status_code': 429, 'purser.attempt.retry_after': 1.5 },
      { 'purser.attempt.number': 2, 'purser.attempt.duration': 0.7, 'error.type': 'ECONNRESET', 'purser.request.id': 'req_1' },
      { 'purser.attempt.number': 3, 'purser.attempt.duration': 0.7, 'http.response.status_code': 200, 'purser.request.id': 'req_1' },
    ]);
  });

  test('the name is the operation alone without a model and for fetched responses, whose tokens are not counted again', () => {
    const { telemetry, exporter } = memoryTelemetry();
    telemetry.start({ ...chatCall(), request: {} }).end(completed(), {});
    telemetry
      .start(chatCall({ operation: 'fetch_response', dialect: 'openai.responses' }))
      .end(completed({ response: responseOf({ status: 'completed' }) }), {});
    telemetry.start(embeddingsCall()).end(completed({ usage: usageOf({ input: 8 }) }), {});
    expect(exporter.spans.map((span) => span.name)).toEqual(['chat', 'fetch_response', 'embeddings text-embedding-3-small']);
    const fetched = exporter.spans[1]?.attributes ?? {};
    expect(fetched).toMatchObject({ 'gen_ai.response.status': 'completed' });
    expect(Object.keys(fetched).filter((name) => name.includes('usage') || name.includes('cost'))).toEqual([]);
    expect(exporter.spans[2]?.attributes).not.toHaveProperty('gen_ai.usage.output_tokens');
  });
});

describe('how a call ended', () => {
  const base = completed();

  test('the status is an error exactly where there is an error type, and never ok', () => {
    const refusal = { code: 'budget_exhausted', policy: 'budget', rule: 'daily', message: 'No.', details: {}, retryAtMs: NOON } as const;
    expect(ending(base)).toEqual({ failed: false, type: undefined, outcome: 'completed' });
    expect(ending(failed())).toEqual({ failed: true, type: '429', outcome: 'failed' });
    expect(ending({ ...base, kind: 'failed', failure: { type: '', message: undefined, error: undefined } })).toEqual({
      failed: true,
      type: '_OTHER',
      outcome: 'failed',
    });
    expect(ending({ ...base, kind: 'blocked', refusal })).toEqual({ failed: true, type: 'budget_exhausted', outcome: 'blocked' });
    expect(ending({ ...base, kind: 'cancelled' })).toEqual({ failed: false, type: undefined, outcome: 'cancelled' });
    expect(ending({ ...base, kind: 'abandoned', reason: 'collected' })).toEqual({ failed: false, type: undefined, outcome: 'abandoned' });
    expect(ending({ ...base, kind: 'abandoned', reason: 'idle' })).toEqual({ failed: true, type: 'stream_idle', outcome: 'abandoned' });
  });

  test('a blocked call says which rule refused it and when it may pass', () => {
    const { telemetry, exporter } = memoryTelemetry();
    const refusal = { code: 'rate_limited', policy: 'rate-limit', rule: 'chat', message: 'Too many.', details: {}, retryAtMs: NOON } as const;
    telemetry.start(chatCall()).end({ ...base, kind: 'blocked', refusal, usage: undefined, cost: undefined, attempts: [], response: {} }, {});
    expect(only(exporter.spans)).toMatchObject({
      error: 'Too many.',
      attributes: {
        'purser.blocked.code': 'rate_limited',
        'purser.blocked.policy': 'rate-limit',
        'purser.blocked.rule': 'chat',
        'purser.blocked.retry_at': NOON / 1000,
        'purser.attempts': 0,
      },
    });
  });

  test('a failed call leaves the event of its exception, in the trace of the call', () => {
    const { telemetry, exporter } = memoryTelemetry();
    telemetry.start(chatCall()).end(failed('bad key'), {});
    const span = only(exporter.spans);
    expect(only(exporter.logs)).toMatchObject({
      eventName: 'gen_ai.client.operation.exception',
      severityNumber: 13,
      severityText: 'WARN',
      traceId: span.traceId,
      spanId: span.spanId,
      attributes: { 'exception.type': 'Error', 'exception.message': 'bad key' },
    });
  });

  test('a stack is cut when it is clean: no half of a key is left at its end', () => {
    const key = ['x3i0TwAp6W', 'lTQb8tAgnfAs', 'OJyz97UC'].join('');
    const redactor = createRedactor({ secrets: [key] });
    const { telemetry, exporter } = memoryTelemetry();
    telemetry.start(chatCall()).end(failed(`${'sea '.repeat(996)}${key}`), {});
    const stack = new RecordCleaner(redactor).log(only(exporter.logs)).attributes['exception.stacktrace'];
    expect(stack).toHaveLength(4000);
    expect(stack).not.toContain(key.slice(0, 4));
  });

  test('ending a call twice counts once and is reported as a fault', () => {
    resetDiag();
    const { telemetry, exporter } = memoryTelemetry();
    const span = telemetry.start(chatCall());
    span.end(base, {});
    span.end(base, {});
    expect(exporter.spans).toHaveLength(1);
    expect(exporter.total('purser.calls')).toBe(1);
    expect(reportedCauses().get('span_ended_twice')).toBe(1);
  });
});

describe('content', () => {
  const content = {
    inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'my word is hunter2' }] }],
    outputMessages: [{ role: 'assistant', parts: [{ type: 'text', content: 'hello' }] }],
    systemInstructions: [{ type: 'text', content: 'be kind' }],
    toolDefinitions: [{ type: 'function', name: 'look' }],
  };
  const outcome = completed({ response: responseOf({ content }) });

  test('is on nothing by default, though it was gathered', () => {
    const { telemetry, exporter } = memoryTelemetry();
    telemetry.start(chatCall()).end(outcome, {});
    expect(JSON.stringify([exporter.spans, exporter.logs])).not.toContain('hunter2');
    expect(exporter.logs).toEqual([]);
    expect(exporter.values('purser.content')).toEqual({ '{"purser.content.mode":"off"}': 1 });
  });

  test('is on the span, on the event or on both as the owner chose, in structure', () => {
    const details = { eventName: 'gen_ai.client.inference.operation.details', severityNumber: 5 };
    const carried = {
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.input.messages': content.inputMessages,
      'gen_ai.output.messages': content.outputMessages,
      'gen_ai.system_instructions': content.systemInstructions,
      'gen_ai.tool.definitions': content.toolDefinitions,
    };
    expect(endedWith(outcome, 'span').spans).toMatchObject([{ attributes: carried }]);
    expect(endedWith(outcome, 'span').logs).toEqual([]);
    expect(endedWith(outcome, 'event').spans[0]?.attributes).not.toHaveProperty('gen_ai.input.messages');
    expect(endedWith(outcome, 'event').logs).toMatchObject([{ ...details, attributes: carried }]);
    expect(endedWith(outcome, 'both').spans).toMatchObject([{ attributes: carried }]);
    expect(endedWith(outcome, 'both').logs).toMatchObject([{ ...details, attributes: carried }]);
  });
});

describe('parents and samplers', () => {
  const remote = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: api.TraceFlags.SAMPLED, isRemote: true };

  test('a call belongs to the trace of its parent, and what runs inside it to the call', () => {
    const { telemetry, exporter } = memoryTelemetry();
    const span = telemetry.start(chatCall(), api.trace.setSpanContext(api.ROOT_CONTEXT, remote));
    telemetry.startTool({ name: 'look', callId: 'call_1', type: 'function' }, span.context).end();
    span.end(completed(), {});
    const [tool, call] = exporter.spans;
    expect(call).toMatchObject({ traceId: remote.traceId, parentSpanId: remote.spanId });
    expect(tool).toMatchObject({
      name: 'execute_tool look',
      kind: api.SpanKind.INTERNAL,
      traceId: remote.traceId,
      parentSpanId: call?.spanId,
      attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'look', 'gen_ai.tool.type': 'function', 'gen_ai.tool.call.id': 'call_1' },
    });
  });

  test('a call whose parent is not sampled makes no span but all metrics', () => {
    const { telemetry, exporter } = memoryTelemetry();
    telemetry.start(chatCall(), api.trace.setSpanContext(api.ROOT_CONTEXT, { ...remote, traceFlags: 0 })).end(completed(), {});
    expect(exporter.spans).toEqual([]);
    expect(exporter.total('purser.calls')).toBe(1);
    expect(exporter.family('gen_ai.client.inference.duration')?.points[0]?.exemplars).toBeUndefined();
  });

  test('the ratio sampler keeps about its share, and the same traces every time', () => {
    expect(kept()).toBeGreaterThan(400);
    expect(kept()).toBeLessThan(600);
  });

  test('nothing is recorded in a context whose spans are not wanted', () => {
    const { telemetry, exporter } = memoryTelemetry();
    const quiet = api.ROOT_CONTEXT.setValue(Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true);
    telemetry.start(chatCall(), quiet).end(completed(), {});
    expect(exporter.spans).toEqual([]);
  });
});

describe('tools', () => {
  test('a tool that throws is an error of its class', () => {
    const { telemetry, exporter, clock } = memoryTelemetry();
    const tool = telemetry.startTool({ name: 'look', callId: undefined, type: 'function' });
    clock.now += 250;
    tool.end(new RangeError('too far'));
    tool.end();
    expect(only(exporter.spans)).toMatchObject({ failed: true, error: 'too far', attributes: { 'error.type': 'RangeError' } });
    expect(exporter.family('gen_ai.execute_tool.duration')?.points[0]).toMatchObject({
      attributes: { 'gen_ai.tool.name': 'look', 'gen_ai.tool.type': 'function', 'error.type': 'RangeError' },
      histogram: { count: 1, sum: 0.25 },
    });
  });
});

test('a fault of ours never reaches the app, and the metrics still count', () => {
  resetDiag();
  const broken = { ...chatCall(), labels: undefined as never };
  const { telemetry, exporter } = memoryTelemetry();
  const span = telemetry.start(broken);
  expect(() => span.end(completed(), {})).not.toThrow();
  expect(reportedCauses().has('span_end')).toBe(true);
  expect(exporter.spans).toEqual([]);
  expect(() => telemetry.start(chatCall()).end(completed({ cost: priced() }), {})).not.toThrow();
});

test('the redactor of the tests masks what it should, so that the leak tests can fail', () => {
  expect(maskingRedactor('hunter2').value({ a: ['hunter2'], password: 'x' }, '', 'content')).toEqual({ a: ['[REDACTED]'], password: '[REDACTED:key]' });
});
