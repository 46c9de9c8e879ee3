import { AsyncLocalStorage } from 'node:async_hooks';
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

/** Gives the rest of the running code, and all that it starts, these labels and no others: a request begins. */
export const enterLabels = (labels: Labels): void => storage.enterWith({ labels, call: undefined });
