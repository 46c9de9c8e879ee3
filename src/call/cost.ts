import type { PicoUsd, EpochMs } from './units.ts';
import type { Usage } from './usage.ts';

/** How a call came by its model's price. */
export type PriceMatch = 'exact' | 'alias' | 'dated' | 'prefix' | 'override' | 'provider' | 'free';

/** How much a price can be trusted. */
export type PriceConfidence = 'exact' | 'inferred' | 'partial' | 'disputed';

/** One line of a bill: so many of one thing at one rate. */
export interface CostLine {
  /** The bucket or fee that is charged, such as `cacheRead` or `webSearch`. */
  readonly item: string;
  readonly quantity: number;
  readonly amount: PicoUsd;
}

/** Why a call has no price. `private_host`: the host is in a private network and nobody said who answers there, so no list price need hold. */
export type UnpricedReason = 'unknown_model' | 'unknown_provider' | 'private_host' | 'usage_missing' | 'unpriced_dimension' | 'no_model' | 'engine_fault';

/** A priced call: the exact amount, and where it comes from. */
export interface PricedCost {
  readonly kind: 'priced';
  readonly amount: PicoUsd;
  /** `provider` when the response itself stated the amount, `local` when it was computed from a table. */
  readonly source: 'provider' | 'local';
  readonly lines: readonly CostLine[];
  readonly match: PriceMatch;
  readonly confidence: PriceConfidence;
  /** The id in the table that gave the price. */
  readonly matchedModel: string | undefined;
  readonly tableVersion: string;
  /** The day from which the price holds, as `YYYY-MM-DD`, when the table states one. */
  readonly effectiveFrom: string | undefined;
  /** Used things that had no price and are not in `amount`; then `confidence` is `partial`. */
  readonly unpriced: readonly string[];
  /** What reading from the cache saved against plain input; 0 or more where both prices are known. */
  readonly cacheSavings?: PicoUsd;
  /** What writing to the cache cost above plain input; may be negative. */
  readonly cacheWritePremium?: PicoUsd;
  /** What the same usage would have cost less in the provider's batch or flex tier, where one is priced. */
  readonly batchSaving?: PicoUsd;
  /** Prompt tokens left below the price's long-context threshold; negative when it was crossed. */
  readonly longContextHeadroom?: number;
  /** The tier that was asked for, when another one was served. */
  readonly tierMismatch?: { readonly requested: string; readonly served: string };
  /** True when the usage was estimated and not reported. */
  readonly estimated?: boolean;
}

/** A call without a price: never zero, always with the reason. */
export interface UnpricedCost {
  readonly kind: 'unpriced';
  readonly reason: UnpricedReason;
  /** The dimensions that had no price, for `unpriced_dimension`. */
  readonly unpriced: readonly string[];
  readonly tableVersion: string;
}

/** What a call cost, or why nobody can say. */
export type Cost = PricedCost | UnpricedCost;

/** What moves the price of a call besides its tokens. */
export interface PriceContext {
  /** The tier that served the call, as the provider states it (`default`, `flex`, `priority`, `batch`, ...). */
  readonly servedTier?: string;
  /** The tier that the caller asked for. */
  readonly requestedTier?: string;
  readonly batch?: boolean;
  /** `fast` for a provider's fast mode. */
  readonly speed?: string;
  /** Where the provider ran the call, such as `us`. */
  readonly geo?: string;
  /** The cloud region, such as `eu-central-1`. */
  readonly region?: string;
  readonly baseUrl?: string;
}

/** The question put to the pricing station. */
export interface PriceQuestion {
  readonly provider: string;
  readonly requestModel: string | undefined;
  readonly responseModel: string | undefined;
  readonly at: EpochMs;
  readonly usage: Usage | undefined;
  readonly context: PriceContext;
}

/** Prices a call. Never throws and never writes to the console. */
export type PriceCall = (question: PriceQuestion) => Cost;
