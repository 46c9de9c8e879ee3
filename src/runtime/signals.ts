import { timers } from '../base/timers.ts';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

type EndSignal = (typeof SIGNALS)[number];

const isOurs = (name: string | symbol): name is EndSignal => SIGNALS.some((signal) => signal === name);

/** How many of its listeners stand on each signal, as each copy of the package counts them. */
interface Deferring {
  readonly count?: unknown;
}

const countOf = (owner: object, key: PropertyKey): number => {
  const { count } = ((owner as Record<PropertyKey, unknown>)[key] as Deferring | undefined) ?? {};
  return typeof count === 'number' ? count : 0;
};

/**
 * Listeners of the package signal-exit, which lies below hundreds of others. They act where nobody else listens, and leave the signal to others where
 * somebody does: where both they and we did that, it would have no effect at all.
 * @source signal-exit 3.0.7, index.js: `process.__signal_exit_emitter__`; 4.1.0, dist/cjs/index.js: `Symbol.for('signal-exit emitter')`
 */
const deferring = (): number => countOf(process, '__signal_exit_emitter__') + countOf(globalThis, Symbol.for('signal-exit emitter'));

/** Whether the app decides what becomes of the process on this signal. Only for who listens first: what is to be told once is gone for those behind it. */
export const isHandled = (signal: NodeJS.Signals): boolean => process.listenerCount(signal) > 1 + deferring();

/** Listens to the signals that end a process, and stays the first to be told of them. Gives what ends that. */
export const listenFirst = (listener: (signal: NodeJS.Signals) => void): (() => void) => {
  const moveUp = (name: string | symbol, added: unknown): void => {
    if (!isOurs(name) || added === listener) return;
    timers.queueMicrotask(() => {
      const all = process.rawListeners(name);
      if (all[0] === listener || !all.includes(listener)) return;
      process.prependListener(name, listener);
      // Of two that are the same the later one goes, and the signal is listened to all the time.
      process.removeListener(name, listener);
    });
  };
  for (const signal of SIGNALS) process.prependListener(signal, listener);
  process.on('newListener', moveUp);
  return () => {
    process.removeListener('newListener', moveUp);
    for (const signal of SIGNALS) process.removeListener(signal, listener);
  };
};
