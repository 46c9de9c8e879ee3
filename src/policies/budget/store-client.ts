import type { Clock } from '../../base/clock.ts';
import type { BudgetStore, Maybe, SettleAnswer, SettleRequest } from '../../call/budget-store.ts';
import type { Meter } from '../../call/event.ts';
import { attempt, chain, isPromise } from './maybe.ts';

/** What to do when a settlement has come through at last. */
type Settled = (answer: SettleAnswer) => void;

interface Waiting {
  readonly request: SettleRequest;
  readonly done: Settled;
}

const MOST_WAITING = 10_000;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5000;
/** While the store is away one operation in this time finds out whether it is back; the others do not wait for it. */
const PROBE_MS = 500;

const typeOf = (error: unknown): string => {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown';
};

/** The store as the policy uses it: its failures are counted, and settlements that failed are tried again until they are through. */
export class StoreClient {
  readonly store: BudgetStore;
  readonly #meter: Meter;
  readonly #running = new Set<Promise<unknown>>();
  readonly #tell: (up: boolean) => void;
  #waiting: Waiting[] = [];
  readonly #clock: Clock;
  #probeAtMs = 0;
  #up: boolean | undefined;
  #retryMs = FIRST_RETRY_MS;
  #timer: NodeJS.Timeout | undefined;

  /** @param tell hears of it when the store stops answering, and when it answers again */
  constructor(store: BudgetStore, meter: Meter, clock: Clock, tell: (up: boolean) => void) {
    this.#tell = tell;
    this.store = store;
    this.#meter = meter;
    this.#clock = clock;
  }

  /** Whether the store answered last, or has not been asked yet. */
  get isUp(): boolean {
    return this.#up !== false;
  }

  /** How many settlements are under way or wait for the store. */
  get waiting(): number {
    return this.#waiting.length + this.#running.size;
  }

  /** Asks the store. `away` says what holds when it does not answer, or did not lately. */
  ask<T>(work: (store: BudgetStore) => Maybe<T>, away: () => Maybe<T>): Maybe<T> {
    if (this.#up === false) {
      if (this.#clock.monotonicMs() < this.#probeAtMs) return away();
      this.#probeAtMs = this.#clock.monotonicMs() + PROBE_MS;
    }
    return attempt(
      () =>
        chain(work(this.store), (answer) => {
          this.#is(true);
          return answer;
        }),
      (error) => {
        this.#failed(error);
        return away();
      },
    );
  }

  /** Settles now, or later when the store is away: a settlement is never lost while the process lives. */
  settle(request: SettleRequest, done: Settled): Maybe<void> {
    const told = this.#try({ request, done });
    if (!isPromise(told)) return;
    this.#running.add(told);
    return told.finally(() => this.#running.delete(told)).then(() => undefined);
  }

  /** Takes back a reservation that may have reached the store although it did not answer. Nobody waits for it. */
  forget(request: SettleRequest): void {
    if (this.#waiting.length >= MOST_WAITING) return;
    this.#waiting.push({ request, done: () => undefined });
    this.#schedule();
  }

  /** Waits for settlements that are under way and tries those that wait once more. */
  async drain(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await Promise.allSettled(this.#running);
    // There is no later: the store is asked whatever it answered last.
    this.#probeAtMs = 0;
    await this.#flush();
  }

  /** Stops trying. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }

  #try(item: Waiting): Maybe<boolean> {
    return this.ask<boolean>(
      (store) =>
        chain(store.settle(item.request), (answer) => {
          item.done(answer);
          return true;
        }),
      () => {
        if (this.#waiting.length < MOST_WAITING) this.#waiting.push(item);
        this.#schedule();
        return false;
      },
    );
  }

  #schedule(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#flush();
    }, this.#retryMs).unref();
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
  }

  // One after another, and no further than the first that fails: a store that has just come back is not overrun.
  async #flush(): Promise<void> {
    const items = this.#waiting;
    this.#waiting = [];
    for (const [index, item] of items.entries()) {
      if (await this.#try(item)) continue;
      this.#waiting.push(...items.slice(index + 1));
      return;
    }
    this.#retryMs = FIRST_RETRY_MS;
  }

  #failed(error: unknown): void {
    this.#meter.add('purser.store.errors', 1, { 'purser.store': this.store.name, 'error.type': typeOf(error) });
    this.#is(false);
  }

  #is(up: boolean): void {
    if (this.#up === up) return;
    const wasDown = this.#up === false;
    this.#up = up;
    if (!up) this.#probeAtMs = this.#clock.monotonicMs() + PROBE_MS;
    this.#meter.set('purser.store.up', up ? 1 : 0, { 'purser.store': this.store.name });
    if (!up || wasDown) this.#tell(up);
    if (up && this.#waiting.length > 0) this.#schedule();
  }
}
