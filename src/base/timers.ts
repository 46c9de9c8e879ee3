type Timer = (work: () => void, ms: number) => NodeJS.Timeout;

/** The platform's timers and clocks. */
interface Timers {
  readonly setTimeout: Timer;
  readonly clearTimeout: typeof globalThis.clearTimeout;
  readonly setInterval: Timer;
  readonly clearInterval: typeof globalThis.clearInterval;
  readonly setImmediate: typeof globalThis.setImmediate;
  readonly clearImmediate: typeof globalThis.clearImmediate;
  readonly queueMicrotask: typeof globalThis.queueMicrotask;
  /** Wall-clock time in milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Monotonic time in milliseconds; only differences mean anything. */
  readonly monotonicMs: () => number;
}

/** The longest time that Node waits, 24 days in milliseconds. A timer of more would go off at once, and again and again. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

const KEY = Symbol.for('purser.timers');
const shared = globalThis as typeof globalThis & { [KEY]?: Timers };

const taken = (): Timers => {
  const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate, queueMicrotask } = globalThis;
  return {
    setTimeout: (work, ms) => setTimeout(work, Math.min(ms, LONGEST_TIMER_MS)),
    clearTimeout,
    setInterval: (work, ms) => setInterval(work, Math.min(ms, LONGEST_TIMER_MS)),
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
