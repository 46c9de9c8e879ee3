import { createRequire } from 'node:module';
import type * as Undici from '@opentelemetry/instrumentation-undici';
import type * as SdkNode from '@opentelemetry/sdk-node';
import { guard } from '../base/diag.ts';
import type { Redactor } from '../call/redactor.ts';
import type { Config } from '../config/config.ts';
import { environment } from '../config/environment.ts';
import type { LoadedConfig } from '../config/load.ts';
import { otelVariables } from '../config/otel-variables.ts';
import { noFullSdk, startSdkNode } from '../exporters/sdk-node/start-sdk-node.ts';
import type { RunningSdk } from '../exporters/sdk-node/sdk-node-settings.ts';
import { redactingLogProcessor } from '../redaction/log-processor.ts';
import { cleanResourceAttributes } from '../redaction/resource.ts';
import { redactingSpanProcessor } from '../redaction/span-processor.ts';
import { sharedApi } from './shared-api.ts';

/** What the full SDK needs of the running Purser. */
export interface FullSdkParts {
  readonly redactor: Redactor;
  /** Whether the running code sends a call: its request has a span already. */
  readonly inCall: () => boolean;
  /** Whether a host name is that of a provider. */
  readonly isProvider: (hostname: string) => boolean;
}

/** Where the providers of the SDK keep their resource. @source @opentelemetry/sdk-trace, sdk-metrics and sdk-logs 3.1 */
interface ProviderInside {
  readonly _resource?: object;
  readonly _sharedState?: { readonly resource?: object };
  getDelegate?(): ProviderInside;
  _getDelegate?(): ProviderInside;
}

const load = createRequire(import.meta.url);

const resourceOf = (provider: unknown): object | undefined => {
  const proxy = provider as ProviderInside;
  const inside = proxy.getDelegate?.() ?? proxy._getDelegate?.() ?? proxy;
  return inside._resource ?? inside._sharedState?.resource;
};

/** A resource is read anew at every export, and is not changed by what a processor does: its owner's command line must not be in it. */
const guardResource = (redactor: Redactor, resource: object): void => {
  const prototype = Object.getPrototypeOf(resource) as object;
  const read = (): Readonly<Record<string, unknown>> => (Reflect.get(prototype, 'attributes', resource) ?? {}) as Record<string, unknown>;
  let before: Readonly<Record<string, unknown>> | undefined;
  let clean: Readonly<Record<string, unknown>> = {};
  let generation: number | undefined;
  Object.defineProperty(resource, 'attributes', {
    configurable: true,
    get: () => {
      const now = read();
      const rules = redactor.generation();
      if (now !== before || rules !== generation) clean = guard('redaction.resource', () => cleanResourceAttributes(redactor, now)) ?? {};
      before = now;
      generation = rules;
      return clean;
    },
  });
};

/** The SDK is told by its own variables only, and reads them while it starts. */
const withVariables = <T>(variables: Readonly<Record<string, string>>, work: () => T): T => {
  const env = environment();
  const before = Object.keys(variables).map((name) => [name, env[name]] as const);
  Object.assign(env, variables);
  try {
    return work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete env[name];
      else env[name] = value;
    }
  }
};

const hostnameOf = (origin: string): string => {
  const parsed = URL.canParse(origin) ? new URL(origin) : undefined;
  return parsed?.hostname ?? '';
};

const wantsUndici = ({ otel, instrument }: Config): boolean =>
  instrument.undici && otel.enabledInstrumentations.includes('undici') && !otel.disabledInstrumentations.includes('undici');

/**
 * Starts the full OpenTelemetry SDK for the whole process: fetch is instrumented, and everything that any library sends through it is
 * cleaned first. Gives `undefined`, with a notice, where the host has an SDK of its own or this one cannot be started.
 */
export const startFullSdk = (loaded: LoadedConfig, { redactor, inCall, isProvider }: FullSdkParts): RunningSdk | undefined => {
  const api = sharedApi();
  if (typeof api === 'string') return noFullSdk(api);
  const sdk = withVariables(otelVariables(loaded), () =>
    startSdkNode({
      api,
      loadSdk: () => load('@opentelemetry/sdk-node') as typeof SdkNode,
      ...(wantsUndici(loaded.config) ? { loadUndici: () => load('@opentelemetry/instrumentation-undici') as typeof Undici } : {}),
      ignoreOrigin: (origin) => inCall() || isProvider(hostnameOf(origin)),
      redactSpans: redactingSpanProcessor(redactor),
      redactLogs: redactingLogProcessor(redactor),
    }),
  );
  if (sdk === undefined) return undefined;
  const resources = [api.trace.getTracerProvider(), api.metrics.getMeterProvider(), api.logs.getLoggerProvider()].map(resourceOf);
  for (const resource of new Set(resources)) if (resource !== undefined) guard('redaction.resource', () => guardResource(redactor, resource));
  return sdk;
};
