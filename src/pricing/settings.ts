import type { Clock } from '../base/clock.ts';
import type { EmitEvent, Meter } from '../call/event.ts';
import type { PriceTable } from './table/price-table.ts';

/** Finds where an override stands, from its path inside the parsed file: `prices.yaml:12`, or `undefined`. */
export type LocateOverride = (path: readonly (string | number)[]) => string | undefined;

/** Overrides as they were parsed, and how to point at a line of them. */
export interface OverrideInput {
  /** The parsed content of the file (see docs/PRICING.md for its format). */
  readonly value: unknown;
  readonly locate?: LocateOverride;
}

/** How the price table is kept fresh; without it nothing is ever fetched. */
export interface RefreshSettings {
  /** Where a newer `table.json` is found; `https:`, or `http:` on this host. */
  readonly url: string;
  /** Time between two looks in milliseconds, at least a minute; jitter of up to a tenth is added. */
  readonly intervalMs: number;
  /** How long one fetch may take, in milliseconds. @default 10000 */
  readonly timeoutMs?: number;
}

/** Tells whether the owner named a provider as the one that answers at an address. */
export type IsNamed = (provider: string, baseUrl: string) => boolean;

/** What the pricing station is made with. Everything is optional: without settings it prices offline from the bundled table. */
export interface PricerSettings {
  readonly overrides?: OverrideInput;
  /** Where a fetched table is kept between runs; one that is newer than the bundled one is used. Without it each process starts from the bundled one. */
  readonly cacheDir?: string;
  readonly refresh?: RefreshSettings;
  /** Offer a marked estimate for calls that reported no usage. @default false */
  readonly estimateMissingUsage?: boolean;
  /** Age of the table in milliseconds from which a warning is given once a day. @default 30 days */
  readonly staleAfterMs?: number;
  /** A table to use instead of the bundled one; for tools. */
  readonly table?: PriceTable;
  /** Whether the owner's own rule says that this provider answers at this address; then its list prices hold in a private network too. @default never */
  readonly isNamed?: IsNamed;
  /** Runs our own request for a newer table so that the app's instrumentation makes no span of it. */
  readonly untraced?: <T>(work: () => T) => T;
  readonly emit?: EmitEvent;
  readonly meter?: Meter;
  readonly clock?: Clock;
}
