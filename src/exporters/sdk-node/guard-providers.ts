import type * as Api from '@opentelemetry/api';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/** What a tracer provider of the JavaScript SDK looks like inside. @source @opentelemetry/sdk-trace 3.1 and sdk-trace-base 2.x */
interface TracerInside {
  readonly _activeSpanProcessor?: { readonly _spanProcessors?: SpanProcessor[] };
}

/** What a logger provider of the JavaScript SDK looks like inside. @source @opentelemetry/sdk-logs 3.1 and 0.2xx */
interface LoggerInside {
  readonly _sharedState?: { readonly activeProcessor?: { readonly processors?: LogRecordProcessor[] } };
}

/** The provider behind the proxy that the api hands out. */
const behind = (provider: object): object => {
  const proxy = provider as { getDelegate?(): object; _getDelegate?(): object };
  return proxy.getDelegate?.() ?? proxy._getDelegate?.() ?? provider;
};

/**
 * Puts a processor before all others of the registered tracer provider, so that no exporter sees a span uncleaned.
 * The SDK has no way to add one: gives false when the provider is not built as expected, and then nothing was changed.
 */
export const guardSpans = (api: typeof Api, processor: SpanProcessor): boolean => {
  const list = (behind(api.trace.getTracerProvider()) as TracerInside)._activeSpanProcessor?._spanProcessors;
  if (!Array.isArray(list)) return false;
  if (!list.includes(processor)) list.unshift(processor);
  return true;
};

/** The same for log records. */
export const guardLogs = (api: typeof Api, processor: LogRecordProcessor): boolean => {
  const list = (behind(api.logs.getLoggerProvider()) as LoggerInside)._sharedState?.activeProcessor?.processors;
  if (!Array.isArray(list)) return false;
  if (!list.includes(processor)) list.unshift(processor);
  return true;
};
