import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { ExportAttributes, SpanRecord } from '../../../src/call/export.ts';
import { attributeEntry, ATTRIBUTES } from '../../../src/telemetry/catalog/attributes.ts';
import type { AttributeEntry } from '../../../src/telemetry/catalog/attribute-entry.ts';
import { EVENTS } from '../../../src/telemetry/catalog/events.ts';
import { METRICS } from '../../../src/telemetry/catalog/metrics.ts';
import { prometheusLabel, prometheusName } from '../../../src/telemetry/catalog/prometheus-name.ts';
import { SPANS, spanEntry } from '../../../src/telemetry/catalog/spans.ts';
import type { Profile } from '../../../src/telemetry/catalog/profile.ts';
import { CALLS, OUTCOMES } from './every-call.ts';
import { attemptOf, memoryTelemetry, type MemoryExporter } from './samples.ts';

const SOURCE = join(import.meta.dirname, '../../../src');

/** The names of events that the stations emit, as they stand in the source; one that ends in a dot is completed at run time, by the news of stores. */
const eventsInSource = (): string[] =>
  readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('telemetry'))
    .flatMap((file) => {
      const text = readFileSync(join(SOURCE, file), 'utf8');
      const names = [...text.matchAll(/(?:#(?:say|emit)\(\s*|\bname: )['`](purser\.[a-z_.]+)/g)].map(([, name = '']) => name);
      const news = /^(?:policies|stores)/.test(file) ? [...text.matchAll(/\bkind: '(\w+)',\s+message/g)].map(([, kind = '']) => `purser.store.${kind}`) : [];
      return [...names.filter((name) => name !== 'purser.store.'), ...news];
    });

const emitEverything = (profiles: readonly Profile[]): MemoryExporter => {
  const { telemetry, exporter } = memoryTelemetry({ profiles, content: 'both' });
  for (const call of CALLS)
    for (const outcome of OUTCOMES) {
      const span = telemetry.start(call);
      for (const attempt of outcome.attempts) span.attempt({ ...attempt, requestBytes: 210, responseBytes: 530, connectionReused: true }, Date.now());
      span.end(outcome, { 'purser.policy.downgraded': true, 'purser.budget.would_refuse': 'daily', 'purser.queue.wait': 0.2, 'purser.queue.rule': 'team' });
    }
  telemetry.startTool({ name: 'look', callId: 'call_1', type: 'function' }).end(new TypeError('no'));
  const budget = {
    'purser.budget': 'daily',
    'purser.budget.key': 'daily',
    'purser.budget.unit': 'usd',
    'purser.budget.mode': 'alert',
    'purser.budget.threshold': 0.5,
  };
  const amounts = { 'purser.budget.limit': 10, 'purser.budget.committed': 5, 'purser.budget.reserved': 0, 'purser.budget.used_ratio': 0.5 };
  const window = { 'purser.budget.window.start': 1, 'purser.budget.window.end': 2 };
  telemetry.emit({
    name: 'purser.budget.threshold',
    severity: 'info',
    message: 'x',
    atMs: 1,
    dedupeKey: 'k',
    attributes: { ...budget, ...amounts, ...window },
  });
  telemetry.emit({ name: 'purser.store.recovered', severity: 'info', message: 'x', atMs: 1, dedupeKey: 'k', attributes: { 'purser.store': 'redis', days: 3 } });
  return exporter;
};

const latest = emitEverything(['latest']);
const old = emitEverything(['v1.41']);
const both = emitEverything(['latest', 'v1.41']);

const fits = (value: unknown, type: AttributeEntry['type']): boolean => {
  switch (type) {
    case 'int':
      return Number.isSafeInteger(value);
    case 'double':
      return typeof value === 'number';
    case 'string[]':
      return Array.isArray(value) && value.every((member) => typeof member === 'string');
    case 'any':
      return value !== undefined;
    case 'string':
    case 'boolean':
      return typeof value === type;
  }
};

const placeOf = (span: SpanRecord): string =>
  span.name.startsWith('execute_tool') ? 'tool' : spanEntry(span.attributes['gen_ai.operation.name'] as 'chat').place;

const problems = (attributes: ExportAttributes, place: string, profile: Profile | undefined): string[] =>
  Object.entries(attributes).flatMap(([name, value]) => {
    const entry = attributeEntry(name);
    if (entry === undefined) return [`${name} is not in the catalog`];
    const wrong = [];
    if (!fits(value, entry.type)) wrong.push(`${name} is no ${entry.type}: ${JSON.stringify(value)}`);
    if (place !== 'log' && !entry.on.some((on) => on === place)) wrong.push(`${name} is not listed on ${place}`);
    if (profile !== undefined && !entry.profiles.includes(profile)) wrong.push(`${name} is not in the profile ${profile}`);
    return wrong;
  });

const seen = (exporter: MemoryExporter): Set<string> =>
  new Set(exporter.spans.flatMap((span) => [...Object.keys(span.attributes), ...span.events.flatMap((event) => Object.keys(event.attributes))]));

const emitted = new Set([...seen(both), ...both.logs.flatMap((log) => Object.keys(log.attributes))]);

const emits = (name: string): boolean => (name.endsWith('.*') ? [...emitted].some((key) => key.startsWith(name.slice(0, -1))) : emitted.has(name));

describe('what is emitted is in the catalog', () => {
  test.each([
    ['latest', latest],
    ['v1.41', old],
  ] as const)('every attribute of every span and event in %s, with its type and place', (profile, exporter) => {
    const found = exporter.spans.flatMap((span) => [
      ...problems(span.attributes, placeOf(span), profile),
      ...span.events.flatMap((event) => problems(event.attributes, 'attempt', profile)),
    ]);
    const logs = exporter.logs.flatMap((log) => problems(log.attributes, 'log', profile));
    expect([...new Set([...found, ...logs])]).toEqual([]);
  });

  test('every name of an event, those of other stations included', () => {
    const names = [...both.spans.flatMap((span) => span.events.map((event) => event.name)), ...both.logs.map((log) => log.eventName), ...eventsInSource()];
    const known = EVENTS.map((event) => event.name);
    const unknown = [...new Set(names)].filter((name) => !known.some((one) => one === name || (name.endsWith('.') && one.startsWith(name))));
    expect(unknown).toEqual([]);
    expect(known.filter((name) => !names.some((one) => one === name || (one.endsWith('.') && name.startsWith(one))))).toEqual([]);
  });

  test('every attribute of a metric', () => {
    const unknown = METRICS.flatMap((metric) =>
      metric.attributes.filter((name) => attributeEntry(name)?.on.includes('metric') !== true).map((name) => `${metric.name}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });
});

describe('what is in the catalog is emitted', () => {
  test('every attribute of spans and logs', () => {
    const places = ['inference', 'embeddings', 'fetch_response', 'operation', 'tool', 'attempt', 'log'];
    const silent = Object.entries(ATTRIBUTES).filter(([name, entry]) => entry.on.some((on) => places.includes(on)) && !emits(name));
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  test('the attributes that every span must have', () => {
    const missing = both.spans.flatMap((span) =>
      Object.entries(ATTRIBUTES)
        .filter(([name, entry]) => entry.level === 'required' && entry.on.some((on) => on === placeOf(span)) && !(name in span.attributes))
        .filter(([name]) => name !== 'purser.cost.table_version')
        .map(([name]) => `${span.name}: ${name}`),
    );
    expect([...new Set(missing)]).toEqual([]);
  });

  test('names are unique, also as Prometheus writes them, and labels do not collide', () => {
    const names = METRICS.map(prometheusName);
    expect(names).toHaveLength(new Set(names).size);
    for (const metric of METRICS) expect(new Set(metric.attributes.map(prometheusLabel)).size).toBe(metric.attributes.length);
  });
});

describe('spans', () => {
  test('the status is an error exactly where there is an error type', () => {
    for (const span of both.spans) expect([span.name, span.failed]).toEqual([span.name, 'error.type' in span.attributes]);
  });

  test('what samplers need is there when the span begins', () => {
    const { telemetry } = memoryTelemetry();
    const span = telemetry.start(CALLS[0] as (typeof CALLS)[number]);
    span.attempt(attemptOf(), Date.now());
    expect(span.context).toBeDefined();
  });
});

interface Convention {
  readonly newest: {
    readonly attributes: Readonly<Record<string, { readonly type: string; readonly enum?: readonly string[] }>>;
    readonly spans: Readonly<
      Record<
        string,
        {
          readonly kind: string;
          readonly name_format: readonly string[];
          readonly attributes: Readonly<Record<string, { readonly level?: string; readonly sampling_relevant?: boolean }>>;
        }
      >
    >;
    readonly metrics: Readonly<
      Record<string, { readonly instrument?: string; readonly unit?: string; readonly attributes?: Readonly<Record<string, unknown>> }>
    >;
  };
  readonly content_schemas: Readonly<Record<string, string>>;
}

const FOLDER = join(import.meta.dirname, '../../../../shared/data/semconv');
const there = existsSync(join(FOLDER, 'genai-semconv.json'));

describe.skipIf(!there)('held to the convention (skipped without ../shared/data/semconv)', () => {
  const convention = (there ? JSON.parse(readFileSync(join(FOLDER, 'genai-semconv.json'), 'utf8')) : { newest: { spans: {} } }) as Convention;
  const { newest } = convention;
  const shared = SPANS.filter((span) => span.type in newest.spans).map((span) => [span.type, span] as const);

  test('all but our own type of span are of the convention', () => {
    expect(SPANS.map((span) => span.type).filter((type) => !(type in newest.spans))).toEqual(['purser.operation']);
  });

  test.each(shared)('%s: kind, name, and every attribute that must or should be there', (type, entry) => {
    const wanted = newest.spans[type];
    expect(wanted?.kind).toBe(entry.kind);
    expect(wanted?.name_format).toContain(entry.name);
    // What our callers cannot know: agents and their sources, variables of prompts, cursors of resumed streams, and the tool's own description.
    const elsewhere = /^gen_ai\.(agent\.|data_source\.|prompt\.variable|request\.stream_cursor|tool\.description|tool\.call\.(arguments|result))/;
    const missing = Object.keys(wanted?.attributes ?? {}).filter((name) => !elsewhere.test(name) && attributeEntry(name)?.on.includes(entry.place) !== true);
    // The conversation of a tool is that of its call.
    expect(missing.filter((name) => !(entry.place === 'tool' && name === 'gen_ai.conversation.id'))).toEqual([]);
    for (const span of latest.spans.filter((one) => placeOf(one) === entry.place && one.attributes['purser.outcome'] !== 'failed')) {
      const required = Object.entries(wanted?.attributes ?? {}).filter(([, rule]) => rule.level === 'required');
      expect(required.map(([name]) => name).filter((name) => !(name in span.attributes))).toEqual([]);
    }
  });

  test('types are those of the convention', () => {
    const types: Readonly<Record<string, string>> = { boolean: 'boolean', int: 'int', double: 'double', string: 'string', 'string[]': 'string[]', any: 'any' };
    const wrong = Object.entries(ATTRIBUTES).filter(([name, entry]) => name in newest.attributes && types[newest.attributes[name]?.type ?? ''] !== entry.type);
    expect(wrong.map(([name]) => name)).toEqual([]);
  });

  test('every name under gen_ai in the latest profile is of the convention or of the open cost proposal', () => {
    const foreign = Object.entries(ATTRIBUTES).filter(
      ([name, entry]) => name.startsWith('gen_ai.') && entry.profiles.includes('latest') && !(name in newest.attributes),
    );
    expect(foreign.map(([name]) => name).sort()).toEqual(['gen_ai.usage.cost.amount', 'gen_ai.usage.cost.currency', 'gen_ai.usage.cost.source']);
  });

  test('operations of the convention are named as it names them', () => {
    const known = newest.attributes['gen_ai.operation.name']?.enum ?? [];
    const own = SPANS.filter((span) => span.type !== 'purser.operation').flatMap((span) => span.operations);
    expect(own.filter((operation) => !known.includes(operation))).toEqual([]);
  });

  test('metrics have the instrument, unit and labels of the convention', () => {
    const kinds: Readonly<Record<string, string>> = { histogram: 'histogram', counter: 'counter', updowncounter: 'updown', gauge: 'gauge' };
    const wrong = METRICS.filter((metric) => metric.profiles.includes('latest') && metric.name in newest.metrics).flatMap((metric) => {
      const wanted = newest.metrics[metric.name];
      const labels = metric.attributes.filter((name) => !name.startsWith('purser.') && wanted?.attributes !== undefined && !(name in wanted.attributes));
      const off = [];
      if (kinds[wanted?.instrument ?? ''] !== metric.kind) off.push(`${metric.name} is a ${wanted?.instrument}`);
      if (wanted?.unit !== metric.unit) off.push(`${metric.name} is in ${wanted?.unit}`);
      return [...off, ...labels.map((name) => `${metric.name} has no ${name}`)];
    });
    expect(wrong).toEqual([]);
  });

  test('content is in the form of the schemas', () => {
    const ajv = new Ajv2020({ strict: false, logger: false });
    const logs = latest.logs.filter((log) => log.eventName === 'gen_ai.client.inference.operation.details');
    expect(logs.length).toBeGreaterThan(0);
    for (const name of ['gen_ai.input.messages', 'gen_ai.output.messages', 'gen_ai.system_instructions', 'gen_ai.tool.definitions']) {
      const file = join(FOLDER, 'schemas', convention.content_schemas[name] ?? '');
      const check = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
      const wrong = logs.filter((log) => name in log.attributes && !check(log.attributes[name]));
      expect([name, wrong.length, check.errors ?? []]).toEqual([name, 0, []]);
    }
  });
});
