import { timers } from '../base/timers.ts';
import type { Begun } from '../providers/shared/begin.ts';

/** One attempt of a client that numbers them. */
export interface Attempted {
  /** What all attempts of a call have in common. */
  readonly key: string;
  /** 0 for the first. */
  readonly count: number;
  /** Whose labels it has: two users may ask the same at the same time. */
  readonly labels?: object | undefined;
}

/** A call whose client will try again, or may. */
interface Waiting {
  readonly begun: Begun;
  readonly attempt: Attempted;
  readonly timer: NodeJS.Timeout;
}

/** The client waits up to 8 s of its own and up to a minute where the provider asked for it; then it has the time that a slow loop takes. */
const OWN_WAIT_MS = 8_000;
const MOST_WAIT_MS = 60_000;
const GRACE_MS = 5_000;

/** How long a client may take for its next attempt, in milliseconds, where the provider asked it to wait for `retryAfterMs`. */
export const retryWaitMs = (retryAfterMs: number | undefined): number => Math.min(retryAfterMs ?? OWN_WAIT_MS, MOST_WAIT_MS) + GRACE_MS;

/** @source openai 7.55, @anthropic-ai/sdk 1.11: `maxRetries` is 2 unless the app says otherwise; the first wait is of at most 0.5 s, each later one twice as long */
const USUAL_RETRIES = 2;
const FIRST_WAIT_MS = 500;
const BROKEN_GRACE_MS = 1_000;

/**
 * How long a client may take, in milliseconds, for the attempt after number `count`, to which there was no answer; `undefined` where most clients do not try again.
 * Nothing says whether this one will, so that the wait is as short as it can be: a call that ends with this attempt is told of later by as much.
 */
export const brokenWaitMs = (count: number): number | undefined => (count < USUAL_RETRIES ? FIRST_WAIT_MS * 2 ** count + BROKEN_GRACE_MS : undefined);

/**
 * The calls that wait for their next attempt. Clients made by Stainless number their attempts and cancel the body of an answer exactly when they
 * will try again, so the next request with the same address, key, body and labels and the next number belongs to the same call.
 */
export class Retries {
  readonly #waiting = new Map<string, Waiting[]>();

  /** Whether no call waits. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Holds a call open for its next attempt; `failed` is called when none comes within `waitMs`. */
  hold(attempt: Attempted, begun: Begun, waitMs: number, failed: () => void): void {
    const { key } = attempt;
    const entries = this.#waiting.get(key) ?? [];
    this.#waiting.set(key, entries);
    const over = (): void => {
      this.#forget(entry);
      failed();
    };
    const timer = timers.setTimeout(over, waitMs);
    timer.unref();
    // The process may end first, and what the last attempt came to is known.
    begun.call.answer = { waiting: () => undefined, unread: over };
    const entry: Waiting = { begun, attempt, timer };
    entries.push(entry);
  }

  /** Gives the call that an attempt belongs to. */
  take({ key, count, labels }: Attempted): Begun | undefined {
    if (count === 0) return undefined;
    return this.#taken(this.#waiting.get(key)?.find(({ attempt }) => attempt.count === count - 1 && attempt.labels === labels));
  }

  /** Gives the call that has waited longest of those with a key, whatever its labels. */
  first(key: string): Begun | undefined {
    return this.#taken(this.#waiting.get(key)?.[0]);
  }

  #taken(entry: Waiting | undefined): Begun | undefined {
    if (entry === undefined) return undefined;
    this.#forget(entry);
    return entry.begun.call.ended ? undefined : entry.begun;
  }

  #forget(entry: Waiting): void {
    const { key } = entry.attempt;
    timers.clearTimeout(entry.timer);
    entry.begun.call.answer = undefined;
    const entries = this.#waiting.get(key)?.filter((other) => other !== entry) ?? [];
    if (entries.length === 0) this.#waiting.delete(key);
    else this.#waiting.set(key, entries);
  }
}
