import Module from 'node:module';
import { guard } from '../base/diag.ts';
import { tapGlobalFetch, wrapFetch } from './fetch/hook.ts';
import { tapHttp, type HttpModule } from './http/hook.ts';
import { tapHttp2, type Http2Module } from './http/hook-http2.ts';
import { tapUndici } from './undici/hook.ts';
import type { Fetch, WireCalls } from './wire-calls.ts';

/** What the tap is handed when it is installed. */
export interface TapDeps {
  /** Wires the stations unless that was done; `undefined` where calls on the wire are not to be seen. */
  readonly wire: () => WireCalls | undefined;
  /** Whether the running code sends a call that is seen already, whose request the stations look after. Wires nothing. */
  readonly inCall: () => boolean;
}

/** The tap, for whoever sees modules load. */
export interface Tap {
  /** Taps a module of Node itself, named without `node:`, when the app asks for it; others are left alone. */
  builtinLoaded(name: string): void;
  /** Taps what the npm package undici exports. */
  undiciLoaded(exports: unknown): void;
}

const BUILTINS = ['http', 'https', 'http2'] as const;

const isLoaded = (name: string): boolean => {
  const { moduleLoadList } = process as unknown as { readonly moduleLoadList?: readonly string[] };
  return moduleLoadList?.includes(`NativeModule ${name}`) ?? true;
};

/**
 * Begins to look at every request that leaves the process, cheaply: what is behind it loads with the first request to a model, and `node:http` is
 * tapped when the app itself asks for it. Never throws.
 * @param seesBuiltins whether `builtinLoaded` will be told; otherwise modules of Node are loaded and tapped now
 */
export const installTap = ({ wire, inCall }: TapDeps, seesBuiltins: boolean): Tap => {
  const tapped = new Set<string>();
  const tapBuiltin = (name: (typeof BUILTINS)[number]): void => {
    if (tapped.has(name)) return;
    // Before the module is asked for, which is told of as when the app asks.
    tapped.add(name);
    guard(`tap.${name}`, () => {
      const module: unknown = process.getBuiltinModule(name);
      if (name === 'http2') tapHttp2(module as Http2Module, wire);
      else tapHttp(module as HttpModule, `${name}:`, wire);
      // ES modules see the names that a module of Node exports as they were when it was first imported.
      Module.syncBuiltinESMExports();
    });
  };
  guard('tap.fetch', () => tapGlobalFetch(wire, inCall));
  guard('tap.undici', () => tapUndici(wire, inCall));
  for (const name of BUILTINS) if (isLoaded(name) || !seesBuiltins) tapBuiltin(name);
  return {
    builtinLoaded(name) {
      const known = BUILTINS.find((builtin) => builtin === name);
      if (known !== undefined) tapBuiltin(known);
    },
    undiciLoaded(exports) {
      guard('tap.undici', () => {
        const module = exports as { fetch?: unknown };
        if (typeof module.fetch === 'function') module.fetch = wrapFetch(module.fetch as Fetch, wire, inCall);
      });
    },
  };
};
