import { timers } from '../base/timers.ts';
import { guard } from '../base/diag.ts';
import type { Drained } from './flush-order.ts';

/** Done together, work that is short costs about half of what it costs one by one between the app's own. */
const TOGETHER = 64;

/** Longest wait in milliseconds. */
const DELAY_MS = 100;

/** Work that the app need not wait for: done a little later, many at once, or when somebody asks for the sums. */
export class Later implements Drained {
  #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Puts work off. The timer never keeps the process alive: at its end what waits is done first. */
  readonly add = (work: () => void): void => {
    const size = this.#waiting.push(work);
    if (size === TOGETHER) timers.setImmediate(this.#work);
    else this.#timer ??= timers.setTimeout(this.#work, DELAY_MS).unref();
  };

  /** Does all that was put off, so that nothing has to be waited for. */
  drain(): undefined {
    this.#work();
  }

  /** The same. */
  drainAtExit(): void {
    this.#work();
  }

  readonly #work = (): void => {
    timers.clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const work of waiting) guard('later', work);
    }
  };
}
