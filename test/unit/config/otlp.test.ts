import { describe, expect, it } from 'vitest';
import { otlpTarget } from '../../../src/config/otlp.ts';
import { loadEnv } from './memory-files.ts';

const target = (env: Record<string, string>, signal: 'traces' | 'metrics' | 'logs' = 'traces') => otlpTarget(loadEnv(env).config, signal);

describe('where a signal is sent', () => {
  it('is the local receiver unless said otherwise', () => {
    expect(target({})).toEqual({
      url: 'http://localhost:4318/v1/traces',
      protocol: 'http/protobuf',
      headers: {},
      timeoutMs: 10_000,
      compression: 'none',
      tls: { ca: undefined, cert: undefined, key: undefined },
    });
  });

  it('adds the path to the base address, but never to the address of a signal', () => {
    expect(target({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c.example:4318/otlp/' }, 'metrics').url).toBe('https://c.example:4318/otlp/v1/metrics');
    expect(target({ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://c.example/in' }, 'logs').url).toBe('https://c.example/in');
  });

  it('is a method of gRPC on the port of gRPC where that protocol is asked for', () => {
    expect(target({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'metrics').url).toBe(
      'http://localhost:4317/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
    );
    expect(target({ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c.example:4318' }).url).toBe(
      'https://c.example:4318/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    );
  });

  it('ends with the shortest of the times that were given', () => {
    expect(target({ OTEL_BSP_EXPORT_TIMEOUT: '700' }).timeoutMs).toBe(700);
    expect(target({ OTEL_METRIC_EXPORT_TIMEOUT: '800' }, 'metrics').timeoutMs).toBe(800);
    expect(target({ OTEL_BSP_EXPORT_TIMEOUT: '700' }, 'logs').timeoutMs).toBe(10_000);
  });

  it('checks and shows the certificates of the signal before those of all', () => {
    const env = { OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca.pem', OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE: '/logs.pem', OTEL_EXPORTER_OTLP_CLIENT_KEY: '/key.pem' };
    expect(target(env, 'logs').tls).toEqual({ ca: '/logs.pem', cert: undefined, key: '/key.pem' });
  });

  it('takes what is said of a signal before what is said of all', () => {
    const env = {
      OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b=1',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=%32',
      OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '2000',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'gzip',
    };
    expect(target(env)).toMatchObject({ headers: { a: '1', b: '2' }, timeoutMs: 2_000, protocol: 'http/json', compression: 'gzip' });
    expect(target(env, 'logs')).toMatchObject({ headers: { a: '1', b: '1' }, timeoutMs: 1_000, compression: 'none' });
  });
});
