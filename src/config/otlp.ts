import type { Config } from './config.ts';

/** The three signals of OpenTelemetry. */
export type Signal = 'traces' | 'metrics' | 'logs';

/** Where and how one signal is sent by OTLP. */
export interface OtlpTarget {
  /** The full address, such as `http://localhost:4318/v1/traces`. */
  readonly url: string;
  readonly protocol: 'http/json' | 'http/protobuf';
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly compression: 'none' | 'gzip';
}

/**
 * Where one signal is sent. The address of the signal itself is taken as it is; the base address gets `/v1/<signal>` added.
 *
 * @source https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp
 */
export const otlpTarget = ({ otlp }: Config, signal: Signal): OtlpTarget => {
  const own = otlp[signal];
  return {
    url: own.endpoint ?? `${otlp.endpoint.replace(/\/+$/, '')}/v1/${signal}`,
    protocol: own.protocol ?? otlp.protocol,
    headers: { ...otlp.headers, ...own.headers },
    timeoutMs: own.timeoutMs ?? otlp.timeoutMs,
    compression: own.compression ?? otlp.compression,
  };
};
