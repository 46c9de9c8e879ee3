import { timers } from '../../base/timers.ts';
import type { Clock } from '../../base/clock.ts';
import { notice } from '../../base/diag.ts';
import type { BudgetStore, Maybe, ReserveAnswer, ReserveRequest, SettleAnswer, SettleRequest } from '../../call/budget-store.ts';
import type { Meter } from '../../call/event.ts';
import { attempt, chain, isPromise } from './maybe.ts';

/** What to do when a settlement has come through at last. */
type Settled = (answer: SettleAnswer) => void;

interface Waiting {
  readonly request: SettleRequest;
  readonly done: Settled;
  /** Takes back what was reserved for a call that was never sent: no money is lost with it. */
  readonly forgets?: true;
  /** Whether it was counted as one that could not be written in time. */
  counted: boolean;
}

const MOST_WAITING = 10_000;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5000;
/** While the store is away one operation in this time finds out whether it is back; the others do not wait for it. */
const PROBE_MS = 500;
const FIRST_PAUSE_MS = 25;

const typeOf = (error: unknown): string => {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown';
};

const LONGEST_REASON = 200;

/** Words a failure in one line, without what an address may carry of a password. */
const reasonOf = (error: unknown): string => {
  const type = typeOf(error);
  const said = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ').replaceAll(/\/\/\S*@/g, '//') : '';
  const text = said === '' ? type : type === 'Error' || said.includes(type) ? said : `${type}: ${said}`;
  return text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}...` : text;
};

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    timers.setTimeout(resolve, ms).unref();
  });

/** The store as the policy uses it: its failures are counted, and settlements that failed are tried again until they are through. */
export class StoreClient {
  readonly store: BudgetStore;
  readonly #meter: Meter;
  readonly #running = new Map<Waiting, Promise<unknown>>();
  /** What is to be done about each reservation that the store has not answered, where the process ends before it does. */
  readonly #unanswered = new Set<() => void>();
  readonly #tell: (up: boolean, reason: string) => void;
  #waiting: Waiting[] = [];
  readonly #clock: Clock;
  #probeAtMs = 0;
  #up: boolean | undefined;
  #retryMs = FIRST_RETRY_MS;
  #timer: NodeJS.Timeout | undefined;

  readonly #what: string;

  /**
   * @param tell hears of it when the store stops answering, with the reason, and when it answers again
   * @param what is kept in the store, for what is said of it
   */
  constructor(store: BudgetStore, meter: Meter, clock: Clock, tell: (up: boolean, reason: string) => void, what = 'budgets') {
    this.#tell = tell;
    this.#what = what;
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

  /**
   * Reserves, as far as the store answers; gives `undefined` where it does not.
   * @param atExit settles the call, or takes the reservation back, where the process ends before there is an answer: it may have reached the store
   * @param asked told when the store is asked: it is not while it is away
   */
  reserve(request: ReserveRequest, atExit: () => void, asked?: () => void): Maybe<ReserveAnswer | undefined> {
    const answer = this.ask<ReserveAnswer | undefined>(
      (store) => {
        asked?.();
        return store.reserve(request);
      },
      () => undefined,
    );
    if (!isPromise(answer)) return answer;
    this.#unanswered.add(atExit);
    return answer.finally(() => this.#unanswered.delete(atExit));
  }

  /** Settles now, or later when the store is away: a settlement is never lost while the process lives. */
  settle(request: SettleRequest, done: Settled): Maybe<void> {
    const item: Waiting = { request, done, counted: false };
    const told = this.#try(item);
    return isPromise(told) ? this.#follow(item, told) : undefined;
  }

  /** Takes back a reservation that may have reached the store although it did not answer. Nobody waits for it. */
  forget(request: SettleRequest): void {
    // No money: a call that was never sent. When it does not come through either, the lease runs out.
    this.#keep({ request, done: () => undefined, counted: true, forgets: true });
    this.#schedule();
  }

  /**
   * Waits for settlements that are under way and tries those that wait, all at once, until they are through or the time is over.
   * What is left then is counted and said: it is lost if the process ends.
   */
  async drain(timeoutMs: number): Promise<void> {
    if (this.waiting === 0) return;
    timers.clearTimeout(this.#timer);
    this.#timer = undefined;
    let limit: NodeJS.Timeout | undefined;
    // A timer may fire a little before its time by another clock, so that it alone says when the time is over.
    const time = new AbortController();
    // The one timer that holds the process, for as long as it says.
    const deadline = new Promise<void>((resolve) => {
      limit = timers.setTimeout(() => {
        time.abort();
        resolve();
      }, timeoutMs);
    });
    let pauseMs = FIRST_PAUSE_MS;
    // What is only taken back is sent once, and not waited for when that fails.
    do {
      for (const item of this.#waiting.splice(0)) {
        // There may be no later: the store is asked whatever it answered last.
        const told = this.#send(item);
        if (isPromise(told)) void this.#follow(item, told);
      }
      await Promise.race([Promise.allSettled(this.#running.values()), deadline]);
      if (this.#owes) await Promise.race([sleep(pauseMs), deadline]);
      pauseMs = Math.min(LAST_RETRY_MS, pauseMs * 2);
    } while (this.#owes && !time.signal.aborted);
    timers.clearTimeout(limit);
    this.#countUnwritten();
    if (this.#waiting.length > 0) this.#schedule();
  }

  /** The same, blocking, for a process in which nothing can be waited for any more. */
  drainAtExit(timeoutMs: number): void {
    for (const atExit of this.#unanswered) atExit();
    this.#unanswered.clear();
    const items = [...new Set([...this.#running.keys(), ...this.#waiting])];
    if (items.length === 0) return;
    const answers = attempt<readonly SettleAnswer[] | undefined>(
      () =>
        this.store.settleAtExit?.(
          items.map((item) => item.request),
          timeoutMs,
        ),
      () => undefined,
    );
    if (answers === undefined || isPromise(answers)) return this.#countUnwritten();
    for (const [index, answer] of answers.entries()) items[index]?.done(answer);
    this.#running.clear();
    this.#waiting = [];
  }

  /** Stops trying. */
  stop(): void {
    timers.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }

  #try(item: Waiting): Maybe<boolean> {
    return this.ask<boolean>(
      (store) => this.#settleIn(store, item),
      () => this.#later(item),
    );
  }

  // Past the rule that a store that is away is asked seldom.
  #send(item: Waiting): Maybe<boolean> {
    return attempt<boolean>(
      () =>
        chain(this.#settleIn(this.store, item), (done) => {
          this.#is(true);
          return done;
        }),
      (error) => {
        this.#failed(error);
        return this.#later(item);
      },
    );
  }

  #settleIn(store: BudgetStore, item: Waiting): Maybe<boolean> {
    return chain(store.settle(item.request), (answer) => {
      item.done(answer);
      return true;
    });
  }

  #follow(item: Waiting, told: Promise<boolean>): Promise<void> {
    this.#running.set(item, told);
    return told.finally(() => this.#running.delete(item)).then(() => undefined);
  }

  #later(item: Waiting): boolean {
    this.#keep(item);
    this.#schedule();
    return false;
  }

  #keep(item: Waiting): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(item);
    else this.#countLost([item], 'too_many_waiting', `more than ${MOST_WAITING} settlements of ${this.#what} wait for the store: further ones are lost`);
  }

  /** Whether there is a settlement that is not through, of a call that was sent. */
  get #owes(): boolean {
    return this.#running.size > 0 || this.#waiting.some((item) => !item.forgets);
  }

  #countUnwritten(): void {
    const items = [...new Set([...this.#running.keys(), ...this.#waiting])].filter((item) => !item.counted);
    const many = `${items.length} settlement${items.length === 1 ? '' : 's'}`;
    this.#countLost(items, 'unsettled', `${many} of ${this.#what} could not be written to the ${this.store.name} store in time: lost if the process ends now`);
  }

  #countLost(items: readonly Waiting[], type: string, message: string): void {
    if (items.length === 0) return;
    for (const item of items) item.counted = true;
    this.#meter.add('purser.store.errors', items.length, { 'purser.store': this.store.name, 'error.type': type });
    notice(`${this.#what}.${type}`, message);
  }

  #schedule(): void {
    if (this.#timer !== undefined) return;
    this.#timer = timers
      .setTimeout(() => {
        this.#timer = undefined;
        void this.#flush();
      }, this.#retryMs)
      .unref();
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
  }

  // One after another, and no further than the first that fails: a store that has just come back is not overrun.
  // What has not had its turn goes on waiting, where the end of the process finds it.
  async #flush(): Promise<void> {
    for (let item = this.#waiting.shift(); item !== undefined; item = this.#waiting.shift()) {
      const told = this.#try(item);
      if (isPromise(told)) void this.#follow(item, told);
      if (!(await told)) return;
    }
    this.#retryMs = FIRST_RETRY_MS;
  }

  #failed(error: unknown): void {
    this.#meter.add('purser.store.errors', 1, { 'purser.store': this.store.name, 'error.type': typeOf(error) });
    if (this.#up === false) return;
    const reason = reasonOf(error);
    // Calls may be refused from now on, and nobody may be listening to events yet.
    notice(
      `${this.#what}.unavailable`,
      `the ${this.store.name} store of the ${this.#what} does not answer (${reason}): on_store_unavailable decides about calls`,
    );
    this.#is(false, reason);
  }

  #is(up: boolean, reason = ''): void {
    if (this.#up === up) return;
    const wasDown = this.#up === false;
    this.#up = up;
    if (!up) this.#probeAtMs = this.#clock.monotonicMs() + PROBE_MS;
    this.#meter.set('purser.store.up', up ? 1 : 0, { 'purser.store': this.store.name });
    if (!up || wasDown) this.#tell(up, reason);
    if (up && this.#waiting.length > 0) this.#schedule();
  }
}
