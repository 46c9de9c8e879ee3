import { timers } from '../base/timers.ts';
import type { Clock } from '../base/clock.ts';
import type { Maybe } from '../call/budget-store.ts';

/** What a call in flight holds in a store, by a lease. */
export interface Leased {
  /** Shows the store that the call still runs; gives false once that is no use. */
  renew(): Maybe<boolean>;
}

/** Calls older than this are taken to be forgotten: their lease is left to run out. */
const OLDEST_MS = 3_600_000;

/** Shows a store that the calls of this process still run, so that nothing of theirs is given away. One timer for all, and none while there are none. */
export class Heartbeat {
  readonly #open = new Map<Leased, number>();
  readonly #clock: Clock;
  readonly #everyMs: () => number;
  #timer: NodeJS.Timeout | undefined;
  #paceMs = Number.POSITIVE_INFINITY;

  /** @param everyMs how often it beats, well below the shortest lease; asked when it begins to, and by `hasten` */
  constructor(clock: Clock, everyMs: () => number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /** Takes in the grant of a call in flight. */
  opened(grant: Leased): void {
    this.#open.set(grant, this.#clock.monotonicMs());
    if (this.#timer === undefined) this.#begin(this.#everyMs());
  }

  /** Beats faster where leases have become shorter; what has a longer one does not mind, and what had a shorter one is not forgotten. */
  hasten(): void {
    if (this.#timer === undefined || this.#everyMs() >= this.#paceMs) return;
    timers.clearInterval(this.#timer);
    this.#begin(this.#everyMs());
  }

  /** Lets go of a grant. */
  ended(grant: Leased): void {
    this.#open.delete(grant);
  }

  /** Lets go of all. */
  stop(): void {
    timers.clearInterval(this.#timer);
    this.#timer = undefined;
    this.#open.clear();
  }

  #begin(paceMs: number): void {
    this.#paceMs = paceMs;
    this.#timer = timers.setInterval(() => this.#beat(), paceMs).unref();
  }

  #beat(): void {
    const oldest = this.#clock.monotonicMs() - OLDEST_MS;
    for (const [grant, sinceMs] of this.#open) {
      if (sinceMs < oldest) this.#open.delete(grant);
      else this.#renew(grant);
    }
    if (this.#open.size > 0) return;
    timers.clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #renew(grant: Leased): void {
    const renewed = grant.renew();
    if (renewed instanceof Promise) void renewed.then((holds) => holds || this.#open.delete(grant));
    else if (!renewed) this.#open.delete(grant);
  }
}
