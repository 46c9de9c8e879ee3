import type { BudgetField, BudgetMatch } from '../budget/budget-config.ts';

/** What a limit counts: requests or tokens in a window, or calls in flight. */
export type LimitUnit = 'requests' | 'tokens' | 'concurrency';

/** One limit, checked and complete. */
export interface LimitConfig {
  /** Letters, digits, `.`, `_` and `-`. */
  readonly id: string;
  readonly match: BudgetMatch;
  /** A limit of its own for each value (or pair of values) of these. */
  readonly per: readonly BudgetField[];
  readonly unit: LimitUnit;
  /** Whole, above 0. */
  readonly limit: number;
  /** The window of a rate in milliseconds, from a second to a day; `undefined` for calls in flight. @default 60000 */
  readonly windowMs: number | undefined;
  /** `off` counts nothing, `shadow` counts and says what it would have refused, `enforce` also refuses. @default 'enforce' */
  readonly mode: 'off' | 'shadow' | 'enforce';
  /** How long a call waits for room at most, in milliseconds; 0 refuses at once. @default 0, 10000 for calls in flight */
  readonly maxWaitMs: number;
  /** So many calls wait at most, in each process and for each value that the limit is split by; further ones are refused at once. @default 1000 */
  readonly maxQueue: number;
  /** Calls that wait take turns by this, so that nobody is held up by another's many. @default 'user' */
  readonly fair: BudgetField;
  /** How many tokens a call counts for while it runs: what such calls mostly use, or the most that it can use. @default 'expected' */
  readonly reserve: 'expected' | 'worst_case';
  /** What happens when the store does not answer: each process counts for itself, every call passes, or none does. @default 'local' */
  readonly onStoreUnavailable: 'local' | 'allow' | 'block';
  /** After so many milliseconds without a sign of life the place of a call in flight is free again. @default 15000 */
  readonly leaseMs: number;
}
