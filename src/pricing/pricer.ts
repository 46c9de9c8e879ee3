import type { Cost, PriceCall, PriceQuestion } from '../call/cost.ts';
import type { OverrideInput, PricerSettings } from './settings.ts';

export type { LocateOverride, OverrideInput, PricerSettings, RefreshSettings } from './settings.ts';

/** Something in the overrides that cannot be used. */
export interface OverrideProblem {
  /** File and line where known, else the path inside the file. */
  readonly where: string;
  readonly key: string;
  readonly seen: string;
  readonly wanted: string;
}

/** How a look for a newer table ended. */
export type RefreshResult = 'unchanged' | 'updated' | 'refused' | 'failed';

/** What is known of a call whose usage the provider did not report. */
export interface UsageGuess {
  /** UTF-16 units of the prompt. */
  readonly promptChars: number;
  /** UTF-16 units of the answer as far as it was seen. */
  readonly outputChars: number;
}

/** The pricing station. */
export interface Pricer {
  /** Prices a call. Never throws and never writes to the console. */
  readonly price: PriceCall;
  /** Prices a call without usage from the length of its texts, marked `estimated`; `usage_missing` unless estimates are switched on. */
  estimate(question: PriceQuestion, guess: UsageGuess): Cost;
  /** The version of the table in use. */
  tableVersion(): string;
  /** How old the data of the table in use is at `nowMs`, in milliseconds. */
  tableAgeMs(nowMs: number): number;
  /** Takes new overrides; when any of them is wrong the last good ones stay and the problems are given back. */
  reload(overrides: OverrideInput | undefined): readonly OverrideProblem[];
  /** The problems of the overrides that it was made with; those entries are left out. */
  readonly problems: readonly OverrideProblem[];
  /** Looks for a newer table now; `failed` when no address is configured. Never rejects. */
  refresh(): Promise<RefreshResult>;
  /** Sets the gauges of the table's age. */
  report(): void;
  /** Ends the timer of the refresh. */
  stop(): void;
}

/** Makes the pricing station. Reads nothing and opens nothing until the first call is priced. */
export const createPricer = (settings: PricerSettings = {}): Pricer => {
  const price: PriceCall = () => ({ kind: 'unpriced', reason: 'unknown_model', unpriced: [], tableVersion: 'none' });
  return {
    price,
    estimate: (question) => price(question),
    tableVersion: () => 'none',
    tableAgeMs: () => 0,
    reload: () => [],
    problems: [],
    refresh: () => Promise.resolve('failed'),
    report: () => settings.meter?.set('purser.price_table.age', 0),
    stop: () => undefined,
  };
};
