import { expect, test } from 'vitest';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import * as api from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ExportValue, SpanRecord } from '../../../src/call/export.ts';
import { traceRequest } from '../../../src/exporters/otlp/otlp-records.ts';
import { nanos } from '../../../src/exporters/otlp/otlp-message.ts';
import { toProtobuf } from '../../../src/exporters/otlp/protobuf-writer.ts';
import { anyCharacter } from '../../support/any-character.ts';
import { fromProtobuf } from '../../support/otlp-protobuf.ts';

const record = (more: Partial<SpanRecord> = {}): SpanRecord => ({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  parentSpanId: '00f067aa0ba902b7',
  traceState: 'a=1',
  traceFlags: 1,
  name: 'chat gpt-5',
  kind: 2,
  startMs: 1_795_176_000_000.25,
  endMs: 1_795_176_000_800.5,
  attributes: {},
  droppedAttributes: 3,
  events: [],
  error: undefined,
  failed: false,
  byHost: false,
  ...more,
});

const envelope = { resource: { 'service.name': 'shop' }, version: '1' };

/** JSON without empty and default members, as protobuf carries it. */
const bare = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([name, member]) => member !== undefined && !(Array.isArray(member) && member.length === 0) && !(member === 0 && name !== 'doubleValue'))
    .map(([name, member]) => [name, bare(member)] as const);
  return Object.fromEntries(entries);
};

test('the protobuf form of any attributes reads back as their JSON form', () => {
  const leaf = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(null),
  );
  const value = fc.letrec<{ any: ExportValue }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(fc.string({ minLength: 1 }), tie('any'), { maxKeys: 4 }),
    ) as fc.Arbitrary<ExportValue>,
  })).any;
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), value), (attributes) => {
      const message = traceRequest([record({ attributes }), record({ name: 'second' })], envelope);
      // A lone surrogate has no UTF-8 form and arrives as the replacement character on either path.
      const asJson = JSON.parse(
        Buffer.from(JSON.stringify(message))
          .toString('utf8')
          .replace(/\\ud[89a-f][0-9a-f]{2}/g, '\ufffd'),
      ) as unknown;
      expect(bare(fromProtobuf(toProtobuf(message, 'TraceRequest'), 'traces'))).toEqual(bare(asJson));
    }),
    { numRuns: 300 },
  );
});

test('a message larger than the buffer is written whole', () => {
  const attributes = { big: 'é'.repeat(300_000), more: 'x'.repeat(70_000) };
  const message = traceRequest([record({ attributes })], envelope);
  expect(bare(fromProtobuf(toProtobuf(message, 'TraceRequest'), 'traces'))).toEqual(bare(JSON.parse(JSON.stringify(message))));
});

test('times keep their microseconds', () => {
  expect(nanos(1_795_176_000_000.25)).toBe('1795176000000250000');
  expect(nanos(1_795_176_000_000)).toBe('1795176000000000000');
  expect(nanos(1_795_176_000_000 + 0.9998)).toBe('1795176000001000000');
});

interface Serializer {
  serializeRequest(spans: unknown): Uint8Array;
}

test('the bytes say the same as those of the official exporter for the same span', () => {
  const here = createRequire(import.meta.url);
  const exporter = here.resolve('@opentelemetry/exporter-trace-otlp-http');
  const { ProtobufTraceSerializer } = createRequire(pathToFileURL(join(dirname(exporter), 'index.js')).href)('@opentelemetry/otlp-transformer') as {
    ProtobufTraceSerializer: Serializer;
  };
  const memory = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource: resourceFromAttributes(envelope.resource),
    spanProcessors: [new SimpleSpanProcessor({ exporter: memory })],
  });
  const attributes = { text: 'täxt', int: 7, negative: -3, double: 0.015, yes: true, list: ['a', 'b'] };
  const parent = api.trace.setSpanContext(api.ROOT_CONTEXT, { traceId: record().traceId, spanId: '00f067aa0ba902b7', traceFlags: 1 });
  const span = provider.getTracer('purser', '1').startSpan('chat gpt-5', { kind: api.SpanKind.CLIENT, attributes, startTime: 1_795_176_000_000.25 }, parent);
  span.addEvent('purser.attempt', { n: 1 }, 1_795_176_000_500);
  span.setStatus({ code: api.SpanStatusCode.ERROR, message: 'no' });
  span.end(1_795_176_000_800.5);
  const official = fromProtobuf(Buffer.from(ProtobufTraceSerializer.serializeRequest(memory.getFinishedSpans())), 'traces');

  const { traceId, spanId } = span.spanContext();
  const events = [{ name: 'purser.attempt', atMs: 1_795_176_000_500, attributes: { n: 1 } }];
  const own = record({ traceId, spanId, traceState: undefined, attributes, events, failed: true, error: 'no', droppedAttributes: 0 });
  expect(bare(fromProtobuf(toProtobuf(traceRequest([own], envelope), 'TraceRequest'), 'traces'))).toEqual(bare(official));
});
