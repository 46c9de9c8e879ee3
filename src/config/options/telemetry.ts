import type { EnvSource, OptionExtras } from '../option.ts';
import { duration, flag, integer, list, listOf, maybeOneOf, number, oneOf, path, record, text, url } from '../option.ts';

/** The convention's opt-in list: the word of the GenAI group, with or without the old names beside the new. */
const stability: EnvSource = {
  name: 'OTEL_SEMCONV_STABILITY_OPT_IN',
  read(value) {
    const words = value.split(',').map((word) => word.trim().toLowerCase());
    if (words.includes('gen_ai_latest_experimental/dup')) return 'both';
    return words.includes('gen_ai_latest_experimental') ? 'latest' : undefined;
  },
};

/** The words of Python's util-genai, and the plain switch that the JavaScript instrumentation knows. */
const CONTENT_SPELLINGS = {
  true: 'span',
  false: 'none',
  '1': 'span',
  '0': 'none',
  yes: 'span',
  no: 'none',
  on: 'span',
  off: 'none',
  no_content: 'none',
  span_only: 'span',
  event_only: 'event',
  span_and_event: 'both',
};

const PROTOCOLS = ['http/json', 'http/protobuf', 'grpc'] as const;
const HTTP = ['http', 'https'];
const GZIP = ['none', 'gzip'] as const;
const otlp = (signal: string, what: string): OptionExtras => ({ also: [`OTEL_EXPORTER_OTLP_${signal}${what}`] });

/** OpenTelemetry: what is emitted, through which provider, and where it is sent. */
export const TELEMETRY_OPTIONS = {
  'telemetry.profile': oneOf(
    ['latest', 'v1.41', 'both'],
    'latest',
    'Which names of the GenAI conventions are emitted: the newest, those of semantic conventions 1.41, or both.',
    {
      also: [stability],
    },
  ),
  'telemetry.content': oneOf(['none', 'span', 'event', 'both'], 'none', 'Whether prompts and answers are recorded, redacted, and where; `true` means `span`.', {
    before: ['PURSER_CAPTURE_CONTENT'],
    also: ['OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'],
    synonyms: CONTENT_SPELLINGS,
  }),
  'telemetry.content_max_length': integer(50_000, 'The longest recorded text of one message part in UTF-16 units; longer ones are cut and marked.', {
    min: 16,
  }),
  'telemetry.content_sample_rate': number(1, 'The share of calls whose content is recorded when content is on.', { max: 1 }),
  'telemetry.content_on_error': flag(true, 'Whether the content of failed calls is recorded whatever the share, when content is on.'),

  'otel.mode': oneOf(
    ['auto', 'own', 'host', 'sdk-node'],
    'auto',
    'Where telemetry goes: `host` through the provider that the app registered, `own` through a private one, `sdk-node` through a full SDK registered for the whole process, `auto` through the host’s when there is one and our own otherwise.',
  ),
  'otel.disabled': flag(false, 'Whether nothing is exported by OpenTelemetry; budgets and the ledger go on.', { also: ['OTEL_SDK_DISABLED'] }),
  'otel.config_file': path('A declarative OpenTelemetry configuration for the SDK that is registered with `sdk-node`.', { also: ['OTEL_CONFIG_FILE'] }),
  'otel.log_level': oneOf(['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'], 'info', 'How much OpenTelemetry’s own diagnostics say.', {
    also: ['OTEL_LOG_LEVEL'],
  }),
  'otel.resource_attributes': record({}, 'Attributes of the resource, on everything that is exported.', { also: ['OTEL_RESOURCE_ATTRIBUTES'] }),
  'otel.resource_detectors': list(['service'], 'The resource detectors of the SDK that is registered with `sdk-node`: `service`, `host`, `process`.', {
    also: ['OTEL_NODE_RESOURCE_DETECTORS'],
  }),
  'otel.enabled_instrumentations': list(['undici'], 'The instrumentations that the SDK of `sdk-node` starts with; `undici` (fetch) is the one that there is.', {
    also: ['OTEL_NODE_ENABLED_INSTRUMENTATIONS'],
  }),
  'otel.disabled_instrumentations': list([], 'Those of them that it leaves out.', { also: ['OTEL_NODE_DISABLED_INSTRUMENTATIONS'] }),
  'otel.propagators': list(['tracecontext', 'baggage'], 'The propagators of the SDK that is registered with `sdk-node`.', { also: ['OTEL_PROPAGATORS'] }),
  'otel.sampler': oneOf(
    ['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'],
    'parentbased_always_on',
    'Which traces are kept; metrics, budgets and the ledger see every call in any case.',
    { also: ['OTEL_TRACES_SAMPLER'] },
  ),
  'otel.sampler_arg': number(1, 'The share of traces that a ratio sampler keeps.', { max: 1, also: ['OTEL_TRACES_SAMPLER_ARG'] }),
  'otel.attribute_count_limit': integer(128, 'How many attributes one span may have.', {
    also: ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
  }),
  'otel.event_count_limit': integer(128, 'How many events one span may have.', { also: ['OTEL_SPAN_EVENT_COUNT_LIMIT'] }),
  'otel.attribute_value_length_limit': integer(
    undefined,
    'The longest attribute value in UTF-16 units that is exported; longer ones are cut, content without breaking its form.',
    {
      also: ['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
    },
  ),
  'exporters.traces': listOf(['otlp', 'console'], ['otlp'], 'Where spans are sent.', { also: ['OTEL_TRACES_EXPORTER'] }),
  'exporters.metrics': listOf(
    ['otlp', 'prometheus', 'console'],
    ['otlp'],
    'Where metrics are sent; `prometheus` opens the port of `prometheus.port`, 9464 when none is set.',
    {
      also: ['OTEL_METRICS_EXPORTER'],
    },
  ),
  'exporters.logs': listOf(['otlp', 'console'], ['otlp'], 'Where events and log records are sent.', { also: ['OTEL_LOGS_EXPORTER'] }),

  'otlp.endpoint': url(HTTP, 'http://localhost:4318', 'The base address of the OTLP receiver; `/v1/traces` and its like are added.', otlp('', 'ENDPOINT')),
  'otlp.protocol': oneOf(PROTOCOLS, 'http/protobuf', 'The OTLP encoding.', otlp('', 'PROTOCOL')),
  'otlp.headers': record({}, 'Headers sent to the OTLP receiver.', { ...otlp('', 'HEADERS'), secret: true }),
  'otlp.timeout_ms': duration(10_000, 'How long one export may take.', otlp('', 'TIMEOUT')),
  'otlp.compression': oneOf(GZIP, 'none', 'Whether exports are compressed.', otlp('', 'COMPRESSION')),
  'otlp.certificate': path('A file with the certificate authorities (PEM) that the OTLP receiver is checked against.', otlp('', 'CERTIFICATE')),
  'otlp.client_certificate': path('A file with the certificate (PEM) that is shown to the OTLP receiver.', otlp('', 'CLIENT_CERTIFICATE')),
  'otlp.client_key': path('A file with the key (PEM) of that certificate.', otlp('', 'CLIENT_KEY')),
  'otlp.traces.endpoint': url(HTTP, undefined, 'The full address for spans, where it is not the base address and `/v1/traces`.', otlp('TRACES_', 'ENDPOINT')),
  'otlp.traces.protocol': maybeOneOf(PROTOCOLS, 'The encoding for spans, where it differs.', otlp('TRACES_', 'PROTOCOL')),
  'otlp.traces.headers': record({}, 'Further headers for spans.', { ...otlp('TRACES_', 'HEADERS'), secret: true }),
  'otlp.traces.timeout_ms': duration(undefined, 'How long one export of spans may take, where it differs.', otlp('TRACES_', 'TIMEOUT')),
  'otlp.traces.compression': maybeOneOf(GZIP, 'Whether exports of spans are compressed, where it differs.', otlp('TRACES_', 'COMPRESSION')),
  'otlp.traces.certificate': path('The certificate authorities for spans, where they differ.', otlp('TRACES_', 'CERTIFICATE')),
  'otlp.traces.client_certificate': path('The certificate that is shown for spans, where it differs.', otlp('TRACES_', 'CLIENT_CERTIFICATE')),
  'otlp.traces.client_key': path('The key of that certificate for spans, where it differs.', otlp('TRACES_', 'CLIENT_KEY')),
  'otlp.metrics.endpoint': url(
    HTTP,
    undefined,
    'The full address for metrics, where it is not the base address and `/v1/metrics`.',
    otlp('METRICS_', 'ENDPOINT'),
  ),
  'otlp.metrics.protocol': maybeOneOf(PROTOCOLS, 'The encoding for metrics, where it differs.', otlp('METRICS_', 'PROTOCOL')),
  'otlp.metrics.headers': record({}, 'Further headers for metrics.', { ...otlp('METRICS_', 'HEADERS'), secret: true }),
  'otlp.metrics.timeout_ms': duration(undefined, 'How long one export of metrics may take, where it differs.', otlp('METRICS_', 'TIMEOUT')),
  'otlp.metrics.compression': maybeOneOf(GZIP, 'Whether exports of metrics are compressed, where it differs.', otlp('METRICS_', 'COMPRESSION')),
  'otlp.metrics.certificate': path('The certificate authorities for metrics, where they differ.', otlp('METRICS_', 'CERTIFICATE')),
  'otlp.metrics.client_certificate': path('The certificate that is shown for metrics, where it differs.', otlp('METRICS_', 'CLIENT_CERTIFICATE')),
  'otlp.metrics.client_key': path('The key of that certificate for metrics, where it differs.', otlp('METRICS_', 'CLIENT_KEY')),
  'otlp.logs.endpoint': url(
    HTTP,
    undefined,
    'The full address for events and log records, where it is not the base address and `/v1/logs`.',
    otlp('LOGS_', 'ENDPOINT'),
  ),
  'otlp.logs.protocol': maybeOneOf(PROTOCOLS, 'The encoding for events and log records, where it differs.', otlp('LOGS_', 'PROTOCOL')),
  'otlp.logs.headers': record({}, 'Further headers for events and log records.', { ...otlp('LOGS_', 'HEADERS'), secret: true }),
  'otlp.logs.timeout_ms': duration(undefined, 'How long one export of events and log records may take, where it differs.', otlp('LOGS_', 'TIMEOUT')),
  'otlp.logs.compression': maybeOneOf(GZIP, 'Whether exports of events and log records are compressed, where it differs.', otlp('LOGS_', 'COMPRESSION')),
  'otlp.logs.certificate': path('The certificate authorities for events and log records, where they differ.', otlp('LOGS_', 'CERTIFICATE')),
  'otlp.logs.client_certificate': path('The certificate that is shown for events and log records, where it differs.', otlp('LOGS_', 'CLIENT_CERTIFICATE')),
  'otlp.logs.client_key': path('The key of that certificate for events and log records, where it differs.', otlp('LOGS_', 'CLIENT_KEY')),

  'metrics.interval_ms': duration(60_000, 'How often metrics are exported.', { min: 100, also: ['OTEL_METRIC_EXPORT_INTERVAL'] }),
  'metrics.temporality': oneOf(
    ['cumulative', 'delta', 'lowmemory'],
    'cumulative',
    'Whether counters and histograms are exported as totals or as differences; Prometheus wants totals.',
    { also: ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'] },
  ),
  'metrics.timeout_ms': duration(30_000, 'How long one export of metrics may take in all, where `otlp.timeout_ms` does not end it before.', {
    also: ['OTEL_METRIC_EXPORT_TIMEOUT'],
  }),
  'batch.schedule_delay_ms': duration(5_000, 'How long finished spans wait for company before they are exported.', { also: ['OTEL_BSP_SCHEDULE_DELAY'] }),
  'batch.export_timeout_ms': duration(30_000, 'How long one export of spans may take in all, where `otlp.timeout_ms` does not end it before.', {
    also: ['OTEL_BSP_EXPORT_TIMEOUT'],
  }),
  'batch.max_queue_size': integer(2_048, 'How many finished spans are kept for export; further ones are dropped and counted.', {
    min: 1,
    also: ['OTEL_BSP_MAX_QUEUE_SIZE'],
  }),
  'batch.max_export_size': integer(512, 'How many spans one export may hold.', { min: 1, also: ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'] }),

  'prometheus.port': integer(
    undefined,
    'The port that serves metrics to Prometheus; none by default. Of processes that share it, such as npm and its app, the first that calls models serves it, the primary of a cluster the sum of its workers; under pm2 each instance adds its number.',
    { max: 65_535 },
  ),
  'prometheus.host': text('0.0.0.0', 'The address that this port is opened on.', { also: ['OTEL_EXPORTER_PROMETHEUS_HOST'] }),
  'prometheus.path': text('/metrics', 'The path that metrics are served on.'),
  'jsonl.file': path('A file to which every finished call is appended as one JSON line, redacted.'),
};
