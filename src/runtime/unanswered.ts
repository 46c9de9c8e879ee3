import { timers } from '../base/timers.ts';
import type { Drained } from './flush-order.ts';

/** A call whose policies have not all answered. */
interface Asking {
  readonly ended: boolean;
}

/** Calls that policies have not answered about. One that has ended meanwhile is settled as soon as they have. */
export class Unanswered implements Drained {
  readonly #asking = new Map<Asking, Promise<void>>();

  /** Keeps a call until it is answered, and settled where it has ended. */
  readonly add = (call: Asking, answered: Promise<void>): void => {
    const settled = answered.finally(() => this.#asking.delete(call));
    // Whoever asked hears of it.
    settled.catch(() => undefined);
    this.#asking.set(call, settled);
  };

  /** Waits until those that have ended are settled. */
  drain(timeoutMs: number): Promise<void> | undefined {
    const ended = [...this.#asking].flatMap(([call, answered]) => (call.ended ? [answered] : []));
    if (ended.length === 0) return undefined;
    let limit: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      limit = timers.setTimeout(resolve, timeoutMs);
    });
    return Promise.race([Promise.allSettled(ended).then(() => undefined), late]).finally(() => timers.clearTimeout(limit));
  }

  /** Nobody answers any more: what each policy's store was asked, the policy knows. */
  drainAtExit(): void {
    this.#asking.clear();
  }
}
