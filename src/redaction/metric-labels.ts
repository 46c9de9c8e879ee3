import type { ExplainingRedactor } from './redactor.ts';

/** Cleans the labels of metrics. */
export interface MetricLabelGuard {
  /** Gives the labels cleaned; the same record when there was nothing to remove. A label that cannot leave at all is left out. */
  clean<L extends Readonly<Record<string, unknown>>>(labels: L): L;
}

const MAX_KNOWN = 2000;

/** Gives a guard for metric labels. Labels repeat, so an answer is kept for each pair of name and value, at most 2000 of them. */
export const metricLabelGuard = (redactor: ExplainingRedactor): MetricLabelGuard => {
  const known = new Map<string, Map<string, unknown>>();
  let size = 0;
  let generation = redactor.generation();
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
    // A newly learned secret makes old answers void.
    if (generation !== redactor.generation()) {
      generation = redactor.generation();
      forget();
    }
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
  return { clean };
};

const DROPPED = Symbol('dropped');
