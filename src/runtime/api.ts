import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as own from '@opentelemetry/api';

type Api = typeof own;

/** Where every copy of the api of major 1 keeps what was registered. @source @opentelemetry/api, internal/global-utils */
const GLOBAL = Symbol.for('opentelemetry.js.api.1');

/** @source `@opentelemetry/core`, suppress-tracing: context keys are registered symbols, so every copy agrees */
const SUPPRESS_TRACING = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** The app's copy of the api: the one beside its main file, else the one in its folder, else ours. */
const hostCopy = (cwd: string, main: string | undefined): Api => {
  for (const from of [main, join(cwd, 'noop.js')]) {
    if (from === undefined) continue;
    try {
      return createRequire(from)('@opentelemetry/api') as Api;
    } catch {
      // The app has no copy there.
    }
  }
  return own;
};

/**
 * Gives `@opentelemetry/api` as the app sees it from the moment on that anything was registered with it, and our own copy until then.
 * With two copies of different minors, what is made through the wrong one does not record; and an app that registers nothing
 * need not pay for loading its copy.
 */
export const resolveApi = (cwd: string, main: string | undefined): Api => {
  let current: Api | undefined;
  const registry = globalThis as unknown as Record<symbol, unknown>;
  const api = (): Api => current ?? (registry[GLOBAL] === undefined ? own : (current = hostCopy(cwd, main)));
  const view = {} as Record<string, unknown>;
  for (const name of Object.keys(own)) Object.defineProperty(view, name, { enumerable: true, get: () => (api() as unknown as Record<string, unknown>)[name] });
  return view as unknown as Api;
};

/** Runs work so that a host's own instrumentations make no spans of it: our exports are not the app's requests. */
export const untraced =
  (api: Api) =>
  <T>(work: () => T): T =>
    api.context.with(api.context.active().setValue(SUPPRESS_TRACING, true), work);
