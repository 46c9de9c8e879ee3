import { timers } from '../base/timers.ts';
import type * as Api from '@opentelemetry/api';
import { guard } from '../base/diag.ts';

/** A provider of the SDK, or the proxy that the api hands out for one. */
interface Provider {
  forceFlush?(): Promise<unknown>;
  getDelegate?(): Provider;
  _getDelegate?(): Provider;
}

const behind = (provider: unknown): Provider => {
  const proxy = provider as Provider;
  return proxy.getDelegate?.() ?? proxy._getDelegate?.() ?? proxy;
};

/**
 * Asks the host's own providers to send what they hold, since calls that the host exports wait there. Resolves when they have, or after
 * `timeoutMs`; never rejects, and holds no handle.
 */
export const flushHost = async (api: typeof Api, timeoutMs: number): Promise<void> => {
  // A host with an api below 1.10 has none for logs.
  const { logs } = api as { readonly logs?: typeof Api.logs };
  const flushes = [() => api.trace.getTracerProvider(), () => api.metrics.getMeterProvider(), () => logs?.getLoggerProvider()].map((find) =>
    guard('host_flush', () => behind(find() ?? {}).forceFlush?.()),
  );
  const pending = flushes.filter((flush) => flush !== undefined);
  if (pending.length === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = timers.setTimeout(resolve, timeoutMs);
    timer.unref();
  });
  // What a host's exporter cannot send is the host's to report.
  await Promise.race([Promise.allSettled(pending), late]);
  timers.clearTimeout(timer);
};
