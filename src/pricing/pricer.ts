import { fault } from '../base/diag.ts';
import { once } from '../base/once.ts';
import { systemClock } from '../base/clock.ts';
import type { Cost, PriceCall, PricedCost, PriceQuestion } from '../call/cost.ts';
import { totalInput, totalOutput } from '../call/usage.ts';
import { estimateUsage, type UsageGuess } from './estimate.ts';
import { explain, type Explanation } from './explain.ts';
import { createFreshness, type RefreshResult } from './fresh/freshness.ts';
import { compileOverrides, NO_OVERRIDES } from './overrides/overrides.ts';
import { readOverrides, type OverrideProblem } from './overrides/read-overrides.ts';
import { unpriced } from './price-call.ts';
import { asServed, PriceEngine } from './price-engine.ts';
import type { OverrideInput, PricerSettings } from './settings.ts';

export type { IsNamed, LocateOverride, OverrideInput, PricerSettings, RefreshSettings } from './settings.ts';
export type { OverrideProblem } from './overrides/read-overrides.ts';
export type { RefreshResult } from './fresh/freshness.ts';
export type { UsageGuess } from './estimate.ts';
export type { Explanation } from './explain.ts';

/** The pricing station. */
export interface Pricer {
  /** Prices a call. Never throws and never writes to the console. */
  readonly price: PriceCall;
  /** Prices a call without usage from the length of its texts, marked `estimated`; `usage_missing` unless estimates are switched on. */
  estimate(question: PriceQuestion, guess: UsageGuess): Cost;
  /** Tells what applies to a model at a moment, by dimension, and why; `undefined` when nothing does. */
  explain(question: Omit<PriceQuestion, 'usage'>): Explanation | undefined;
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
  /** Sets the gauges of the table's age and warns when it is too old. */
  report(): void;
  /** Ends the timer of the refresh. */
  stop(): void;
}

const estimated = (cost: PricedCost): PricedCost => ({ ...cost, confidence: 'inferred', estimated: true });

/** Makes the pricing station. Reads nothing and opens nothing until the first call is priced. */
export const createPricer = (settings: PricerSettings = {}): Pricer => {
  const clock = settings.clock ?? systemClock;
  const freshness = createFreshness(settings, clock, () => engine.forget());
  const engine: PriceEngine = new PriceEngine(freshness.table, freshness.sawUnknown, settings.isNamed ?? (() => false));
  const first = readOverrides(settings.overrides);
  if (settings.overrides !== undefined) engine.use(compileOverrides(first.file, freshness.table));
  const begin = once(() => freshness.start());
  const price: PriceCall = (question) => {
    try {
      begin();
      return engine.price(question);
    } catch (error) {
      fault('pricing', error);
      return unpriced('engine_fault', 'unknown');
    }
  };
  return {
    price,
    estimate: (question, guess) => {
      if (settings.estimateMissingUsage !== true) return price({ ...question, usage: undefined });
      const usage = estimateUsage(guess);
      if (totalInput(usage.buckets) + totalOutput(usage.buckets) === 0) return price({ ...question, usage: undefined });
      const cost = price({ ...question, usage });
      return cost.kind === 'priced' ? estimated(cost) : cost;
    },
    explain: (asked) => {
      const question = asServed(asked);
      const { known } = engine.resolution(question);
      return typeof known === 'string' ? undefined : explain(known, question, freshness.table());
    },
    tableVersion: () => freshness.table().version,
    tableAgeMs: freshness.ageMs,
    reload: (overrides) => {
      const { file, problems } = readOverrides(overrides);
      if (problems.length === 0) engine.use(overrides === undefined ? NO_OVERRIDES : compileOverrides(file, freshness.table));
      return problems;
    },
    problems: first.problems,
    refresh: freshness.refresh,
    report: freshness.report,
    stop: freshness.stop,
  };
};
