import { describe, expect, it } from 'vitest';
import { otelVariables, standardVariable } from '../../../src/config/otel-variables.ts';
import type { Option } from '../../../src/config/option.ts';
import { OPTION_ROWS, type OptionKey } from '../../../src/config/options.ts';
import { loadEnv, loadText } from './memory-files.ts';

const SAMPLES: Readonly<Record<Option['kind'], (option: Option) => unknown>> = {
  boolean: (option) => option.default !== true,
  integer: () => 131,
  number: () => 0.25,
  duration: () => 1_234,
  string: () => 'a text, with = and %',
  url: () => 'https://collector.example:4318',
  path: () => '/etc/some.pem',
  enum: (option) => option.values?.find((value) => value !== option.default),
  list: (option) => (option.values === undefined ? ['b3', 'baggage'] : option.values.slice(1)),
  record: () => ({ 'a.b': 'c, d=e %' }),
  structured: () => undefined,
};

const standard = OPTION_ROWS.filter(([key, option]) => standardVariable(option) !== undefined && key !== 'exporters.metrics');
const sampleOf = (option: Option): unknown => SAMPLES[option.kind](option);
const fileWith = (key: string, value: unknown) =>
  loadText(JSON.stringify(key.split('.').reduceRight<unknown>((inner, part) => ({ [part]: inner }), value)), {}, 'json');

describe('the standard variables for an SDK', () => {
  it('are not needed where nothing was said', () => {
    expect(otelVariables(loadEnv({}))).toEqual({});
  });

  it.each(standard.map(([key, option]) => [key, option] as const))('say what a file says of %s', (key: OptionKey, option) => {
    const value = sampleOf(option);
    const loaded = fileWith(key, value);
    expect(loaded.problems).toEqual([]);
    const variables = otelVariables(loaded);
    expect(Object.keys(variables)).toContain(standardVariable(option));
    // Read again by the rules of OpenTelemetry, they say the same.
    expect(loadEnv({ ...variables }).values.get(key)).toEqual(value);
  });

  it('keep an SDK from opening the port of Prometheus a second time', () => {
    expect(otelVariables(loadEnv({ OTEL_METRICS_EXPORTER: 'otlp,prometheus' }))).toMatchObject({ OTEL_METRICS_EXPORTER: 'otlp' });
    expect(otelVariables(loadEnv({ OTEL_METRICS_EXPORTER: 'prometheus' }))).toMatchObject({ OTEL_METRICS_EXPORTER: 'none' });
    expect(otelVariables(loadEnv({ OTEL_METRICS_EXPORTER: 'console' }))).toEqual({});
  });

  it('leave alone what the variables say already', () => {
    expect(otelVariables(loadEnv({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a.example', OTEL_TRACES_SAMPLER: 'always_off' }))).toEqual({});
  });
});

// The list of variables that sdk-node 0.301 and auto-instrumentations-node 0.82 read.
const HONOURED = `OTEL_SDK_DISABLED OTEL_LOG_LEVEL OTEL_SERVICE_NAME OTEL_RESOURCE_ATTRIBUTES OTEL_NODE_RESOURCE_DETECTORS OTEL_TRACES_EXPORTER
OTEL_METRICS_EXPORTER OTEL_LOGS_EXPORTER OTEL_METRIC_EXPORT_INTERVAL OTEL_METRIC_EXPORT_TIMEOUT OTEL_EXPORTER_PROMETHEUS_HOST
OTEL_PROPAGATORS OTEL_TRACES_SAMPLER OTEL_TRACES_SAMPLER_ARG OTEL_BSP_SCHEDULE_DELAY OTEL_BSP_EXPORT_TIMEOUT OTEL_BSP_MAX_QUEUE_SIZE
OTEL_BSP_MAX_EXPORT_BATCH_SIZE OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT OTEL_SPAN_EVENT_COUNT_LIMIT
OTEL_ATTRIBUTE_COUNT_LIMIT OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT OTEL_CONFIG_FILE OTEL_SEMCONV_STABILITY_OPT_IN OTEL_NODE_ENABLED_INSTRUMENTATIONS
OTEL_NODE_DISABLED_INSTRUMENTATIONS OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`.split(/\s+/);
const OTLP = ['ENDPOINT', 'PROTOCOL', 'HEADERS', 'TIMEOUT', 'COMPRESSION', 'CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY'];

describe('the standard variables', () => {
  const known = new Set(
    OPTION_ROWS.flatMap(([, { also = [], before = [] }]) => [...also, ...before].map((source) => (typeof source === 'string' ? source : source.name))),
  );

  it.each(HONOURED)('%s sets an option', (name) => {
    expect(known).toContain(name);
  });

  it.each(['', 'TRACES_', 'METRICS_', 'LOGS_'].flatMap((signal) => OTLP.map((what) => `OTEL_EXPORTER_OTLP_${signal}${what}`)))('%s sets an option', (name) => {
    expect(known).toContain(name);
  });
});
