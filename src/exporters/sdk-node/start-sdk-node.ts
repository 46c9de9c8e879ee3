import { timers } from '../../base/timers.ts';
import { fault, notice } from '../../base/diag.ts';
import { guardLogs, guardSpans } from './guard-providers.ts';
import type { RunningSdk, SdkNodeSettings } from './sdk-node-settings.ts';

interface Flushable {
  forceFlush?(): Promise<void>;
  getDelegate?(): Flushable;
  _getDelegate?(): Flushable;
}

const within = async (work: Promise<unknown>, timeoutMs: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => void (timer = timers.setTimeout(resolve, timeoutMs)));
  await Promise.race([work.catch((error: unknown) => fault('sdk_node', error)), late]);
  timers.clearTimeout(timer);
};

/** The provider behind the proxy that the api hands out. */
const behind = (provider: object): Flushable => {
  const proxy = provider as Flushable;
  return proxy.getDelegate?.() ?? proxy._getDelegate?.() ?? proxy;
};

const flushAll = async ({ api }: SdkNodeSettings): Promise<void> => {
  const providers = [api.trace.getTracerProvider(), api.metrics.getMeterProvider(), api.logs.getLoggerProvider()].map(behind);
  await Promise.all(providers.map(async (provider) => provider.forceFlush?.()));
};

const hasProvider = ({ api }: SdkNodeSettings): boolean => behind(api.trace.getTracerProvider()).forceFlush !== undefined;

/** Instrumentation of fetch, blind to providers: their calls have a span, and strangers get no trace headers. */
const instrumentations = ({
  loadUndici,
  ignoreOrigin,
}: SdkNodeSettings): InstanceType<ReturnType<NonNullable<typeof loadUndici>>['UndiciInstrumentation']>[] => {
  if (loadUndici === undefined) return [];
  const { UndiciInstrumentation } = loadUndici();
  return [new UndiciInstrumentation({ ignoreRequestHook: ({ origin }) => ignoreOrigin(origin) })];
};

/** Says why no full SDK runs. */
export const noFullSdk = (why: string): undefined => {
  notice('sdk_node_load', `the OpenTelemetry SDK could not be started, ${why}; telemetry goes its own way`);
};

/**
 * Starts the full OpenTelemetry SDK for the whole process, as its own variables and OTEL_CONFIG_FILE say, and cleans whatever
 * any library sends through it. Telemetry finds its providers like those of any host. Gives `undefined`, with a notice, when
 * the host has an SDK already or this one cannot be loaded. Spans that are unsent at `process.exit()` are lost in this mode.
 */
export const startSdkNode = (settings: SdkNodeSettings): RunningSdk | undefined => {
  if (hasProvider(settings)) {
    notice('sdk_node_host', 'the app has an OpenTelemetry SDK already, which is used; otel.mode sdk-node starts none beside it');
    return undefined;
  }
  try {
    // At `info` the SDK's own logger would write to stdout.
    const sdk = settings.loadSdk().startNodeSdk({ instrumentations: instrumentations(settings), logLevel: 'warn' });
    const cleaned = [guardSpans(settings.api, settings.redactSpans), guardLogs(settings.api, settings.redactLogs)];
    if (hasProvider(settings) && cleaned[0] === false) {
      // Fail closed: an SDK that cannot be guarded would export what other libraries put into it.
      void within(sdk.shutdown(), 1000);
      notice('sdk_node_unguarded', 'the OpenTelemetry SDK is built in a way that cannot be cleaned, so it was stopped');
      return undefined;
    }
    return { flush: (timeoutMs) => within(flushAll(settings), timeoutMs), shutdown: (timeoutMs) => within(sdk.shutdown(), timeoutMs) };
  } catch (error) {
    fault('sdk_node', error);
    return noFullSdk('its modules cannot be loaded');
  }
};
