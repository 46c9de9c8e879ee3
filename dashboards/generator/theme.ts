import type { Threshold } from '@grafana/grafana-foundation-sdk/dashboard';

/** Thresholds from pairs of a lower bound and a color; the first bound counts as minus infinity. */
export const steps = (...pairs: readonly (readonly [from: number, color: string])[]): Threshold[] =>
  pairs.map(([from, color], index) => ({ value: index === 0 ? null : from, color }));

/** No judgement: the number is shown as it is. */
export const PLAIN = steps([0, 'blue']);
/** Anything above zero is bad. */
export const NONE_WANTED = steps([0, 'green'], [1e-9, 'red']);
/** Above zero wants a look. */
export const FEW_WANTED = steps([0, 'green'], [1e-9, 'orange']);
/** Share of a limit that is used up. */
export const USED = steps([0, 'green'], [0.8, 'orange'], [1, 'red']);
/** Where a budget will be when its window ends, as a share of its limit. */
export const FORECAST = steps([0, 'green'], [0.95, 'orange'], [1, 'red']);
/** Share of calls that failed. */
export const ERRORS = steps([0, 'green'], [0.01, 'orange'], [0.05, 'red']);
/** Seconds that are left; few are bad. */
export const TIME_LEFT = steps([0, 'red'], [6 * 3600, 'orange'], [24 * 3600, 'green']);
/** Share that is left; little is bad. */
export const LEFT = steps([0, 'red'], [0.1, 'orange'], [0.25, 'green']);
/** Multiples of the even pace. */
export const BURN = steps([0, 'green'], [1, 'orange'], [6, 'red']);
/** Seconds that a user waits. */
export const WAIT = steps([0, 'green'], [10, 'orange'], [30, 'red']);
/** Seconds to the first chunk. */
export const FIRST_CHUNK = steps([0, 'green'], [2, 'orange'], [5, 'red']);
/** Up or down. */
export const UP = steps([0, 'red'], [1, 'green']);
/** Share that succeeded. */
export const SUCCESS = steps([0, 'red'], [0.95, 'orange'], [0.99, 'green']);

/** One color for one outcome on every dashboard. */
export const OUTCOME_COLORS: Readonly<Record<string, string>> = {
  completed: 'green',
  failed: 'red',
  blocked: 'purple',
  cancelled: 'yellow',
  abandoned: 'orange',
};
