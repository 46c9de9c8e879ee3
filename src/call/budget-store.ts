/** A value that may still be on its way: stores in memory answer at once, others with a promise. */
export type Maybe<T> = T | Promise<T>;

/** Stands for "never" where a window has no end: the last moment that a `Date` can hold. */
export const NO_END = 8_640_000_000_000_000;

/** A span of time that has its own fields in the store: `startMs` is in it, `endMs` is not. Milliseconds since the epoch. */
export interface Slot {
  readonly startMs: number;
  /** `NO_END` for a budget that never starts over. */
  readonly endMs: number;
}

/**
 * Which fields of a budget count now, left to the store's clock to pick.
 * `fixed`: one of the candidates, in ascending order: the window before, now and after by the caller's clock.
 * `rolling`: sub-buckets of `widthMs`; the present one and the `count` before it count, the oldest in full.
 */
export type SlotChoice =
  | { readonly kind: 'fixed'; readonly candidates: readonly Slot[] }
  | { readonly kind: 'rolling'; readonly widthMs: number; readonly count: number };

/**
 * What a line is when it is no budget: a `rate` lapses with its window and is kept no longer; `slots` are only held, never charged,
 * and are given back when their call's lease runs out.
 */
export type LineRole = 'rate' | 'slots';

/** What a call wants of one budget. Amounts are whole numbers in the budget's unit: nano-dollars, tokens or requests. */
export interface BudgetLine {
  /** The budget's id, with the value it is split by: `daily/alice`. Never the limit, so that a new limit keeps what was used. */
  readonly key: string;
  readonly slots: SlotChoice;
  /** What the config allows; a limit that was set in the store goes before it. */
  readonly limit: number;
  /** 0 or more. */
  readonly amount: number;
  /** Whether this budget may refuse; one that may not is only counted. */
  readonly enforce: boolean;
  /** Shares of the limit above 0, in ascending order, at which a crossing is reported once for each window. */
  readonly thresholds: readonly number[];
  /** A budget when unset. */
  readonly role?: LineRole;
}

/** A line together with the slot that the store picked at admission; the call stays charged there. */
export interface HeldLine extends BudgetLine {
  readonly slotMs: number;
}

/** How one budget stands after an operation. */
export interface LineState {
  readonly committed: number;
  readonly reserved: number;
  /** The limit that was applied. */
  readonly limit: number;
  /** The start of the slot that is charged. */
  readonly slotMs: number;
  /** When what counts now starts to lapse: the window's end, or the next sub-bucket; `NO_END` for never. */
  readonly endMs: number;
  /** On a refused line of a rolling window: in how many milliseconds enough of it will have lapsed. */
  readonly roomInMs?: number;
}

/** A threshold that this very operation crossed; no other process is told of the same. */
export interface Crossing {
  /** Which of the lines. */
  readonly line: number;
  /** The share of the limit. */
  readonly threshold: number;
}

/** A place among those that wait for room, over all processes: whoever has waited longest goes first. */
export interface Turn {
  /** Who waits; one place for each process. */
  readonly who: string;
  /** For how long, in milliseconds. */
  readonly waitedMs: number;
  /** How long the place is kept after a refusal, in milliseconds; 0 for a call that does not come again. */
  readonly keepMs: number;
}

/** A reservation's request. The same `id` again gets the same answer and changes nothing. */
export interface ReserveRequest {
  readonly id: string;
  /** After this many milliseconds without a sign of life the reservation is charged in full. */
  readonly leaseMs: number;
  readonly lines: readonly BudgetLine[];
  /** With a turn a line is also refused while somebody else has waited longer for it. */
  readonly turn?: Turn;
}

/** What every answer tells besides the lines. */
export interface Side {
  readonly lines: readonly LineState[];
  readonly crossings: readonly Crossing[];
  /** The budget keys of leases that ran out and were charged by this operation, one for each lease and budget. */
  readonly expired: readonly string[];
}

/** The answer to a reservation. */
export type ReserveAnswer =
  | (Side & { readonly kind: 'reserved'; readonly duplicate: boolean })
  /** Nothing was reserved. `first`: lines that refused for the first time in their window, over all processes. */
  | (Side & { readonly kind: 'refused'; readonly refused: readonly number[]; readonly first: readonly number[] })
  /** The store's clock is outside all candidates of a line. */
  | { readonly kind: 'stale_window'; readonly nowMs: number };

/** A request for a larger reservation. `amount` is the new total of each line; a smaller one changes nothing. Renews the lease. */
export interface ExtendRequest {
  readonly id: string;
  readonly leaseMs: number;
  readonly lines: readonly HeldLine[];
}

/** The answer to an extension. */
export type ExtendAnswer =
  | (Side & { readonly kind: 'extended' })
  | (Side & { readonly kind: 'refused'; readonly refused: readonly number[]; readonly first: readonly number[] })
  /** The call has already been settled, or the store never knew it. */
  | { readonly kind: 'unknown' };

/** What a call is charged in the end, line by line. Never refused, also past the limit. */
export interface SettleRequest {
  readonly id: string;
  readonly lines: readonly HeldLine[];
}

/** The answer to a settlement. */
export type SettleAnswer = Side & {
  /**
   * `corrected` after the lease had run out; `charged` when the store did not know the call; `duplicate` changes nothing, and its crossings are
   * those of the first answer, which may have been lost.
   */
  readonly kind: 'settled' | 'corrected' | 'charged' | 'duplicate';
};

/** A question how budgets stand. */
export interface StateQuestion {
  readonly key: string;
  readonly slots: SlotChoice;
  readonly limit: number;
}

/** A change by hand: a limit (`undefined` for the configured one again), or what is charged in the present window. */
export interface Change {
  readonly key: string;
  readonly slots: SlotChoice;
  readonly change: { readonly kind: 'limit'; readonly limit: number | undefined } | { readonly kind: 'committed'; readonly committed: number };
  /** Who did it, as the operating system or the command line says. */
  readonly by: string;
}

/** A change by hand, as it is kept. */
export interface ChangeRecord {
  readonly atMs: number;
  readonly by: string;
  readonly key: string;
  readonly what: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** Something that a store has to say on its own account. */
export interface StoreNotice {
  readonly kind: 'data_lost' | 'not_durable';
  readonly message: string;
}

/**
 * Where budgets are kept. All or nothing over the lines of one call, whole numbers, the store's own clock.
 * A rejected promise or a throw means that the store could not answer; what was asked for may or may not have happened, and may be asked again.
 */
export interface BudgetStore {
  readonly name: 'memory' | 'sqlite' | 'redis';
  reserve(request: ReserveRequest): Maybe<ReserveAnswer>;
  extend(request: ExtendRequest): Maybe<ExtendAnswer>;
  settle(request: SettleRequest): Maybe<SettleAnswer>;
  /** States in the order of the questions. Also charges leases that have run out. */
  read(questions: readonly StateQuestion[]): Maybe<readonly LineState[]>;
  /** The keys of a budget that the store knows: its id, and `id/…` where it is split. At most 1000. */
  keys(budget: string): Maybe<readonly string[]>;
  change(change: Change): Maybe<ChangeRecord>;
  /** The latest changes by hand, newest first, at most 100. */
  changes(): Maybe<readonly ChangeRecord[]>;
  /** Where the store's own news go; the last listener holds. */
  onNotice?(listen: (notice: StoreNotice) => void): void;
  /**
   * Settles while the process ends and nothing can be waited for: blocks for at most `timeoutMs`. Gives the answers, in the order of the
   * requests, or `undefined` when not all came through. Absent where a settlement is through when `settle` returns.
   */
  settleAtExit?(requests: readonly SettleRequest[], timeoutMs: number): readonly SettleAnswer[] | undefined;
  /** Lets go of files, threads and connections. */
  close(): Promise<void>;
}
