import { vi } from 'vitest';
import { timers } from '../../src/base/timers.ts';

const real = { ...timers };

/** Puts fake timers in the place of the global ones, and of those that Purser took when it was loaded, which an app's fake timers do not reach. */
export const useFakeTimers = (options?: Parameters<typeof vi.useFakeTimers>[0]): void => {
  vi.useFakeTimers(options);
  const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate, queueMicrotask } = globalThis;
  const fake: typeof timers = {
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    setImmediate,
    clearImmediate,
    queueMicrotask,
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
  };
  Object.assign(timers, fake);
};

/** Undoes it. */
export const useRealTimers = (): void => {
  vi.useRealTimers();
  Object.assign(timers, real);
};
