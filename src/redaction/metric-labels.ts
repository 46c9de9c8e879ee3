import type { Redactor } from '../call/redactor.ts';

/** A label of a metric as OpenTelemetry or prom-client take it. */
export type LabelValue = string | number | boolean | undefined | null | readonly (string | number | boolean | null | undefined)[];

/** Cleans the labels of metrics. */
export interface MetricLabelGuard {
  /** Gives the labels cleaned; the same record when there was nothing to remove. A label that cannot leave at all is left out. */
  clean<L extends Readonly<Record<string, unknown>>>(labels: L): L;
}

const MAX_KNOWN = 2000;

/**
 * Gives a guard for metric labels. Labels repeat, so an answer is kept for each pair of name and value, at most 2000 of them;
 * `forget` must run when a secret is learned, so that an old answer does not let it pass.
 */
export const metricLabelGuard = (redactor: Redactor): MetricLabelGuard & { forget(): void } => {
  const known = new Map<string, Map<string, unknown>>();
  let size = 0;
  const forget = (): void => {
    known.clear();
    size = 0;
  };
  const cleaned = (name: string, value: string): unknown => {
    let values = known.get(name);
    const answer = values?.get(value);
    if (answer !== undefined) return answer === DROPPED ? undefined : answer;
    const after = redactor.value(value, name, 'metric_label');
    if (++size > MAX_KNOWN) {
      forget();
      values = undefined;
    }
    if (values === undefined) known.set(name, (values = new Map()));
    values.set(value, after === undefined ? DROPPED : after);
    return after;
  };
  const clean = <L extends Readonly<Record<string, unknown>>>(labels: L): L => {
    let copy: Record<string, unknown> | undefined;
    for (const name in labels) {
      const before: unknown = labels[name];
      if (before === null || (typeof before !== 'string' && typeof before !== 'object')) continue;
      const after = typeof before === 'string' ? cleaned(name, before) : redactor.value(before, name, 'metric_label');
      if (after === before) continue;
      copy ??= { ...labels };
      if (after === undefined) delete copy[name];
      else copy[name] = after;
    }
    return (copy as L | undefined) ?? labels;
  };
  return { clean, forget };
};

const DROPPED = Symbol('dropped');
