import type { Config } from './config.ts';

/** The three signals of OpenTelemetry. */
export type Signal = 'traces' | 'metrics' | 'logs';

/** Where and how one signal is sent by OTLP. */
export interface OtlpTarget {
  /** The full address, such as `http://localhost:4318/v1/traces`. */
  readonly url: string;
  readonly protocol: 'http/json' | 'http/protobuf' | 'grpc';
  readonly headers: Readonly<Record<string, string>>;
  /** For one export with all its tries. */
  readonly timeoutMs: number;
  readonly compression: 'none' | 'gzip';
  /** Files in PEM form. */
  readonly tls: { readonly ca: string | undefined; readonly cert: string | undefined; readonly key: string | undefined };
}

const SERVICES: Readonly<Record<Signal, string>> = { traces: 'trace.v1.TraceService', metrics: 'metrics.v1.MetricsService', logs: 'logs.v1.LogsService' };

/** The port of OTLP over gRPC, where only that over HTTP is known. */
const overGrpc = (endpoint: string, isDefault: boolean): string => (isDefault ? endpoint.replace(/:4318$/, ':4317') : endpoint);

const addressOf = ({ otlp }: Config, signal: Signal, protocol: OtlpTarget['protocol']): string => {
  const own = otlp[signal].endpoint;
  if (protocol !== 'grpc') return own ?? `${otlp.endpoint.replace(/\/+$/, '')}/v1/${signal}`;
  // With gRPC the address says the host, and the method is the path.
  const base = own ?? overGrpc(otlp.endpoint, otlp.endpoint === 'http://localhost:4318');
  return `${new URL(base).origin}/opentelemetry.proto.collector.${SERVICES[signal]}/Export`;
};

const longest = (config: Config, signal: Signal): number => {
  const { otlp, batch, metrics } = config;
  const timeoutMs = otlp[signal].timeoutMs ?? otlp.timeoutMs;
  if (signal === 'logs') return timeoutMs;
  return Math.min(timeoutMs, signal === 'traces' ? batch.exportTimeoutMs : metrics.timeoutMs);
};

/**
 * Where one signal is sent. The address of the signal itself is taken as it is; the base address gets `/v1/<signal>` added.
 *
 * @source https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp
 */
export const otlpTarget = (config: Config, signal: Signal): OtlpTarget => {
  const { otlp } = config;
  const own = otlp[signal];
  const protocol = own.protocol ?? otlp.protocol;
  return {
    url: addressOf(config, signal, protocol),
    protocol,
    headers: { ...otlp.headers, ...own.headers },
    timeoutMs: longest(config, signal),
    compression: own.compression ?? otlp.compression,
    tls: { ca: own.certificate ?? otlp.certificate, cert: own.clientCertificate ?? otlp.clientCertificate, key: own.clientKey ?? otlp.clientKey },
  };
};
