/** What a budget counts. */
export type BudgetUnit = 'usd' | 'tokens' | 'requests';

/** A label or fact of a call that a budget may match or be split by; `tag:<name>` is one of the owner's own labels. */
export type BudgetField = 'provider' | 'model' | 'service' | 'environment' | 'user' | 'team' | 'tenant' | 'feature' | `tag:${string}`;

/** Which calls a budget counts. Each value is exact, or ends in `*` for a prefix; any of several may hold. Nothing means every call. */
export interface BudgetMatch {
  readonly provider?: readonly string[];
  readonly model?: readonly string[];
  readonly service?: readonly string[];
  readonly environment?: readonly string[];
  readonly user?: readonly string[];
  readonly team?: readonly string[];
  readonly tenant?: readonly string[];
  readonly feature?: readonly string[];
  readonly tag?: Readonly<Record<string, readonly string[]>>;
}

/** When a budget starts over. */
export type BudgetWindow =
  /** By the calendar of a time zone; days have 23 or 25 hours when its clocks change. */
  | {
      readonly kind: 'calendar';
      readonly every: 'hour' | 'day' | 'week' | 'month';
      readonly tz: string;
      /** The day of the month on which a month begins, 1 to 31; the last day where a month is shorter. @default 1 */
      readonly anchorDay: number;
    }
  /** Never more than the limit in any span of this length. `buckets` parts of it lapse one by one. */
  | { readonly kind: 'rolling'; readonly everyMs: number; readonly buckets: number }
  /** Never. */
  | { readonly kind: 'total' }
  /** With each run of the process. */
  | { readonly kind: 'run' };

/** What happens to a call that a budget has no room for. */
export type BudgetAction =
  | { readonly kind: 'block' }
  /** Waits for room, at most this long, and then blocks. */
  | { readonly kind: 'throttle'; readonly maxWaitMs: number }
  /** Goes to a cheaper model of the same provider, by this map of names, and blocks where that has no room either. */
  | { readonly kind: 'downgrade'; readonly models: Readonly<Record<string, string>> }
  /** Lowers the bound of output tokens to what there is room for, but not below `minTokens`. */
  | { readonly kind: 'clamp'; readonly minTokens: number };

/** How much is reserved before a call is sent. */
export type BudgetReserve =
  /** The most that the request can cost. */
  | { readonly kind: 'worst_case' }
  /** For streams the learnt quantile of what such calls use, 8,192 output tokens while nothing is learnt, extended as the stream grows. */
  | {
      readonly kind: 'quantile';
      /** Between 0.5 and 0.9999. */
      readonly quantile: number;
      /** What holds for calls that cannot be stopped half way: `quantile` makes the limit a soft one. */
      readonly nonStreaming: 'worst_case' | 'quantile';
    }
  /** For streams so many output tokens at a time; the most it can cost for other calls. */
  | { readonly kind: 'metered'; readonly stepTokens: number };

/** One budget, checked and complete. */
export interface BudgetConfig {
  /** Letters, digits, `.`, `_` and `-`. What was used is kept under it and the unit, whatever the limit. */
  readonly id: string;
  readonly match: BudgetMatch;
  /** A budget of its own for each value (or pair of values) of these. */
  readonly per: readonly BudgetField[];
  readonly unit: BudgetUnit;
  /** In the unit; dollars as a decimal string are exact. With 0 nothing that costs anything has room. */
  readonly limit: string | number;
  readonly window: BudgetWindow;
  /** Shares of the limit, each above 0, ascending. @default 0.5, 0.8, 1 */
  readonly thresholds: readonly number[];
  /**
   * `off` counts nothing, `shadow` counts and says what it would have refused, `alert` also reports thresholds, `enforce` also refuses.
   * @default 'alert'
   */
  readonly mode: 'off' | 'shadow' | 'alert' | 'enforce';
  /** @default block */
  readonly action: BudgetAction;
  /** @default quantile(0.99), worst case for calls that do not stream */
  readonly reserve: BudgetReserve;
  /** What happens to a call whose price nobody knows, in a budget of dollars. @default 'ceiling' */
  readonly onUnknownPrice: 'block' | 'ceiling' | 'allow';
  /** Dollars per million tokens of either direction that `ceiling` assumes. @default 75 */
  readonly ceilingUsdPerMillion: number;
  /** What happens when the store does not answer; `local` draws on a slice that was set aside before. @default 'allow' unless enforced, else 'block' */
  readonly onStoreUnavailable: 'block' | 'allow' | 'local';
  /** The share of the limit that each process sets aside for `local`. @default 0.02 */
  readonly localShare: number;
  /** Output tokens that a request may use which states no bound. @default 32768, or the model's own bound where it is known */
  readonly assumeMaxTokens: number | undefined;
  /** How many attempts of the SDK a reservation covers, 1 to 10. Further ones are charged when the call ends. @default 1 */
  readonly attempts: number;
  /** How long a reservation lives without a sign of life, in milliseconds. @default 120000 */
  readonly leaseMs: number;
}
