import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';
import type { OpenCall } from '../call/adapter.ts';
import type { Labels } from '../call/labels.ts';
import { statedLabels } from './stated-labels.ts';

/**
 * What the running code belongs to: the labels of a request, and the call that is being sent. Sockets, timers and answers hold on to the scope in which they
 * were made for as long as they live, so that a call that was told of is taken out of it.
 */
export interface Scope {
  readonly labels: Labels | undefined;
  call: OpenCall | undefined;
}

const EMPTY: Scope = { labels: undefined, call: undefined };
const storage = new AsyncLocalStorage<Scope>();

/** The scope of the running code; empty outside any. */
export const currentScope = (): Scope => storage.getStore() ?? EMPTY;

/** Whether the running code sends a call, or reads its answer. */
export const isInCall = (): boolean => {
  const { call } = currentScope();
  return call !== undefined && !call.ended;
};

/** Makes the scope of a call: the labels stay as they are. */
export const scopeOf = (call: OpenCall): Scope => ({ labels: currentScope().labels, call });

/** Runs `work` in a scope. */
export const inScope = <T>(scope: Scope, work: () => T): T => storage.run(scope, work);

/** Runs `work` with further labels; those of an outer scope stay where the inner one says nothing. */
export const withLabels = <T>(stated: Labels | null | undefined, work: () => T): T => {
  const labels = statedLabels(stated);
  const outer = currentScope();
  const tags = outer.labels?.tags === undefined && labels.tags === undefined ? {} : { tags: { ...outer.labels?.tags, ...labels.tags } };
  return storage.run({ labels: { ...outer.labels, ...labels, ...tags }, call: outer.call }, work);
};

/**
 * Has what Node itself emits run in `scope` where it would run in none or in `outer`: the end of a body, for one, which belongs to the connection.
 * @source Node 24 and later keep asynchronous context in frames, and a parser that of its connection; up to Node 22 HTTP/1 gave its requests one each
 */
const keepIn = (scope: Scope, outer: Scope | undefined, emitter: EventEmitter): void => {
  const original = Reflect.get(emitter, 'emit') as (...args: readonly unknown[]) => boolean;
  const emit = function emit(this: unknown, ...args: readonly unknown[]): boolean {
    const send = (): boolean => Reflect.apply(original, this, args);
    const current = storage.getStore();
    return current === undefined || current === outer ? storage.run(scope, send) : send();
  };
  Object.defineProperty(emitter, 'emit', { value: emit, writable: true, configurable: true, enumerable: false });
};

/** Gives the rest of the running code, all that it starts and the listeners of `emitters` these labels and no others: a request begins. */
export const enterLabels = (labels: Labels, emitters: readonly EventEmitter[]): void => {
  const outer = storage.getStore();
  const scope: Scope = { labels, call: undefined };
  storage.enterWith(scope);
  if (Object.keys(labels).length > 0) for (const emitter of emitters) keepIn(scope, outer, emitter);
};
