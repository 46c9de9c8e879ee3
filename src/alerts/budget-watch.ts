import type { GovernanceEvent } from '../call/event.ts';
import { SpendSamples } from './spend-samples.ts';

/** How a budget stands, as the policy lists it. */
export interface WatchedBudget {
  readonly id: string;
  readonly key: string;
  readonly unit: string;
  readonly limit: number;
  readonly spent: number;
  readonly windowStartMs?: number | undefined;
  readonly windowEndMs?: number | undefined;
  /** Whether the window rolls: it moves on by a part, and what is spent falls by what lapses. */
  readonly rolls?: true;
  /** What will be spent at the window's end at the pace since its start. */
  readonly forecast?: number | undefined;
}

interface Watched {
  readonly startMs: number;
  readonly hour: SpendSamples;
  readonly long: SpendSamples;
  /** What was spent at the last look, and all that it has grown by: what lapses, or is taken off by hand, is no pace. */
  spent: number;
  grown: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** A forecast from less than this share of the window says too little. */
const LEAST_ELAPSED = 0.05;
/** A fourteenth and less of the window is then enough for all of it. @source Google SRE workbook, "Alerting on SLOs", page-worthy burn rate over 1 h and 5 min */
const FAST_BURN = 14.4;
/** At that pace shorter windows are used up within the hour that is looked at: their thresholds tell of them. */
const LEAST_BURN_WINDOW_MS = FAST_BURN * HOUR_MS;
/** So many budgets have samples: those that are used up most. */
const MOST_WATCHED = 1_000;

/** The start of what alerts are told for once. The window of a budget that rolls begins anew with each part, so that spans of its length stand for it. */
const tellingStart = ({ rolls, windowStartMs = 0, windowEndMs = 0 }: WatchedBudget): number =>
  rolls === true ? windowStartMs - (windowStartMs % (windowEndMs - windowStartMs)) : windowStartMs;

const round = (value: number): number => Math.round(value * 1e6) / 1e6;

const eventOf = (
  { name, severity, message }: Pick<GovernanceEvent, 'name' | 'severity' | 'message'>,
  budget: WatchedBudget,
  atMs: number,
  facts: Readonly<Record<string, number>>,
): GovernanceEvent => {
  const { id, key, unit, limit, spent, windowStartMs = 0, windowEndMs = 0 } = budget;
  return {
    name,
    severity,
    message,
    atMs,
    dedupeKey: `${key}/${tellingStart(budget)}/${limit}/${name}`,
    attributes: {
      'purser.budget': id,
      'purser.budget.key': key,
      'purser.budget.unit': unit,
      'purser.budget.limit': limit,
      'purser.budget.committed': spent,
      'purser.budget.window.start': windowStartMs / 1000,
      'purser.budget.window.end': windowEndMs / 1000,
      ...facts,
    },
  };
};

const mostUsed = (budgets: readonly WatchedBudget[]): ReadonlySet<string> => {
  if (budgets.length <= MOST_WATCHED) return new Set(budgets.map(({ key }) => key));
  // One that is used up is told of by its threshold.
  const open = budgets.filter(({ spent, limit }) => spent < limit).sort((a, b) => b.spent / b.limit - a.spent / a.limit);
  return new Set(open.slice(0, MOST_WATCHED).map(({ key }) => key));
};

/** Looks ahead: which budgets will not last to the end of their window, and which are used up far too fast. Asked once a minute. */
export class BudgetWatch {
  readonly #watched = new Map<string, Watched>();

  /** Looks at how budgets stand now, and gives what is worth an alert; the same key is given each time until its window ends or it has another limit. */
  look(budgets: readonly WatchedBudget[], nowMs: number): readonly GovernanceEvent[] {
    const sampled = mostUsed(budgets);
    for (const key of this.#watched.keys()) if (!sampled.has(key)) this.#watched.delete(key);
    return budgets.flatMap((budget) => this.#lookAt(budget, sampled.has(budget.key), nowMs));
  }

  #lookAt(budget: WatchedBudget, isSampled: boolean, nowMs: number): readonly GovernanceEvent[] {
    const { windowStartMs: startMs, windowEndMs: endMs, spent, limit } = budget;
    if (startMs === undefined || endMs === undefined || endMs <= nowMs) return [];
    const watched = this.#of(budget, isSampled, startMs, endMs);
    watched.grown += Math.max(0, spent - watched.spent);
    watched.spent = spent;
    const events = spent < limit ? [this.#forecast(budget, watched, startMs, endMs, nowMs), this.#burn(budget, watched, startMs, endMs, nowMs)] : [];
    watched.hour.add(nowMs, watched.grown);
    watched.long.add(nowMs, watched.grown);
    return events.filter((event) => event !== undefined);
  }

  #of({ key, spent, rolls }: WatchedBudget, isSampled: boolean, startMs: number, endMs: number): Watched {
    const known = this.#watched.get(key);
    if (known !== undefined && (rolls === true || known.startMs === startMs)) return known;
    const made = { startMs, hour: new SpendSamples(HOUR_MS), long: new SpendSamples((endMs - startMs) / 10), spent, grown: 0 };
    if (isSampled) this.#watched.set(key, made);
    return made;
  }

  // committed + rate × what is left of the window; the rate of the last tenth of the window, so that one busy hour is no trend of a month.
  // A process that has not seen enough of it yet goes by the whole window.
  #forecast(budget: WatchedBudget, { long, grown }: Watched, startMs: number, endMs: number, nowMs: number): GovernanceEvent | undefined {
    const lengthMs = endMs - startMs;
    // A window that rolls has no end to last to.
    if (budget.rolls === true || nowMs - startMs < lengthMs * LEAST_ELAPSED) return undefined;
    const lately = long.rate(nowMs, grown, lengthMs / 10);
    const rate = lately ?? ((budget.forecast ?? 0) - budget.spent) / (endMs - nowMs);
    const projected = budget.spent + rate * (endMs - nowMs);
    if (rate <= 0 || projected <= budget.limit) return undefined;
    const fullMs = nowMs + (budget.limit - budget.spent) / rate;
    const share = Math.round((projected / budget.limit) * 100);
    const message = `The budget "${budget.key}" will be used up at about ${new Date(fullMs).toISOString()}, before its window ends: at the pace ${lately === undefined ? 'since its start' : 'of late'} it comes to ${share} % of its limit.`;
    return eventOf({ name: 'purser.budget.forecast', severity: 'warning', message }, budget, nowMs, { projected: round(projected) });
  }

  #burn(budget: WatchedBudget, { hour, grown }: Watched, startMs: number, endMs: number, nowMs: number): GovernanceEvent | undefined {
    const lengthMs = endMs - startMs;
    if (lengthMs < LEAST_BURN_WINDOW_MS) return undefined;
    const even = budget.limit / lengthMs;
    const overHour = (hour.rate(nowMs, grown, HOUR_MS) ?? 0) / even;
    const lately = (hour.rate(nowMs, grown, 5 * MINUTE_MS) ?? 0) / even;
    if (overHour <= FAST_BURN || lately <= FAST_BURN) return undefined;
    const message = `The budget "${budget.key}" is spent ${Math.round(overHour)} times as fast as it would last: over the last hour and the last 5 minutes, where more than ${FAST_BURN} times is too fast.`;
    return eventOf({ name: 'purser.budget.burn_rate', severity: 'error', message }, budget, nowMs, {
      burn_rate_1h: round(overHour),
      burn_rate_5m: round(lately),
    });
  }
}
