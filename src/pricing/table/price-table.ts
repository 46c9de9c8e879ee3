/**
 * What a rate in the table is for, in the short form that keeps the file small. The first twelve stand for the buckets of a
 * usage, in their order; then come things that are charged by the piece, and `req` for the request itself.
 */
export const RATE_KEYS = [
  'in',
  'read',
  'w5',
  'w1',
  'aIn',
  'aRead',
  'imIn',
  'imRead',
  'out',
  'think',
  'aOut',
  'imOut',
  'web',
  'ground',
  'code',
  'file',
  'img',
  'req',
] as const;

/** One of the short names of a rate. */
export type RateKey = (typeof RATE_KEYS)[number];

/** Whole pico-dollars for one token or one piece. `null` says that the price is not known; absent leaves it to the rules of the engine. */
export type RateSet = Readonly<Partial<Record<RateKey, number | null>>>;

/** A factor on all token rates as a ratio, so that 1.1 stays exact: `[11, 10]`. */
export type Ratio = readonly [numerator: number, denominator: number];

/** One price card of a model: when it holds and what things cost. */
export interface CardData {
  /** First moment at which it holds, an ISO date or instant in UTC. */
  readonly from?: string;
  /** First moment at which it no longer holds. */
  readonly to?: string;
  /** Windows of the day in minutes of UTC, start inclusive, end exclusive. All conditions of a card must hold together. */
  readonly utc?: readonly (readonly [number, number])[];
  /** Weekdays in UTC, 0 for Sunday. */
  readonly days?: readonly number[];
  readonly r: RateSet;
  /** Rates for a request whose whole prompt has more than `n` tokens; the whole request moves, output included. */
  readonly over?: { readonly n: number; readonly r: RateSet };
  /** Factors of the token rates by tier (`batch`, `flex`, `priority`, `fast`) and place (`geo:us`, `region`). */
  readonly x?: Readonly<Record<string, Ratio>>;
  /** Pieces that are charged once for a call, however many it took. */
  readonly once?: readonly RateKey[];
  /** Rates on which independent sources disagree. */
  readonly q?: readonly RateKey[];
  /** 1 where the provider charges nothing. */
  readonly free?: 1;
}

/** A model of the table. */
export interface ModelData {
  /** Other ways to write it: plain for an equal id, `^` begins with, `~` contains, `$` ends with, `/…/` a regular expression. */
  readonly a?: readonly string[];
  /** In the order of time; the last one that holds wins. */
  readonly c: readonly CardData[];
}

/** A provider of the table. */
export interface ProviderData {
  /** A regular expression for the beginning of its addresses. */
  readonly hosts: string;
  /** Providers whose list price it takes for models that it does not list itself. */
  readonly also?: readonly string[];
  /** 1 where the price page gives one price for all modalities unless it says otherwise. */
  readonly flat?: 1;
  readonly models: Readonly<Record<string, ModelData>>;
}

/** The whole table, as `table.json` holds it. */
export interface PriceTable {
  readonly format: 1;
  /** The day of the data and the beginning of its hash: `2026-11-20+1a2b3c4d`. */
  readonly version: string;
  /** The day on which the data was last reviewed, as `YYYY-MM-DD`. */
  readonly asOf: string;
  /** SHA-256 of the JSON of `providers`. */
  readonly sha256: string;
  readonly sources: readonly string[];
  /** The licence of the data that the table was built from; it goes wherever the table goes. */
  readonly notice: string;
  readonly providers: Readonly<Record<string, ProviderData>>;
}
