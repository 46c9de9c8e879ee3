import Module from 'node:module';
import { guard } from '../base/diag.ts';
import { loadNow } from '../base/load.ts';
import { installHooks } from '../hooks/install.ts';
import type { HookSupport } from '../hooks/support.ts';
import type * as StartModule from './start.ts';
import type { Runtime, StartOptions } from './start.ts';

/** Purser in this process, whoever started it: the hooks at once, everything else when it is needed. */
export interface PurserProcess {
  readonly hooks: HookSupport;
  /** Wires the stations unless that was done; `undefined` when it failed, which was reported. */
  runtime(): Runtime | undefined;
}

const KEY = Symbol.for('purser.process');

const existing = (): PurserProcess | undefined => (globalThis as unknown as Record<symbol, PurserProcess | undefined>)[KEY];

const begin = (options: StartOptions): PurserProcess => {
  let state: { readonly runtime: Runtime | undefined } | undefined;
  const runtime = (): Runtime | undefined => {
    if (state === undefined) {
      // Set first: what the stations load may itself come past the hooks.
      state = { runtime: undefined };
      state = { runtime: guard('start', () => loadNow<typeof StartModule>('runtime/start').startRuntime(options)) };
    }
    return state.runtime;
  };
  const hooks = installHooks((target, bindings, url) => {
    const started = runtime();
    if (started === undefined) return undefined;
    started.telemetry.warmUp();
    return started.sdkLoaded(target, bindings, url);
  });
  return { hooks, runtime };
};

/** Starts Purser once in a process; a second start, from another copy of the package too, gives the first one. */
export const startProcess = (options: StartOptions = {}): PurserProcess => {
  const running = existing();
  if (running !== undefined) return running;
  // Absent below Node 22.1.
  guard('compile_cache', () => (Module as Partial<typeof Module>).enableCompileCache?.());
  const started = begin(options);
  Object.defineProperty(globalThis, KEY, { value: started, configurable: false, enumerable: false, writable: false });
  return started;
};

/** Purser as it runs in this process, or `undefined`. */
export const runningProcess = existing;
