import type { Target } from './targets.ts';

/** The name under which patched modules reach the running Purser; shared by every copy in the process. */
export const HANDLER = Symbol.for('purser.sdk');

/** What a patched module hands over: some of its own bindings by name. */
export type Bindings = Readonly<Record<string, unknown>>;

/**
 * Writes the line that is appended to a module of an SDK: it hands the named bindings over once the module has run.
 * Appended and not rewritten, so line numbers, exports and class identity stay what they were.
 * A binding in `reassign` is a function of the module that is not reachable from outside; it is set to what the handler gives.
 */
export const handOver = (target: Target, url: string): string => {
  const bindings = target.bindings.map((name) => `${name}:typeof ${name}==="undefined"?undefined:${name}`).join(',');
  const call = `globalThis[Symbol.for("purser.sdk")]?.(${JSON.stringify(target.id)},{${bindings}},${JSON.stringify(url)})`;
  const assign = target.reassign.map((name) => `if(__purser?.${name})${name}=__purser.${name};`).join('');
  return `\n;{const __purser=${call};${assign}}\n`;
};
