/** The platform's timers and clocks. */
interface Timers {
  readonly setTimeout: typeof globalThis.setTimeout;
  readonly clearTimeout: typeof globalThis.clearTimeout;
  readonly setInterval: typeof globalThis.setInterval;
  readonly clearInterval: typeof globalThis.clearInterval;
  readonly setImmediate: typeof globalThis.setImmediate;
  readonly clearImmediate: typeof globalThis.clearImmediate;
  readonly queueMicrotask: typeof globalThis.queueMicrotask;
  /** Wall-clock time in milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Monotonic time in milliseconds; only differences mean anything. */
  readonly monotonicMs: () => number;
}

const KEY = Symbol.for('purser.timers');
const shared = globalThis as typeof globalThis & { [KEY]?: Timers };

const taken = (): Timers => {
  const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate, queueMicrotask } = globalThis;
  return {
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    setImmediate,
    clearImmediate,
    queueMicrotask,
    nowMs: Date.now,
    monotonicMs: performance.now.bind(performance),
  };
};

/**
 * The timers and clocks as they were when the preload ran. An app's tests put others in the place of the global ones (`vi.useFakeTimers()`, `mock.timers`), which
 * they count, run all at once, or stop: what Purser waits for is not theirs. What is loaded later takes those of the preload.
 */
export const timers: Timers = (shared[KEY] ??= taken());
