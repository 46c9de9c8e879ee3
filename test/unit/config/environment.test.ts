import { describe, expect, it } from 'vitest';
import { loadEnv, loadText } from './memory-files.ts';

describe('the configuration without a file', () => {
  it('has its defaults, and says so', () => {
    const { config, problems, origins, file } = loadEnv({});
    expect(problems).toEqual([]);
    expect(file).toBeUndefined();
    expect(config.enabled).toBe(true);
    expect(config.strict).toBe(false);
    expect(config.telemetry).toMatchObject({ profile: 'latest', content: 'none' });
    expect(config.askUsage.hosts).toEqual(['api.openai.com', '*.openai.azure.com']);
    expect(config.shutdown.timeoutMs).toBe(2_000);
    expect(config.budgets).toBeUndefined();
    expect(new Set(origins.values())).toEqual(new Set(['default']));
  });

  it.each([
    ['1', true],
    ['TRUE', true],
    ['Yes', true],
    [' on ', true],
    ['enabled', true],
    ['0', false],
    ['False', false],
    ['no', false],
    ['OFF', false],
    ['', true],
    ['  ', true],
  ])('reads the switch %j', (text, wanted) => {
    const { config, problems } = loadEnv({ PURSER_ENABLED: text });
    expect(config.enabled).toBe(wanted);
    expect(problems).toEqual([]);
  });

  it.each([
    ['500', 500],
    ['500ms', 500],
    ['2s', 2_000],
    ['1.5s', 1_500],
    ['1m', 60_000],
    ['0m30s', 30_000],
    ['1_000', 1_000],
    ['1e3', 1_000],
  ])('reads the time %j', (text, wanted) => {
    const { config, problems } = loadEnv({ PURSER_SHUTDOWN_TIMEOUT_MS: text });
    expect(problems).toEqual([]);
    expect(config.shutdown.timeoutMs).toBe(wanted);
  });

  it.each(['2 parsecs', 's', '-1', '2s!', 'NaN', 'Infinity', '61s', '0x10', '1,000'])('refuses the time %j and keeps the default', (text) => {
    const { config, problems } = loadEnv({ PURSER_SHUTDOWN_TIMEOUT_MS: text });
    expect(config.shutdown.timeoutMs).toBe(2_000);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('PURSER_SHUTDOWN_TIMEOUT_MS: shutdown.timeout_ms is')]);
  });

  it.each([
    ['true', 'span'],
    ['TRUE', 'span'],
    ['1', 'span'],
    ['false', 'none'],
    ['NO_CONTENT', 'none'],
    ['SPAN_ONLY', 'span'],
    ['span_only', 'span'],
    ['Event_Only', 'event'],
    ['SPAN_AND_EVENT', 'both'],
    ['both', 'both'],
  ])('understands the content switch %s', (text, wanted) => {
    expect(loadEnv({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: text }).config.telemetry.content).toBe(wanted);
    expect(loadEnv({ PURSER_CAPTURE_CONTENT: text }).config.telemetry.content).toBe(wanted);
    expect(loadText(`telemetry: {content: ${text}}`).config.telemetry.content).toBe(wanted);
  });

  it('never records content because of a typing error', () => {
    const { config, problems } = loadEnv({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_ONYL' });
    expect(config.telemetry.content).toBe('none');
    expect(problems).toHaveLength(1);
  });

  it.each([
    ['gen_ai_latest_experimental', 'latest'],
    ['http,gen_ai_latest_experimental/dup', 'both'],
    ['http/dup', 'latest'],
  ])('reads the stability opt-in %s', (text, wanted) => {
    expect(loadEnv({ OTEL_SEMCONV_STABILITY_OPT_IN: text }).config.telemetry.profile).toBe(wanted);
  });

  it.each(['1', 'true', 'yes', 'please', 'PURSER'])('is off with PURSER_DISABLED=%s, whatever else is said', (text) => {
    const { config, origins } = loadEnv({ PURSER_DISABLED: text, PURSER_ENABLED: 'true' });
    expect(config.enabled).toBe(false);
    expect(origins.get('enabled')).toBe('env:PURSER_DISABLED');
  });

  it.each(['0', 'false', 'no', 'off', ''])('stays on with PURSER_DISABLED=%j', (text) => {
    expect(loadEnv({ PURSER_DISABLED: text }).config.enabled).toBe(true);
  });

  it('takes our own names before those of OpenTelemetry, and those before the resource', () => {
    const resource = 'service.name=from-resource,deployment.environment.name=pro%20duction,purser.team=core';
    expect(loadEnv({ OTEL_RESOURCE_ATTRIBUTES: resource }).config.labels).toMatchObject({ service: 'from-resource', environment: 'pro duction', team: 'core' });
    expect(loadEnv({ OTEL_RESOURCE_ATTRIBUTES: resource, OTEL_SERVICE_NAME: 'from-name' }).config.labels.service).toBe('from-name');
    expect(loadEnv({ OTEL_SERVICE_NAME: 'from-name', PURSER_SERVICE: 'ours' }).config.labels.service).toBe('ours');
    expect(loadEnv({ PURSER_LABELS_SERVICE: 'long' })).toMatchObject({ problems: [], config: { labels: { service: 'long' } } });
    expect(loadEnv({ OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=old' }).config.labels.environment).toBe('old');
  });

  it('falls back to the next name when one cannot be used', () => {
    const { config, problems } = loadEnv({ PURSER_BATCH_MAX_QUEUE_SIZE: 'many', OTEL_BSP_MAX_QUEUE_SIZE: '99' });
    expect(config.batch.maxQueueSize).toBe(99);
    expect(problems).toHaveLength(1);
  });

  it('reads the exporters of OpenTelemetry', () => {
    const { config, problems } = loadEnv({ OTEL_TRACES_EXPORTER: 'otlp,console', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'console' });
    expect(problems).toEqual([]);
    expect(config.exporters).toEqual({ traces: ['otlp', 'console'], metrics: [], logs: ['console'] });
  });

  it('names an exporter that it does not have', () => {
    const [problem] = loadEnv({ OTEL_TRACES_EXPORTER: 'zipkin' }).problems;
    expect(problem?.message).toBe('variable OTEL_TRACES_EXPORTER: exporters.traces[0] is "zipkin", wanted a list of otlp, console.');
  });

  it('opens the Prometheus port that OpenTelemetry’s names ask for, and none for its port alone', () => {
    expect(loadEnv({ OTEL_METRICS_EXPORTER: 'prometheus' }).config.prometheus.port).toBe(9464);
    expect(loadEnv({ OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '9999' }).config.prometheus.port).toBe(9999);
    expect(loadEnv({ OTEL_EXPORTER_PROMETHEUS_PORT: '9999' }).config.prometheus.port).toBeUndefined();
  });

  it('names the variable and the one that was meant', () => {
    const { problems } = loadEnv({ PURSER_STORE_KID: 'sqlite' });
    expect(problems).toEqual([expect.objectContaining({ key: 'PURSER_STORE_KID', nearest: 'PURSER_STORE_KIND', code: 'config_invalid' })]);
  });

  it('is not confused by the variables that Kubernetes makes for a service called purser', () => {
    const { config, problems } = loadEnv({
      PURSER_SERVICE_HOST: '10.0.0.7',
      PURSER_SERVICE_PORT: '4318',
      PURSER_SERVICE_PORT_HTTP: '4318',
      PURSER_PORT: 'tcp://10.0.0.7:4318',
      PURSER_PORT_4318_TCP: 'tcp://10.0.0.7:4318',
      PURSER_PORT_4318_TCP_ADDR: '10.0.0.7',
      PURSER_PROMETHEUS_PORT: 'tcp://10.0.0.8:9464',
    });
    expect(problems).toEqual([]);
    expect(config.prometheus.port).toBeUndefined();
    expect(config.labels.service).toBeUndefined();
  });

  it('reads structured options as JSON', () => {
    const { config, problems } = loadEnv({ PURSER_BUDGETS: '[{"id":"a","limit":"5 usd"}]' });
    expect(problems).toEqual([]);
    expect(config.budgets?.value).toEqual([{ id: 'a', limit: '5 usd' }]);
    expect(config.budgets?.locate([0, 'id'])).toBe('PURSER_BUDGETS');
    expect(loadEnv({ PURSER_BUDGETS: '5 usd' }).problems).toHaveLength(1);
  });

  it('takes paths from the working directory', () => {
    expect(loadEnv({ PURSER_JSONL_FILE: 'calls.jsonl' }).config.jsonl.file).toBe('/app/calls.jsonl');
    expect(loadEnv({ PURSER_JSONL_FILE: '/var/calls.jsonl' }).config.jsonl.file).toBe('/var/calls.jsonl');
  });
});
