import type { HeldLine, Maybe, SettleRequest } from '../../call/budget-store.ts';
import type { Outcome } from '../../call/outcome.ts';
import type { Grant, PolicyMarks } from '../../call/policy.ts';
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
  /** Told once the store knows that there is room again. */
  readonly freed: (keys: readonly string[]) => void;
}

const wasSent = (outcome: Outcome): boolean => outcome.kind !== 'blocked' || outcome.attempts.length > 0 || outcome.chunks > 0;

const amountOf = ({ limit, line }: Wanted, outcome: Outcome | undefined): number => {
  // Another policy refused the call, or its caller was gone: it never reached the provider.
  if (outcome === undefined || !wasSent(outcome)) return 0;
  switch (limit.config.unit) {
    case 'concurrency':
      return 0;
    case 'requests':
      return Math.max(line.amount, outcome.attempts.length);
    case 'tokens':
      return usedTokens(outcome, line.amount);
  }
};

/** What one call holds of its limits until it ends. */
export class LimitGrant implements Grant {
  #marks: PolicyMarks;
  readonly #deps: GrantDeps;
  readonly #held: Held;
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

  settle(outcome: Outcome): Maybe<void> {
    return this.#end(outcome);
  }

  /** Gives everything back: the call was never sent. */
  release(): void {
    const done = this.#end(undefined);
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

  #end(outcome: Outcome | undefined): Maybe<void> {
    if (this.#settled) return undefined;
    this.#settled = true;
    this.#deps.ended(this, outcome);
    const keys: string[] = [];
    const lines = this.#lines().map((line, index) => {
      const wanted = this.#held.wanted[index];
      const amount = wanted === undefined ? 0 : amountOf(wanted, outcome);
      if (amount < line.amount) keys.push(line.key);
      return { ...line, amount };
    });
    return this.#deps.settle({ id: this.#held.id, lines }, () => this.#deps.freed(keys));
  }
}
