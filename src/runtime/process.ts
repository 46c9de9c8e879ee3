import { timers } from '../base/timers.ts';
import Module from 'node:module';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { workingFolder } from '../base/working-folder.ts';
import { fault, guard } from '../base/diag.ts';
import { loadNow } from '../base/load.ts';
import { makeFolder } from '../base/make-folder.ts';
import { PurserError } from '../call/errors.ts';
import { environment } from '../config/environment.ts';
import { findConfigFile, hostFiles } from '../config/files.ts';
import type { ThreadMessage } from '../exporters/thread/thread-message.ts';
import { installHooks, type SdkLoaded } from '../hooks/install.ts';
import { requiresPastHooks, whyAbsent, type HookSupport } from '../hooks/support.ts';
import { installTap, type Tap } from '../wire/install-tap.ts';
import { sayAtStart, sayOnStderr } from './say.ts';
import { onServed } from './served.ts';
import type * as StartModule from './start.ts';
import type { Runtime, StartOptions } from './start.ts';
import { ThreadWatch } from './thread-watch.ts';

/** Purser in this process, whoever started it: the hooks at once, everything else when it is needed. */
export interface PurserProcess {
  readonly hooks: HookSupport;
  /** Wires the stations unless that was done; `undefined` when it failed, which was reported. */
  runtime(): Runtime | undefined;
}

const KEY = Symbol.for('purser.process');

const existing = (): PurserProcess | undefined => (globalThis as unknown as Record<symbol, PurserProcess | undefined>)[KEY];

/** A config that says `strict` wants no app without it: then, and only then, its fault ends the process. */
const guarded = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PurserError) || error.details['strict'] === undefined) {
      fault('start', error);
      // Nobody else would say why nothing is seen.
      sayAtStart(`not started: ${error instanceof Error ? error.message : String(error)}`);
    } else {
      sayOnStderr(`${error.message} The app is not started, because the config says strict.`);
      process.exit(1);
    }
    return undefined;
  }
};

/** The config file that will be read, found as the config finds it; `undefined` when there is none. */
const configFile = ({ configFile: named = environment().PURSER_CONFIG }: StartOptions): string | undefined => {
  if (named !== undefined && named !== '') return named === 'none' ? undefined : named;
  return findConfigFile(workingFolder(), hostFiles)?.path;
};

/** Whether something was asked for that does not wait for the first call: a config file, a page of metrics, or labels of the requests that the app serves. */
const startsEarly = (file: string | undefined): boolean => {
  const { PURSER_PROMETHEUS_PORT, PURSER_LABELS_HEADERS, PURSER_LABELS_BAGGAGE, OTEL_METRICS_EXPORTER } = environment();
  const said = file ?? PURSER_PROMETHEUS_PORT ?? PURSER_LABELS_HEADERS ?? PURSER_LABELS_BAGGAGE;
  return said !== undefined || OTEL_METRICS_EXPORTER?.includes('prometheus') === true;
};

/** A process that ends sooner, such as a probe or a tool beside the service, needs no page. */
const EARLY_MS = 300;

/** Starts a little later, or when a server of the app gets its first request, which may carry labels for the first call. */
const startSoon = (runtime: () => Runtime | undefined, isStarted: () => boolean): void => {
  timers.setTimeout(runtime, EARLY_MS).unref();
  const stop = onServed((request) => {
    // Not while Node goes through those that it tells.
    timers.queueMicrotask(stop);
    if (!isStarted()) guard('served', () => runtime()?.served(request));
  });
};

/** What in a config file cannot wait until the app's own modules are loaded. */
const URGENT = /strict|sdk-node|config_file/;

/** Whether something was asked for that must be there before the app's own modules: a start that may refuse, or the full SDK. */
const startsFirst = (file: string | undefined): boolean => {
  const { PURSER_STRICT, PURSER_OTEL_MODE, OTEL_CONFIG_FILE } = environment();
  if (/^(1|true|yes|on)$/i.test(PURSER_STRICT ?? '')) return true;
  if (file !== undefined && guard('early', () => URGENT.test(hostFiles.read(file))) === true) return true;
  return PURSER_OTEL_MODE === 'sdk-node' || (OTEL_CONFIG_FILE !== undefined && (PURSER_OTEL_MODE ?? 'auto') === 'auto');
};

/**
 * In a bundle no adapter can keep the Anthropic SDK from making spans of its own beside ours, so its own switch is used, unless the owner set it.
 * A client that is given `openTelemetry` keeps what it was given.
 * @source @anthropic-ai/sdk 1.11, internal/tracing: the variable is read when a client is made
 */
const silenceBundledTracing = (): void => {
  environment().ANTHROPIC_OPEN_TELEMETRY ??= 'false';
};

/** Node makes the folder of its cache by itself, but tries without end where none can be made, as with a temporary folder below /proc. */
const cacheCompiled = (): void => {
  // Absent below Node 22.1.
  const { enableCompileCache } = Module as Partial<typeof Module>;
  if (enableCompileCache === undefined) return;
  makeFolder(environment().NODE_COMPILE_CACHE ?? join(process.getBuiltinModule('node:os').tmpdir(), 'node-compile-cache'));
  enableCompileCache();
};

const begin = (options: StartOptions): PurserProcess => {
  let state: { readonly runtime: Runtime | undefined } | undefined;
  const runtime = (): Runtime | undefined => {
    if (state === undefined) {
      // Set first: what the stations load may itself come past the hooks.
      state = { runtime: undefined };
      state = { runtime: guarded(() => loadNow<typeof StartModule>('runtime/start').startRuntime(options, threads)) };
    }
    return state.runtime;
  };
  let isWarm = false;
  /** The stations where a call is about to be made. */
  const needed = (): Runtime | undefined => {
    const started = runtime();
    if (!isWarm) started?.telemetry.warmUp();
    isWarm = true;
    return started;
  };
  // A thread may be the first that needs the stations.
  const fromThread = (message: ThreadMessage): void => needed()?.fromThread(message);
  // A main thread that blocks until its threads are through, and then exits, starts the stations only now, where there is something to send.
  const sendAtExit = (): void => {
    threads?.drain();
    const started = state?.runtime;
    started?.telemetry.flushAtExit(started.loaded.config.shutdown.timeoutMs);
  };
  const atExit = (): void => guard('threads_exit', sendAtExit);
  const threads = isMainThread ? guard('threads', () => new ThreadWatch(fromThread, atExit)) : undefined;
  guard('bundled_tracing', silenceBundledTracing);
  let tap: Tap | undefined;
  const loaded: SdkLoaded = (target, bindings, url) => {
    if (target === 'undici') {
      tap?.undiciLoaded((bindings['module'] as { readonly exports?: unknown } | undefined)?.exports);
      return undefined;
    }
    return needed()?.sdkLoaded(target, bindings, url);
  };
  const hooks = installHooks(loaded, process.versions.node, (name) => tap?.builtinLoaded(name));
  const seesBuiltins = hooks === 'full' && guard('hooks.past', requiresPastHooks) === false;
  tap = installTap({ wire: () => needed()?.wire, inCall: () => state?.runtime?.inCall() === true }, seesBuiltins);
  // A page of metrics and the like must be there before the first call; the app's own start comes first.
  const file = guard('early', () => configFile(options));
  if (startsFirst(file)) runtime();
  else if (guard('early', () => startsEarly(file)) === true) startSoon(runtime, () => state !== undefined);
  return { hooks, runtime };
};

/** Where this Node cannot load the stations, nothing is touched. */
const ABSENT: PurserProcess = { hooks: 'none', runtime: () => undefined };

/** Starts Purser once in a process; a second start, from another copy of the package too, gives the first one. */
export const startProcess = (options: StartOptions = {}): PurserProcess => {
  const running = existing();
  if (running !== undefined) return running;
  const absent = whyAbsent();
  if (absent !== undefined) {
    sayAtStart(absent);
    return ABSENT;
  }
  guard('compile_cache', cacheCompiled);
  const started = begin(options);
  Object.defineProperty(globalThis, KEY, { value: started, configurable: false, enumerable: false, writable: false });
  return started;
};

/** Purser as it runs in this process, or `undefined`. */
export const runningProcess = existing;
