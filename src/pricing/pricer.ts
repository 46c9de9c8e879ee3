import { fault } from '../base/diag.ts';
import { once } from '../base/once.ts';
import { systemClock } from '../base/clock.ts';
import type { Cost, PriceCall, PricedCost, PriceQuestion } from '../call/cost.ts';
import { totalInput, totalOutput, type Usage } from '../call/usage.ts';
import { estimateUsage, type UsageGuess } from './estimate.ts';
import { explain, type Explanation } from './explain.ts';
import { createFreshness, type RefreshResult } from './fresh/freshness.ts';
import { compileOverrides, NO_OVERRIDES, type Overrides } from './overrides/overrides.ts';
import { readOverrides, type OverrideProblem } from './overrides/read-overrides.ts';
import { isEmpty, priceUsage, providerCost, unpriced } from './price-call.ts';
import { resolve, type Resolution, type Unresolved } from './resolve.ts';
import type { OverrideInput, PricerSettings } from './settings.ts';
import { canonicalTier } from './engine/variant.ts';
import type { PriceTable } from './table/price-table.ts';

export type { LocateOverride, OverrideInput, PricerSettings, RefreshSettings } from './settings.ts';
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

/** How many names are remembered; a host that invents names must not fill the memory. */
const MAX_NAMES = 4000;

type Known = Resolution | Unresolved;

/** Remembers how each name is priced. Three small maps are faster than one with a joined key. */
class Names {
  readonly #byProvider = new Map<string, Map<string, Map<string, Known>>>();
  #size = 0;

  get(provider: string, baseUrl: string, model: string): Known | undefined {
    return this.#byProvider.get(provider)?.get(baseUrl)?.get(model);
  }

  set(provider: string, baseUrl: string, model: string, known: Known): void {
    if (this.#size >= MAX_NAMES) this.clear();
    let byUrl = this.#byProvider.get(provider);
    if (byUrl === undefined) this.#byProvider.set(provider, (byUrl = new Map<string, Map<string, Known>>()));
    let byModel = byUrl.get(baseUrl);
    if (byModel === undefined) byUrl.set(baseUrl, (byModel = new Map<string, Known>()));
    byModel.set(model, known);
    this.#size++;
  }

  clear(): void {
    this.#byProvider.clear();
    this.#size = 0;
  }
}

/** The arithmetic over one table and one set of overrides. */
class Engine {
  readonly #names = new Names();
  readonly #table: () => PriceTable;
  readonly #onUnknown: (provider: string, model: string) => void;
  #overrides: Overrides = NO_OVERRIDES;

  constructor(table: () => PriceTable, onUnknown: (provider: string, model: string) => void) {
    this.#table = table;
    this.#onUnknown = onUnknown;
  }

  use(overrides: Overrides): void {
    this.#overrides = overrides;
    this.#names.clear();
  }

  /** Forgets what was worked out from a table that is no longer in use. */
  forget(): void {
    this.#names.clear();
  }

  known(provider: string, model: string, baseUrl: string | undefined): Known {
    const remembered = this.#names.get(provider, baseUrl ?? '', model);
    if (remembered !== undefined) return remembered;
    const made = resolve(this.#table(), this.#overrides, provider, model, baseUrl);
    this.#names.set(provider, baseUrl ?? '', model, made);
    if (made === 'unknown_model') this.#onUnknown(provider, model);
    return made;
  }

  price(question: PriceQuestion): Cost {
    const { version } = this.#table();
    const { usage } = question;
    if (usage === undefined) return unpriced('usage_missing', version);
    if (usage.providerCost === undefined) return this.#local(question, usage, version);
    const local = this.#local(question, usage, version);
    return providerCost(usage, local.kind === 'priced' ? local : undefined, version) ?? local;
  }

  /** The response's model comes first: the request may name a deployment or an alias. */
  resolution(question: Omit<PriceQuestion, 'usage'>): { readonly known: Known | 'no_model'; readonly certain: boolean } {
    const { provider, requestModel, responseModel, context } = question;
    const first = responseModel ?? requestModel;
    if (first === undefined || first === '') return { known: 'no_model', certain: false };
    const known = this.known(provider, first, context.baseUrl);
    if (typeof known !== 'string' && known.overrides.length > 0) return { known, certain: true };
    if (requestModel === undefined || requestModel === first) return { known, certain: true };
    return this.#withRequest(known, question, requestModel);
  }

  /** A request's name counts where the response's is unknown, and where the owner wrote an entry for it. */
  #withRequest(known: Known, question: Omit<PriceQuestion, 'usage'>, requestModel: string): { readonly known: Known; readonly certain: boolean } {
    const asked = this.known(question.provider, requestModel, question.context.baseUrl);
    if (typeof asked !== 'string' && (asked.overrides.length > 0 || asked.match === 'free')) return { known: asked, certain: true };
    // What answered in place of a free model need not be free itself.
    if (typeof known !== 'string' || typeof asked === 'string' || asked.free) return { known, certain: true };
    return { known: asked, certain: false };
  }

  #local(question: PriceQuestion, usage: Usage, version: string): Cost {
    const { known, certain } = this.resolution(question);
    if (typeof known === 'string') return unpriced(known, version);
    if (isEmpty(usage) && !known.free) return unpriced('usage_missing', version);
    const resolvePass = (model: string): Resolution | undefined => {
      const pass = this.known(question.provider, model, question.context.baseUrl);
      return typeof pass === 'string' ? undefined : pass;
    };
    const { servedTier, requestedTier } = question.context;
    // Without word of the tier that served it, the one that was asked for is the best that is known.
    if (servedTier === undefined && requestedTier !== undefined && canonicalTier(requestedTier) !== '') {
      const asked = { ...question, context: { ...question.context, servedTier: requestedTier } };
      return priceUsage(asked, usage, known, version, false, resolvePass);
    }
    return priceUsage(question, usage, known, version, certain, resolvePass);
  }
}

const estimated = (cost: PricedCost): PricedCost => ({ ...cost, confidence: 'inferred', estimated: true });

/** Makes the pricing station. Reads nothing and opens nothing until the first call is priced. */
export const createPricer = (settings: PricerSettings = {}): Pricer => {
  const clock = settings.clock ?? systemClock;
  const freshness = createFreshness(settings, clock, () => engine.forget());
  const engine: Engine = new Engine(freshness.table, freshness.sawUnknown);
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
    explain: (question) => {
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
