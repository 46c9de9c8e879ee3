import type { CallOpener } from '../../call/adapter.ts';
import type { ToolSpan } from '../../call/recorder.ts';
import { guard } from '../../base/diag.ts';
import { ownerOf, wrapMethod } from './stainless/client.ts';

type Run = (this: unknown, ...args: readonly unknown[]) => unknown;
type Tool = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Tool => typeof value === 'object' && value !== null;

const endWith = (span: ToolSpan, result: unknown): unknown => {
  if (!(result instanceof Promise)) {
    span.end();
    return result;
  }
  return result.then(
    (value: unknown) => {
      span.end();
      return value;
    },
    (error: unknown) => {
      span.end(error);
      throw error;
    },
  );
};

/** A function that behaves as `run` in all respects and has a span while it runs. */
const traced = (opener: CallOpener, run: Run, name: string): Run =>
  new Proxy(run, {
    apply(target, self, args: readonly unknown[]) {
      const span = guard('tool.open', () => opener.openTool({ name, callId: undefined, type: 'function' }));
      if (span === undefined) return Reflect.apply(target, self, args);
      try {
        return endWith(span, Reflect.apply(target, self, args));
      } catch (error) {
        span.end(error);
        throw error;
      }
    },
  });

/** A copy of an object of the same class with one member changed. */
const withMember = (value: Tool, key: string, member: unknown): Tool => {
  const copy = Object.create(Object.getPrototypeOf(value) as object | null, Object.getOwnPropertyDescriptors(value)) as object;
  Object.defineProperty(copy, key, {
    value: member,
    configurable: true,
    enumerable: Object.getOwnPropertyDescriptor(value, key)?.enumerable ?? true,
    writable: true,
  });
  return copy as Tool;
};

const nameOf = (tool: Tool, run: Run): string => {
  const { name } = tool;
  return typeof name === 'string' && name !== '' ? name : run.name || 'tool';
};

/** Tools come as `{run}` from Anthropic's helpers and as `{function: {function}}` from OpenAI's. */
const tracedTool = (opener: CallOpener, tool: unknown): unknown => {
  if (!isRecord(tool)) return tool;
  const { run, function: inner } = tool;
  if (typeof run === 'function') return withMember(tool, 'run', traced(opener, run as Run, nameOf(tool, run as Run)));
  if (!isRecord(inner) || typeof inner['function'] !== 'function') return tool;
  const execute = inner['function'] as Run;
  return withMember(tool, 'function', withMember(inner, 'function', traced(opener, execute, nameOf(inner, execute))));
};

/** Wraps the method of a resource that runs tools in a loop, so that each execution has its span. */
export const patchToolRunner = (opener: CallOpener, constructor: unknown, method: string): boolean =>
  wrapMethod(ownerOf(constructor, method), method, (original) => {
    return function runTools(this: unknown, ...args) {
      const [params, ...rest] = args;
      const changed = guard('tool.wrap', () => {
        if (!isRecord(params) || !Array.isArray(params['tools'])) return params;
        return { ...params, tools: params['tools'].map((tool) => tracedTool(opener, tool)) };
      });
      return Reflect.apply(original, this, [changed ?? params, ...rest]);
    } as typeof original;
  });
