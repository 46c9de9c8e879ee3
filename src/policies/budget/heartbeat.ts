import type { Clock } from '../../base/clock.ts';
import type { BudgetGrant } from './budget-grant.ts';

/** Grants older than this are taken to be forgotten: their lease is left to run out. */
const OLDEST_GRANT_MS = 3_600_000;

/** Shows the store that the calls of this process still run. One timer for all, and none while there are no calls. */
export class Heartbeat {
  readonly #open = new Set<BudgetGrant>();
  readonly #clock: Clock;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param everyMs how often it beats, well below the shortest lease */
  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /** Takes in a grant. */
  opened(grant: BudgetGrant): void {
    this.#open.add(grant);
    this.#timer ??= setInterval(() => this.#beat(), this.#everyMs).unref();
  }

  /** Lets go of a grant. */
  ended(grant: BudgetGrant): void {
    this.#open.delete(grant);
  }

  /** Lets go of all. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#open.clear();
  }

  #beat(): void {
    const oldest = this.#clock.monotonicMs() - OLDEST_GRANT_MS;
    for (const grant of this.#open) {
      if (grant.startedMs < oldest) this.#open.delete(grant);
      else grant.heartbeat();
    }
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
