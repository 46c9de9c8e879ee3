import type { Operation } from '../call/call.ts';
import type { UnpricedReason } from '../call/cost.ts';
import type { Outcome } from '../call/outcome.ts';
import type { UsageBuckets } from '../call/usage.ts';

/**
 * What many calls have in common, as the ledger keeps it: a line of JSON that stands before the first call of it in each file.
 * What is absent was not known.
 */
export interface LedgerContext {
  /** The number by which calls of the same file name it; a later line with the same number takes its place. */
  readonly k: number;
  readonly op: Operation;
  readonly provider: string;
  /** The model that was asked for, or that answered where the request names none. */
  readonly model?: string;
  /** The model that answered, where it is called otherwise. */
  readonly served?: string;
  /** Where the price comes from: a table's version, or `provider`. */
  readonly price?: string;
  /** The fingerprint of the API key with which it was called. */
  readonly key?: string;
  /** The labels but for the user. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The owner's own labels. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** One settled call as the ledger keeps it: one line of JSON, without content. What is absent was not known or was zero. */
export interface LedgerRecord {
  /** When the call was started, in milliseconds since the epoch. */
  readonly t: number;
  /** How long it ran, in whole milliseconds. */
  readonly ms: number;
  /** The call's id, unique over all processes. */
  readonly id: string;
  /** The context of the call. */
  readonly in: number;
  readonly outcome: Outcome['kind'];
  /** Why it failed, was blocked or was abandoned; low cardinality. */
  readonly error?: string;
  /** The rule that refused it. */
  readonly rule?: string;
  /** The cost in whole nano-dollars, rounded up, exactly as budgets are charged; absent when nobody knows it. */
  readonly nano?: number;
  readonly unpriced?: UnpricedReason;
  /** Token buckets above zero. */
  readonly usage?: Partial<UsageBuckets>;
  /** HTTP exchanges, where there were several. */
  readonly attempts?: number;
  /** The end user's label. */
  readonly user?: string;
}
