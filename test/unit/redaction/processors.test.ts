import { SpanStatusCode, createTraceState, context, trace } from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { redactingLogProcessor } from '../../../src/redaction/log-processor.ts';
import { createRedactor } from '../../../src/redaction/redactor.ts';
import { cleanResourceAttributes } from '../../../src/redaction/resource.ts';
import type { RedactionSettings } from '../../../src/redaction/settings.ts';
import { redactingSpanProcessor } from '../../../src/redaction/span-processor.ts';
import { anthropicKey, githubKey } from './sample-keys.ts';

const key = anthropicKey(21);

const tracing = (settings: RedactionSettings = {}) => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [redactingSpanProcessor(createRedactor(settings)), new SimpleSpanProcessor({ exporter })] });
  return { exporter, tracer: provider.getTracer('another-library') };
};

describe('the span processor', () => {
  it('cleans name, attributes, events, links, status and trace state of any span', () => {
    const { exporter, tracer } = tracing();
    const spanContext = {
      traceId: '06ac4f65bfb5e3eb2a51a86cb6b81c9d',
      spanId: 'f9f4afff255a7014',
      traceFlags: 1,
      traceState: createTraceState(`vendor=${key}`),
    };
    const parent = trace.setSpanContext(context.active(), spanContext);
    const span = tracer.startSpan(
      `GET ${key}`,
      {
        attributes: { 'url.full': `https://x.example/v1?key=${key}&alt=json`, 'http.request.header.authorization': ['Bearer x'], n: 5, list: ['a', key] },
        links: [{ context: spanContext, attributes: { why: key } }],
      },
      parent,
    );
    span.recordException(new Error(`401 for ${key}`));
    span.addEvent(`event ${key}`, { detail: key, size: 3 });
    span.setStatus({ code: SpanStatusCode.ERROR, message: `bad key ${key}` });
    span.end();
    const [out] = exporter.getFinishedSpans();
    const all = JSON.stringify([
      out?.name,
      out?.attributes,
      out?.events,
      out?.links,
      out?.status,
      out?.spanContext().traceState?.serialize(),
      out?.links.map((link) => link.context.traceState?.serialize()),
    ]);
    expect(all).not.toContain(key.slice(20, 60));
    expect(out?.name).toBe('GET [REDACTED:anthropic-key]');
    expect(out?.attributes['url.full']).toBe('https://x.example/v1?key=[REDACTED:anthropic-key]&alt=json');
    expect(out?.attributes['http.request.header.authorization']).toEqual(['[REDACTED:secret-field]']);
    expect(out?.attributes['n']).toBe(5);
    expect(out?.attributes['list']).toEqual(['a', '[REDACTED:anthropic-key]']);
    expect(out?.events[1]).toMatchObject({ name: 'event [REDACTED:anthropic-key]', attributes: { detail: '[REDACTED:anthropic-key]', size: 3 } });
    expect(out?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'bad key [REDACTED:anthropic-key]' });
    expect(out?.spanContext().traceState).toBeUndefined();
    expect(out?.spanContext().traceId).toBe(spanContext.traceId);
    // The parent's context is the app's: it stays as it was.
    expect(spanContext.traceState.serialize()).toContain(key);
  });

  it('leaves a clean span exactly as it is', () => {
    const { exporter, tracer } = tracing();
    const attributes = {
      'gen_ai.request.model': 'claude-opus-4-1-20250805',
      'gen_ai.response.id': 'msg_01XFDUDYJgAACzvnptvVoYEL',
      'gen_ai.usage.input_tokens': 12,
      'purser.budget.key': 'team-a',
    };
    const span = tracer.startSpan('chat claude-opus-4-1', { attributes });
    span.end();
    const [out] = exporter.getFinishedSpans();
    expect(out?.name).toBe('chat claude-opus-4-1');
    expect(out?.attributes).toEqual(attributes);
  });

  it('removes the message content of other libraries unless it is asked for', () => {
    const messages = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: `hi ${key}` }] }]);
    const closed = tracing();
    closed.tracer.startSpan('chat', { attributes: { 'gen_ai.input.messages': messages, 'gen_ai.request.model': 'm' } }).end();
    expect(closed.exporter.getFinishedSpans()[0]?.attributes).toEqual({ 'gen_ai.request.model': 'm' });
    const open = tracing({ modes: { content: 'redact' } });
    open.tracer.startSpan('chat', { attributes: { 'gen_ai.input.messages': messages } }).end();
    expect(open.exporter.getFinishedSpans()[0]?.attributes['gen_ai.input.messages']).toBe(messages.replace(key, '[REDACTED:anthropic-key]'));
  });

  it('empties a span that it cannot write to', () => {
    const processor = redactingSpanProcessor(createRedactor());
    const span = {
      name: `x ${key}`,
      attributes: Object.freeze({ a: key }),
      events: [],
      links: [],
      status: { code: 2, message: key },
      spanContext: () => ({ traceId: 't', spanId: 's', traceFlags: 1 }),
    };
    processor.onEnd(span as never);
    expect(JSON.stringify(span)).not.toContain(key);
  });

  it('never throws and flushes at once', async () => {
    const processor = redactingSpanProcessor(createRedactor());
    expect(() => processor.onEnd(undefined as never)).not.toThrow();
    await processor.forceFlush();
    await processor.shutdown();
  });
});

describe('the log processor', () => {
  it('cleans body, attributes and names of every record', () => {
    const exporter = new InMemoryLogRecordExporter();
    const provider = new LoggerProvider({ processors: [redactingLogProcessor(createRedactor()), new SimpleLogRecordProcessor({ exporter })] });
    provider.getLogger('pino').emit({
      body: { msg: `failed with ${key}`, req: { headers: { authorization: 'Bearer abc' } } },
      attributes: { err: `Error: ${key}`, password: 'hunter2', n: 1 },
      eventName: 'app.failed',
    });
    provider.getLogger('genai').emit({ eventName: 'gen_ai.user.message', body: { content: 'hello' }, attributes: { 'gen_ai.provider.name': 'openai' } });
    const [record, content] = exporter.getFinishedLogRecords();
    expect(record?.body).toEqual({ msg: 'failed with [REDACTED:anthropic-key]', req: { headers: { authorization: '[REDACTED:secret-field]' } } });
    expect(record?.attributes).toEqual({ err: 'Error: [REDACTED:anthropic-key]', password: '[REDACTED:secret-field]', n: 1 });
    expect(content?.body).toBeUndefined();
  });
});

describe('resource attributes', () => {
  it('lose command lines and the like, and are cleaned', () => {
    expect(
      cleanResourceAttributes(createRedactor(), {
        'service.name': 'shop',
        'process.command_args': ['node', `--api-key=${key}`],
        'process.command': '/app/main.js',
        'process.owner': 'jo',
        'host.id': 'abc',
        'process.pid': 7,
        'deployment.note': `uses ${githubKey()}`,
      }),
    ).toEqual({ 'service.name': 'shop', 'process.pid': 7, 'deployment.note': 'uses [REDACTED:github-token]' });
  });
});
