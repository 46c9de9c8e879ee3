import type { CallOpener } from '../../call/adapter.ts';
import type { ToolSpan } from '../../call/recorder.ts';
import { guard } from '../../base/diag.ts';
import { ownerOf, wrapMethod } from './stainless/client.ts';

type Run = (this: unknown, ...args: readonly unknown[]) => unknown;
type Thing = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Thing => typeof value === 'object' && value !== null;

/** What a tool throws may be nothing at all. */
const NOTHING = null;

/** A promise of any library, or a query that begins when it is waited for. */
const isThenable = (value: unknown): boolean => isRecord(value) && typeof value['then'] === 'function';

const endWith = (span: ToolSpan, result: unknown): unknown => {
  if (!isThenable(result)) {
    span.end();
    return result;
  }
  // Waited for once: the SDK is given what it would wait for itself.
  return Promise.resolve(result).then(
    (value: unknown) => {
      span.end();
      return value;
    },
    (error: unknown) => {
      span.end(error ?? NOTHING);
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
        span.end(error ?? NOTHING);
        throw error;
      }
    },
  });

/**
 * Stands in for an object of the app where an SDK reads it: every read, write and call reaches the object itself, at the moment the SDK
 * makes it, and only what is read under `key` is changed. The target is no object of the app: a frozen one allows no changed answer.
 */
const standIn = (original: Thing, key: string, change: (value: unknown) => unknown): Thing => {
  const view: Thing = new Proxy<Thing>(
    {},
    {
      get(_, name) {
        const value: unknown = Reflect.get(original, name, original);
        // Methods run on the app's object: private fields are on no other.
        const own =
          typeof value === 'function'
            ? new Proxy(value as Run, { apply: (run, self, args) => Reflect.apply(run, self === view ? original : self, args) })
            : value;
        return name === key ? change(own) : own;
      },
      set: (_, name, value) => Reflect.set(original, name, value, original),
      has: (_, name) => Reflect.has(original, name),
      deleteProperty: (_, name) => Reflect.deleteProperty(original, name),
      ownKeys: () => Reflect.ownKeys(original),
      // A proxy may not tell of a fixed property that its target lacks.
      getOwnPropertyDescriptor(_, name) {
        const found = Reflect.getOwnPropertyDescriptor(original, name);
        return found && { ...found, configurable: true };
      },
      getPrototypeOf: () => Reflect.getPrototypeOf(original),
    },
  );
  return view;
};

const nameOf = ({ name }: Thing, run: Run): string => (typeof name === 'string' && name !== '' ? name : run.name || 'tool');

/** An object of the app whose function `key` has a span when the SDK calls it. */
const tracedIn = (opener: CallOpener, owner: Thing, key: string): Thing =>
  standIn(owner, key, (run) => (typeof run === 'function' ? traced(opener, run as Run, nameOf(owner, run as Run)) : run));

const withTools = (params: Thing, change: (tool: Thing) => Thing): Thing =>
  standIn(params, 'tools', (tools) => (Array.isArray(tools) ? tools.map((tool: unknown) => (isRecord(tool) ? change(tool) : tool)) : tools));

/** Calls `original` with a stand-in for its first argument. */
const withFirst = (original: Run, change: (first: Thing) => Thing): Run =>
  new Proxy(original, {
    apply(target, self, [first, ...rest]: readonly unknown[]) {
      const given = isRecord(first) ? (guard('tool.wrap', () => change(first)) ?? first) : first;
      return Reflect.apply(target, self, [given, ...rest]);
    },
  });

/**
 * Wraps the `runTools` of OpenAI, so that each execution of a tool has its span. The runner keeps its parameters to itself and reads them
 * once it begins, after the call: a tool is `{type: 'function', function: {function}}`, anything else in the list goes out as it is.
 * @source openai 5.0 to 7.55, lib/AbstractChatCompletionRunner, _runTools
 */
export const patchRunTools = (opener: CallOpener, constructor: unknown): boolean => {
  const tracedTool = (tool: Thing): Thing =>
    tool['type'] === 'function' ? standIn(tool, 'function', (inner) => (isRecord(inner) ? tracedIn(opener, inner, 'function') : inner)) : tool;
  return wrapMethod(ownerOf(constructor, 'runTools'), 'runTools', (original) => withFirst(original as Run, (params) => withTools(params, tracedTool)));
};

/**
 * Gives the functions in which Anthropic's tool runner runs a tool, `{run}`, so that each execution has its span; the app sees its
 * parameters through the runner and must find its own there. They are `runRunnableTool` since 0.134 and `generateToolResponse` before.
 * @source \@anthropic-ai/sdk 0.65 to 1.11, lib/tools
 */
export const tracedToolFunctions = (opener: CallOpener, bindings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const { runRunnableTool: runOne, generateToolResponse: runAll, exports: exported } = bindings;
  const tracedTool = (tool: Thing): Thing => tracedIn(opener, tool, 'run');
  if (typeof runOne === 'function') {
    const runRunnableTool = withFirst(runOne as Run, tracedTool);
    // A CommonJS module handed the function out before it could be replaced.
    if (isRecord(exported)) (exported as Record<string, unknown>)['runRunnableTool'] = runRunnableTool;
    return { runRunnableTool };
  }
  // Newer ones of this name hand each tool on.
  const runsItself = typeof runAll === 'function' && Function.prototype.toString.call(runAll).includes('.run(');
  return runsItself ? { generateToolResponse: withFirst(runAll as Run, (params) => withTools(params, tracedTool)) } : {};
};
