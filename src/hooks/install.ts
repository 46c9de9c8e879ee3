import Module from 'node:module';
import { pathToFileURL } from 'node:url';
import { guard } from '../base/diag.ts';
import { handOver, HANDLER, type Bindings } from './source.ts';
import { hookSupport, type HookSupport } from './support.ts';
import { targetOf } from './targets.ts';

/** Takes what a module of an SDK hands over, and gives replacements for its reassignable bindings. */
export type SdkLoaded = (target: string, bindings: Bindings, url: string) => Bindings | undefined;

/** Told of a module of Node itself before the app gets it, by its name without `node:`. */
export type BuiltinLoaded = (name: string) => void;

const textOf = (source: string | ArrayBufferView | ArrayBufferLike): string => {
  if (typeof source === 'string') return source;
  return ArrayBuffer.isView(source) ? Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString() : Buffer.from(source).toString();
};

/** Has it told of the modules of Node that `process.getBuiltinModule` gives, which passes hooks by. */
const tellOfGiven = (builtin: BuiltinLoaded): void => {
  const { getBuiltinModule: original } = process;
  const value = function getBuiltinModule(this: unknown, ...args: readonly unknown[]): unknown {
    const [id] = args;
    if (typeof id === 'string') builtin(id.replace(/^node:/, ''));
    return Reflect.apply(original, this, args);
  };
  for (const name of ['name', 'length'] as const) Object.defineProperty(value, name, { value: original[name], configurable: true });
  Object.defineProperty(process, 'getBuiltinModule', { ...Object.getOwnPropertyDescriptor(process, 'getBuiltinModule'), value });
};

const installSynchronous = (builtin: BuiltinLoaded): void => {
  tellOfGiven(builtin);
  // Not imported by name: Node lines without it must be able to load this file.
  Module.registerHooks({
    load(url, context, next) {
      if (url.startsWith('node:')) builtin(url.slice(5));
      const result = next(url, context);
      const target = targetOf(url);
      if (target === undefined || result.source === undefined || result.source === null) return result;
      return { ...result, source: textOf(result.source) + handOver(target, url) };
    },
  });
};

interface CompilingModule {
  _compile(content: string, filename: string, ...rest: readonly unknown[]): unknown;
}

const installForRequire = (): void => {
  const prototype = Module.prototype as unknown as CompilingModule;
  const original = prototype._compile;
  prototype._compile = function compileWithHandOver(this: CompilingModule, content, filename, ...rest) {
    const url = guard('hooks.url', () => pathToFileURL(filename).href) ?? filename;
    const target = targetOf(url);
    const source = target === undefined || typeof content !== 'string' ? content : content + handOver(target, url);
    return Reflect.apply(original, this, [source, filename, ...rest]);
  };
};

/** Begins to see modules of provider SDKs as they load, by the best means this Node has, and tells which that was. */
export const installHooks = (loaded: SdkLoaded, nodeVersion: string = process.versions.node, builtin: BuiltinLoaded = () => undefined): HookSupport => {
  const support = hookSupport(nodeVersion);
  if (support === 'none') return support;
  const handler: SdkLoaded = (target, bindings, url) => guard(`adapter.${target}`, () => loaded(target, bindings, url));
  Object.defineProperty(globalThis, HANDLER, { value: handler, configurable: true, enumerable: false, writable: true });
  if (support === 'full') installSynchronous((name) => guard('hooks.builtin', () => builtin(name)));
  else installForRequire();
  return support;
};
