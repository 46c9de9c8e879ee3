/**
 * A small app that the doctor starts with the preload: it loads the SDKs of the folder given and tells which of them the module hooks saw.
 * @module
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const HANDLER = Symbol.for('purser.sdk');

type Handler = (target: string, ...rest: readonly unknown[]) => unknown;

/** What the probe prints as one line of JSON. */
export interface ProbeReport {
  /** True when the preload installed its handler. */
  readonly started: boolean;
  /** Each package that could be loaded, and whether a hook saw it. */
  readonly packages: Readonly<Record<string, boolean>>;
}

const probe = (folder: string, names: readonly string[]): ProbeReport => {
  const house = globalThis as { [HANDLER]?: Handler };
  const handler = house[HANDLER];
  const packages: Record<string, boolean> = {};
  let seen = 0;
  if (handler !== undefined) {
    house[HANDLER] = (target, ...rest) => {
      seen += 1;
      return handler(target, ...rest);
    };
  }
  const load = createRequire(join(folder, 'probe.js'));
  for (const name of names) {
    const before = seen;
    try {
      load(name);
      packages[name] = seen > before;
    } catch {
      // It is not installed here, or does not load by itself; then there is nothing to say of it.
    }
  }
  return { started: handler !== undefined, packages };
};

const [, , folder = '.', ...names] = process.argv;
process.stdout.write(`${JSON.stringify(probe(folder, names))}\n`, () => process.exit());
