import { afterEach, describe, expect, test } from 'vitest';
import { AsyncLocalStorage } from 'node:async_hooks';
import * as api from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  InMemorySpanExporter,
  NoopSpanProcessor,
  SimpleSpanProcessor,
  TracerProvider,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { fault, resetDiag, reportedCauses } from '../../../src/base/diag.ts';
import { publishHealth } from '../../../src/runtime/health.ts';
import { attemptOf, chatCall, completed, failed, memoryTelemetry, NOON, responseOf } from './samples.ts';

const broken = (): never => {
  throw new Error('broken');
};

/** The smallest context manager that keeps a context over awaits. */
class AsyncContexts implements api.ContextManager {
  readonly #storage = new AsyncLocalStorage<api.Context>();
  active(): api.Context {
    return this.#storage.getStore() ?? api.ROOT_CONTEXT;
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(context: api.Context, fn: F, thisArg?: ThisParameterType<F>, ...args: A): ReturnType<F> {
    return this.#storage.run(context, () => fn.call(thisArg as never, ...args));
  }
  bind<T>(_: api.Context, target: T): T {
    return target;
  }
  enable(): this {
    return this;
  }
  disable(): this {
    return this;
  }
}

afterEach(() => {
  api.trace.disable();
  api.metrics.disable();
  api.logs.disable();
  api.context.disable();
  resetDiag();
});

const hostTraces = (): InMemorySpanExporter => {
  const exporter = new InMemorySpanExporter();
  api.trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  api.context.setGlobalContextManager(new AsyncContexts());
  return exporter;
};

describe('where the host has a tracer provider', () => {
  test('the call is a span of the host, in the trace of what the host has active, and nothing goes out twice', () => {
    const host = hostTraces();
    const { telemetry, exporter } = memoryTelemetry();
    api.trace.getTracer('app').startActiveSpan('GET /ask', (outer) => {
      const span = telemetry.start(chatCall());
      api.context.with(span.context, () => api.trace.getTracer('app').startSpan('inside').end());
      span.attempt(attemptOf(), Date.now());
      span.end(completed({ durationMs: 812.5 }), {});
      outer.end();
    });
    const [inside, call, outer] = host.getFinishedSpans();
    expect(call).toMatchObject({ name: 'chat gpt-5-mini', kind: api.SpanKind.CLIENT, status: { code: api.SpanStatusCode.UNSET } });
    expect(call?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    expect(inside?.parentSpanContext?.spanId).toBe(call?.spanContext().spanId);
    expect(call?.instrumentationScope).toMatchObject({ name: 'purser', version: '0.0.0-test' });
    expect(call?.attributes).toMatchObject({ 'gen_ai.usage.input_tokens': 100, 'gen_ai.response.finish_reasons': ['stop'], 'gen_ai.usage.cost.amount': 0.015 });
    expect(call?.events.map((event) => event.name)).toEqual(['purser.attempt']);
    expect(exporter.spans).toEqual([]);
    expect(telemetry.health()).toMatchObject({ mode: 'host', spansStarted: 1, spansEnded: 1, spansOpen: 0 });
  });

  test('what is handed to the host is clean, and content is JSON there, which every SDK keeps', () => {
    const host = hostTraces();
    const { telemetry } = memoryTelemetry({ content: 'span' });
    const inputMessages = [{ role: 'user', parts: [{ type: 'text', content: 'my word is hunter2' }] }];
    const call = chatCall({ labels: { feature: 'hunter2' }, request: { model: 'hunter2' } });
    telemetry.start(call).end({ ...failed('hunter2 is wrong'), response: responseOf({ content: { inputMessages } }) }, {});
    const [span] = host.getFinishedSpans();
    expect(JSON.stringify([span?.name, span?.attributes, span?.status])).not.toContain('hunter2');
    expect(span?.status).toEqual({ code: api.SpanStatusCode.ERROR, message: '[REDACTED] is wrong' });
    expect(JSON.parse(String(span?.attributes['gen_ai.input.messages']))).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'my word is [REDACTED]' }] },
    ]);
  });

  test('local outputs get the call too, marked as exported by the host, with the same ids', () => {
    const host = hostTraces();
    const { telemetry, exporter } = memoryTelemetry();
    exporter.wantsHostRecords = true;
    api.trace.getTracer('app').startActiveSpan('GET /ask', (outer) => {
      const span = telemetry.start(chatCall());
      span.attempt(attemptOf(), Date.now());
      span.end(failed(), {});
      outer.end();
    });
    const [call, outer] = host.getFinishedSpans();
    expect(exporter.spans).toMatchObject([
      {
        byHost: true,
        failed: true,
        traceId: call?.spanContext().traceId,
        spanId: call?.spanContext().spanId,
        parentSpanId: outer?.spanContext().spanId,
        attributes: { 'gen_ai.request.model': 'gpt-5-mini', 'error.type': '429' },
        events: [{ name: 'purser.attempt' }],
      },
    ]);
  });

  test('local outputs get the content too, in structure, as they do without a host', () => {
    hostTraces();
    const { telemetry, exporter } = memoryTelemetry({ content: 'span' });
    exporter.wantsHostRecords = true;
    const inputMessages = [{ role: 'user', parts: [{ type: 'text', content: 'hello' }] }];
    telemetry.start(chatCall()).end(completed({ response: responseOf({ content: { inputMessages } }) }), {});
    expect(exporter.spans).toMatchObject([{ byHost: true, attributes: { 'gen_ai.input.messages': inputMessages } }]);
  });

  test.each([
    ['captured', new AlwaysOnSampler()],
    ['sampled_out', new AlwaysOffSampler()],
  ])('content counts as %s as the sampler of the host decides', (mode, sampler) => {
    const processor = new SimpleSpanProcessor({ exporter: new InMemorySpanExporter() });
    api.trace.setGlobalTracerProvider(new TracerProvider({ sampler, spanProcessors: [processor] }));
    const { telemetry, exporter } = memoryTelemetry({ content: 'span' });
    telemetry.start(chatCall()).end(completed({ response: responseOf({ content: { inputMessages: [] } }) }), {});
    expect(exporter.values('purser.content')).toEqual({ [JSON.stringify({ 'purser.content.mode': mode })]: 1 });
  });

  test('the host may come late: calls before it go our own way, calls after it the host’s', () => {
    const { telemetry, exporter } = memoryTelemetry();
    const early = telemetry.start(chatCall());
    const host = hostTraces();
    const late = telemetry.start(chatCall());
    early.end(completed(), {});
    late.end(completed(), {});
    expect(exporter.spans).toHaveLength(1);
    expect(host.getFinishedSpans()).toHaveLength(1);
  });

  test('nothing of ours is ever registered, so that the host finds its place free', () => {
    memoryTelemetry().telemetry.start(chatCall()).end(completed(), {});
    expect(api.trace.setGlobalTracerProvider(new TracerProvider())).toBe(true);
    expect(api.metrics.setGlobalMeterProvider(new MeterProvider())).toBe(true);
    expect(api.context.setGlobalContextManager(new AsyncContexts())).toBe(true);
  });

  test('it is passed by where the owner wants our own way', () => {
    const host = hostTraces();
    const { telemetry, exporter } = memoryTelemetry({ attach: false });
    telemetry.start(chatCall()).end(completed(), {});
    expect(host.getFinishedSpans()).toEqual([]);
    expect(exporter.spans).toHaveLength(1);
  });

  test('a tracer of the host that throws costs the span and nothing else', () => {
    api.trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: broken, startActiveSpan: broken }) });
    const { telemetry, exporter } = memoryTelemetry();
    expect(() => telemetry.start(chatCall()).end(completed(), {})).not.toThrow();
    expect(exporter.total('purser.calls')).toBe(1);
    expect(reportedCauses().has('span_start')).toBe(true);
  });
});

describe('where the host has providers that hand to nobody what they get', () => {
  /** Genkit registers one of each with every app, for a page of its developer's. */
  class TraceServerExporter extends InMemorySpanExporter {}
  class LogServerExporter extends InMemoryLogRecordExporter {}
  class LangfuseExporter extends InMemorySpanExporter {}
  class InngestSpanProcessor extends NoopSpanProcessor {}
  class LangSmithOTLPSpanProcessor extends BatchSpanProcessor {}
  class SpanFilterProcessor extends BatchSpanProcessor {
    readonly allowedInstrumentationScopes: ReadonlySet<string>;
    constructor(scopes: readonly string[]) {
      super({ exporter: new InMemorySpanExporter() });
      this.allowedInstrumentationScopes = new Set(scopes);
    }
  }

  test.each([
    ['no processor', []],
    ['one that does nothing', [new NoopSpanProcessor()]],
    ['the one for Genkit’s page', [new BatchSpanProcessor({ exporter: new TraceServerExporter() })]],
    ['the exporter of langfuse-vercel, which takes the AI SDK’s spans alone', [new BatchSpanProcessor({ exporter: new LangfuseExporter() })]],
    ['one that lets its own spans through alone, as all of VoltAgent’s', [new SpanFilterProcessor(['ai', '@voltagent/core'])]],
    ['the one of Inngest, which takes what its runs make alone', [new InngestSpanProcessor()]],
    ['the one of LangSmith, which takes what it traced itself alone', [new LangSmithOTLPSpanProcessor({ exporter: new InMemorySpanExporter() })]],
  ])('with %s, calls go our own way, in the trace of what the host has active', (_, spanProcessors) => {
    api.trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors }));
    api.context.setGlobalContextManager(new AsyncContexts());
    const { telemetry, exporter } = memoryTelemetry();
    api.trace.getTracer('app').startActiveSpan('flow', (outer) => {
      telemetry.start(chatCall()).end(completed(), {});
      outer.end();
      expect(exporter.spans).toMatchObject([{ byHost: false, traceId: outer.spanContext().traceId, parentSpanId: outer.spanContext().spanId }]);
    });
    expect(telemetry.health().mode).toBe('own');
  });

  test('calls go through it from the moment on that a processor is added which exports', () => {
    const provider = new TracerProvider();
    api.trace.setGlobalTracerProvider(provider);
    const { telemetry, exporter } = memoryTelemetry();
    telemetry.start(chatCall()).end(completed(), {});
    const host = new InMemorySpanExporter();
    const { _spanProcessors } = Reflect.get(provider, '_activeSpanProcessor') as { readonly _spanProcessors: SpanProcessor[] };
    _spanProcessors.push(new SimpleSpanProcessor({ exporter: host }));
    telemetry.start(chatCall()).end(completed(), {});
    expect(exporter.spans).toHaveLength(1);
    expect(host.getFinishedSpans()).toHaveLength(1);
  });

  test('calls go through one whose tracers somebody replaced, as Application Insights 2 does to take each span as it ends', () => {
    const taken: string[] = [];
    const provider = new TracerProvider();
    const made = provider.getTracer.bind(provider);
    provider.getTracer = (...given) => {
      const tracer = made(...given);
      const startSpan = tracer.startSpan.bind(tracer);
      tracer.startSpan = (name, ...more) => (taken.push(name), startSpan(name, ...more));
      return tracer;
    };
    api.trace.setGlobalTracerProvider(provider);
    const { telemetry, exporter } = memoryTelemetry();
    telemetry.start(chatCall()).end(completed(), {});
    expect(taken).toHaveLength(1);
    expect(exporter.spans).toEqual([]);
  });

  test.each([
    ['no processor', []],
    ['the one for Genkit’s page', [new SimpleLogRecordProcessor({ exporter: new LogServerExporter() })]],
  ])('with %s, events go our own way', (_, processors) => {
    api.logs.setGlobalLoggerProvider(new LoggerProvider({ processors }));
    const own = memoryTelemetry();
    own.telemetry.emit({ name: 'purser.budget.threshold', severity: 'error', message: 'spent', atMs: NOON, dedupeKey: 'k', attributes: {} });
    expect(own.exporter.logs).toMatchObject([{ eventName: 'purser.budget.threshold', byHost: false }]);
  });
});

test('metrics go through the host’s meter provider, with our buckets, and ours says that it does not push them', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 })] });
  api.metrics.setGlobalMeterProvider(provider);
  const own = memoryTelemetry();
  own.telemetry.start(chatCall()).end(completed(), {});
  expect(own.exporter.source?.byHost()).toBe(true);
  await provider.forceFlush();
  const metrics = exporter.getMetrics().flatMap((resource) => resource.scopeMetrics.flatMap((scope) => scope.metrics));
  const named = (name: string): (typeof metrics)[number] | undefined => metrics.find((metric) => metric.descriptor.name === name);
  expect(named('gen_ai.client.inference.duration')?.dataPoints[0]).toMatchObject({ value: { count: 1, sum: 0.8 } });
  expect(named('gen_ai.client.inference.duration')?.dataPoints[0]?.value).toHaveProperty('buckets.boundaries.length', 28);
  expect(named('purser.calls')?.dataPoints[0]).toMatchObject({ value: 1, attributes: { 'purser.outcome': 'completed', 'purser.service': 'shop' } });
  expect(own.exporter.total('purser.calls')).toBe(1);
  await provider.shutdown();
});

test('a host that comes late is told how things stand: gauges that were set before, calls that run, and faults of ours', async () => {
  const own = memoryTelemetry();
  own.telemetry.meter.set('purser.store.up', 1, { 'purser.store': 'redis' });
  own.telemetry.meter.set('purser.budget.limit', 5, { 'purser.budget': 'gone' });
  own.telemetry.meter.set('purser.budget.limit', undefined, { 'purser.budget': 'gone' });
  const early = own.telemetry.start(chatCall());
  early.begun();
  const running = own.telemetry.start(chatCall());
  running.begun();
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 })] });
  api.metrics.setGlobalMeterProvider(provider);
  const stop = publishHealth({ counts: { seen: 2, tookMs: 3 } }, own.telemetry, () => ({}));
  fault('cut', 'a fault of ours');
  early.end(completed(), {});
  stop();
  await provider.forceFlush();
  const metrics = exporter.getMetrics().flatMap((resource) => resource.scopeMetrics.flatMap((scope) => scope.metrics));
  const values = (name: string) => metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints.map(({ value }) => value);
  expect(values('purser.store.up')).toEqual([1]);
  expect(values('purser.budget.limit')).toBeUndefined();
  expect(values('purser.calls.in_flight')).toEqual([1]);
  expect(values('purser.faults')).toEqual([1]);
  expect(values('purser.telemetry.queue')).toEqual([0, 0, 0]);
  await provider.shutdown();
});

test('events go through the host’s logger provider, clean', () => {
  const exporter = new InMemoryLogRecordExporter();
  api.logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }));
  const own = memoryTelemetry();
  own.telemetry.emit({ name: 'purser.budget.threshold', severity: 'error', message: 'hunter2 is spent', atMs: NOON, dedupeKey: 'k', attributes: {} });
  const [record] = exporter.getFinishedLogRecords();
  expect(record).toMatchObject({ eventName: 'purser.budget.threshold', severityNumber: 17, body: '[REDACTED] is spent' });
  expect(own.exporter.logs).toEqual([]);
});
