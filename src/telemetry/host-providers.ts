import type { Meter, Tracer, TracerProvider } from '@opentelemetry/api';
import { guard } from '../base/diag.ts';
import { isSilentHost } from './silent-host.ts';
import type { ApiModule } from './telemetry-settings.ts';

/** The name under which spans and metrics of Purser appear. */
export const SCOPE = 'purser';

/** A log record as the logs API takes it, in the part of it that is used here. */
interface HostLogRecord {
  readonly timestamp: number;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body?: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly context?: unknown;
}

/** The host's logger, in the part of it that is used here. */
export interface HostLogger {
  emit(record: HostLogRecord): void;
}

interface MaybeProxy extends TracerProvider {
  getDelegate?(): TracerProvider;
  getDelegateTracer?(name: string, version?: string): Tracer | undefined;
}

interface LoggerProviderLike {
  getLogger(name: string, version?: string): HostLogger;
  _getDelegateLogger?(name: string, version?: string): HostLogger | undefined;
  _getDelegate?(): object;
}

/** @source @opentelemetry/api-logs 0.2xx: its global is a function of the version, under this symbol */
const LOGS_GLOBAL = Symbol.for('io.opentelemetry.js.api.logs');

/**
 * Finds the providers that the host registered, at every call anew: whoever registers first or last, nothing is displaced.
 * Looking is a few property reads when nothing has changed.
 */
export class HostProviders {
  readonly #api: ApiModule;
  readonly #version: string;
  #delegate: unknown;
  #tracer: Tracer | undefined;
  #meterProvider: unknown;
  #meter: Meter | undefined;

  /** @param version the version of Purser, for the scope */
  constructor(api: ApiModule, version: string) {
    this.#api = api;
    this.#version = version;
  }

  /** Gives the host's tracer, or `undefined` while there is no real provider, or one whose spans nobody gets. */
  tracer(): Tracer | undefined {
    return guard('host_tracer', () => {
      const provider: MaybeProxy = this.#api.trace.getTracerProvider();
      const delegate = provider.getDelegate === undefined ? provider : provider.getDelegate();
      if (delegate === this.#delegate) return this.#tracer;
      // Not kept: older SDKs let processors be added to a provider that runs.
      if (isSilentHost(delegate, SCOPE)) return undefined;
      this.#delegate = delegate;
      this.#tracer = provider.getDelegateTracer === undefined ? provider.getTracer(SCOPE, this.#version) : provider.getDelegateTracer(SCOPE, this.#version);
      return this.#tracer;
    });
  }

  /** Gives the host's meter, or `undefined` while there is no real provider. */
  meter(): Meter | undefined {
    return guard('host_meter', () => {
      const provider = this.#api.metrics.getMeterProvider();
      if (provider === this.#meterProvider) return this.#meter;
      this.#meterProvider = provider;
      const meter = provider.getMeter(SCOPE, this.#version);
      // Asked for anew: the api may by now be another copy than the one at the start.
      this.#meter = meter === this.#api.createNoopMeter() || meter.constructor.name === 'NoopMeter' ? undefined : meter;
      return this.#meter;
    });
  }

  /** Gives the host's logger, or `undefined` while there is no real provider, or one whose records nobody gets. */
  logger(): HostLogger | undefined {
    return guard('host_logger', () => {
      const provider = this.#loggerProvider();
      if (provider === undefined || provider.constructor.name === 'NoopLoggerProvider' || isSilentHost(provider._getDelegate?.() ?? provider, SCOPE))
        return undefined;
      if (provider._getDelegateLogger !== undefined) return provider._getDelegateLogger(SCOPE, this.#version);
      return provider.getLogger(SCOPE, this.#version);
    });
  }

  #loggerProvider(): LoggerProviderLike | undefined {
    const own = (this.#api as { readonly logs?: { getLoggerProvider(): LoggerProviderLike } }).logs;
    if (own !== undefined) return own.getLoggerProvider();
    const make = (globalThis as Record<symbol, unknown>)[LOGS_GLOBAL];
    return typeof make === 'function' ? (make(1) as LoggerProviderLike) : undefined;
  }
}
