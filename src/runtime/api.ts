import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as own from '@opentelemetry/api';

type Api = typeof own;

/** Where every copy of the api of major 1 keeps what was registered. @source @opentelemetry/api, internal/global-utils */
const GLOBAL = Symbol.for('opentelemetry.js.api.1');

/** @source `@opentelemetry/core`, suppress-tracing: context keys are registered symbols, so every copy agrees */
const SUPPRESS_TRACING = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** What was registered with the api, by whichever copy. */
interface Registered {
  readonly trace?: own.TracerProvider;
  readonly metrics?: own.MeterProvider;
  readonly context?: own.ContextManager;
}

/** @source @opentelemetry/api 1.0 to 1.10, api/context: every method asks this one, which TypeScript calls private */
interface ContextInside {
  _getContextManager(): own.ContextManager;
}

/**
 * Whether a copy of the api finds what was registered: a copy takes nothing from one of a lower minor. Undefined while nothing is there to tell by.
 * @source @opentelemetry/api, internal/semver
 */
const finds = (copy: Api, { trace, metrics, context }: Registered): boolean | undefined => {
  if (trace !== undefined) return copy.trace.getTracerProvider() === trace;
  if (metrics !== undefined) return copy.metrics.getMeterProvider() === metrics;
  return context === undefined ? undefined : (copy.context as unknown as ContextInside)._getContextManager() === context;
};

const over = (base: object, part: object): unknown => Object.assign(Object.create(base) as object, part);

/** Our copy, which takes what it looks for from where it was registered, whatever copy that was. Below 1.10 no logs are there. */
const direct = (registered: Registered): Api => {
  const trace: Partial<Api['trace']> = { getTracerProvider: () => registered.trace ?? own.trace.getTracerProvider() };
  const metrics: Partial<Api['metrics']> = { getMeterProvider: () => registered.metrics ?? own.metrics.getMeterProvider() };
  const inside = own.context as unknown as ContextInside;
  const context: ContextInside = { _getContextManager: () => registered.context ?? inside._getContextManager() };
  return { ...own, logs: undefined, trace: over(own.trace, trace), metrics: over(own.metrics, metrics), context: over(own.context, context) } as unknown as Api;
};

/**
 * The copy of the api that finds what was registered: the one beside the app's main file, else the one in its folder, else ours. An SDK that was set beside the
 * app, as an operator or a layer does, may have brought an older one than the app's SDKs did: then none of these finds it, and we look for ourselves.
 */
const hostCopy = (registered: Registered, cwd: string, main: string | undefined): Api => {
  for (const from of [main, join(cwd, 'noop.js')]) {
    if (from === undefined) continue;
    try {
      const copy = createRequire(from)('@opentelemetry/api') as Api;
      if (finds(copy, registered) === true) return copy;
    } catch {
      // The app has no copy there.
    }
  }
  return finds(own, registered) === true ? own : direct(registered);
};

/**
 * Gives `@opentelemetry/api` as the app sees it from the moment on that anything was registered with it, and our own copy until then.
 * With two copies of different minors, what is made through the wrong one does not record; and an app that registers nothing
 * need not pay for loading its copy.
 */
export const resolveApi = (cwd: string, main: string | undefined): Api => {
  let current: Api | undefined;
  const registry = globalThis as unknown as Record<symbol, Registered | undefined>;
  const api = (): Api => {
    const registered = registry[GLOBAL];
    if (current !== undefined || registered === undefined || finds(own, registered) === undefined) return current ?? own;
    return (current = hostCopy(registered, cwd, main));
  };
  const view = {} as Record<string, unknown>;
  for (const name of Object.keys(own)) Object.defineProperty(view, name, { enumerable: true, get: () => (api() as unknown as Record<string, unknown>)[name] });
  return view as unknown as Api;
};

/** Runs work so that a host's own instrumentations make no spans of it: our exports are not the app's requests. */
export const untraced =
  (api: Api) =>
  <T>(work: () => T): T =>
    api.context.with(api.context.active().setValue(SUPPRESS_TRACING, true), work);
