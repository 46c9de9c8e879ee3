import type { HeldLine, Maybe, SettleRequest } from '../../call/budget-store.ts';
import type { Outcome } from '../../call/outcome.ts';
import type { Caller, Grant, PolicyMarks, Refusal } from '../../call/policy.ts';
import type { Wanted } from './compiled-limit.ts';
import { usedTokens } from './tokens.ts';

/** What a call holds of its limits until it ends. */
export interface Held {
  readonly id: string;
  readonly wanted: readonly Wanted[];
  /** The slots that are charged, in the order of what is wanted. */
  readonly slots: readonly number[];
  readonly leaseMs: number;
}

/** What a grant tells where it came from. */
export interface GrantDeps {
  /** Settles in the store that made the reservation. */
  readonly settle: (request: SettleRequest, then: () => void) => Maybe<void>;
  /** Shows that store that the call still runs; gives false where it is no use any more. */
  readonly renew: (id: string, leaseMs: number, lines: readonly HeldLine[]) => Maybe<boolean>;
  /** Told when the call gives back what it held. */
  readonly ended: (grant: LimitGrant, outcome: Outcome | undefined) => void;
  /** Asks for one more request of the call. */
  readonly again: (grant: LimitGrant, caller: Caller) => Maybe<Refusal | undefined>;
  /** Told once the store knows that there is room again. */
  readonly freed: (keys: readonly string[]) => void;
}

/** Whether a call reached its provider: not where another policy refused it, or its app gave it up, for any reason, while another policy was asked. */
const wasSent = ({ kind, attempts, chunks }: Outcome): boolean => attempts.length > 0 || chunks > 0 || kind === 'completed' || kind === 'abandoned';

/** @param requests how many requests of the call this grant answers for */
const amountOf = ({ limit, line }: Wanted, outcome: Outcome | undefined, requests: number): number => {
  // Another policy refused the call, or its caller was gone: it never reached the provider.
  if (outcome === undefined || !wasSent(outcome)) return 0;
  switch (limit.config.unit) {
    case 'concurrency':
      return 0;
    case 'requests':
      return Math.max(line.amount, requests);
    case 'tokens':
      return usedTokens(outcome, line.amount);
  }
};

/** What one call holds of its limits until it ends. */
export class LimitGrant implements Grant {
  #marks: PolicyMarks;
  readonly #deps: GrantDeps;
  readonly #held: Held;
  /** What was let through for retries. */
  readonly #retries: LimitGrant[] = [];
  #settled = false;
  #asking = false;

  constructor(deps: GrantDeps, held: Held, marks: PolicyMarks) {
    this.#deps = deps;
    this.#held = held;
    this.#marks = marks;
  }

  get marks(): PolicyMarks {
    return this.#marks;
  }

  /** Leaves further marks on the span. */
  marked(marks: PolicyMarks): this {
    this.#marks = { ...this.#marks, ...marks };
    return this;
  }

  /** Whether the call holds a place that another call waits for. */
  get holdsSlots(): boolean {
    return this.#held.wanted.some(({ line }) => line.role === 'slots');
  }

  /** Whether a limit counts the call's tokens. */
  get countsTokens(): boolean {
    return this.#held.wanted.some(({ limit }) => limit.config.unit === 'tokens');
  }

  /** What the call wants for each of its requests. */
  get perRequest(): readonly Wanted[] {
    return this.#held.wanted.filter(({ limit }) => limit.config.unit === 'requests');
  }

  /** How many requests of the call were let through so far. */
  get requests(): number {
    return 1 + this.#retries.length;
  }

  retry(caller: Caller): Maybe<Refusal | undefined> {
    return this.#settled || this.perRequest.length === 0 ? undefined : this.#deps.again(this, caller);
  }

  /** Takes in what was let through for a retry. */
  join(retry: LimitGrant): void {
    if (this.#settled) return retry.release();
    this.#retries.push(retry);
    const waitedS = Number(retry.marks['purser.queue.wait'] ?? 0) + Number(this.#marks['purser.queue.wait'] ?? 0);
    this.marked({ ...retry.marks, ...(waitedS > 0 ? { 'purser.queue.wait': waitedS } : {}) });
  }

  settle(outcome: Outcome): Maybe<void> {
    for (const retry of this.#retries) {
      const done = retry.#end(outcome, 1);
      if (done instanceof Promise) void done;
    }
    return this.#end(outcome, outcome.attempts.length - this.#retries.length);
  }

  /** Gives everything back: the call was never sent. */
  release(): void {
    const done = this.#end(undefined, 0);
    if (done instanceof Promise) void done;
  }

  /** Renews the lease of a call that still runs; gives false once that is no use. */
  renew(): Maybe<boolean> {
    if (this.#settled) return false;
    if (this.#asking) return true;
    this.#asking = true;
    const renewed = this.#deps.renew(this.#held.id, this.#held.leaseMs, this.#lines());
    if (!(renewed instanceof Promise)) {
      this.#asking = false;
      return renewed;
    }
    return renewed.finally(() => {
      this.#asking = false;
    });
  }

  #lines(): readonly HeldLine[] {
    return this.#held.wanted.map(({ line }, index) => ({ ...line, slotMs: this.#held.slots[index] ?? 0 }));
  }

  #end(outcome: Outcome | undefined, requests: number): Maybe<void> {
    if (this.#settled) return undefined;
    this.#settled = true;
    this.#deps.ended(this, outcome);
    const keys: string[] = [];
    const lines = this.#lines().map((line, index) => {
      const wanted = this.#held.wanted[index];
      const amount = wanted === undefined ? 0 : amountOf(wanted, outcome, requests);
      if (amount < line.amount) keys.push(line.key);
      return { ...line, amount };
    });
    return this.#deps.settle({ id: this.#held.id, lines }, () => this.#deps.freed(keys));
  }
}
