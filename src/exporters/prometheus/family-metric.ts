import type { MetricValue, MetricValueWithName } from 'prom-client';
import type { MetricFamily, MetricPoint } from '../../call/export.ts';

/** A value as prom-client writes it, with the exemplar that its OpenMetrics form carries. */
type Value = (MetricValue<string> | MetricValueWithName<string>) & {
  readonly exemplar?: { readonly labelSet: Readonly<Record<string, string>>; readonly value: number; readonly timestamp: number } | null;
};

/** What a registry of prom-client reads of a metric. */
export interface FamilyValues {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly aggregator: 'sum' | 'max';
  readonly values: readonly Value[];
}

/** Remembers which series were served already: a counter is served at 0 once, so that its first step is not lost to `increase()`. */
export interface FirstSight {
  /** Gives whether the series was served before, and takes it as served from now on. */
  seen(point: MetricPoint): boolean;
}

const TYPES = { counter: 'counter', updown: 'gauge', gauge: 'gauge', histogram: 'histogram' } as const;

const label = (attribute: string): string => attribute.replace(/[^A-Za-z0-9_]+/g, '_');

const labelsOf = (point: MetricPoint): Record<string, string | number> => {
  const labels: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(point.attributes)) labels[label(name)] = String(value);
  return labels;
};

const histogram = (family: MetricFamily, name: string, point: MetricPoint, zero: boolean): Value[] => {
  const labels = labelsOf(point);
  const state = point.histogram;
  const values: Value[] = [];
  let total = 0;
  for (let index = 0; index <= family.bounds.length; index += 1) {
    total += zero ? 0 : (state?.counts[index] ?? 0);
    const exemplar = zero ? undefined : point.exemplars?.get(index);
    values.push({
      metricName: `${name}_bucket`,
      labels: { le: family.bounds[index] ?? '+Inf', ...labels },
      value: total,
      ...(exemplar === undefined
        ? {}
        : { exemplar: { labelSet: { trace_id: exemplar.traceId, span_id: exemplar.spanId }, value: exemplar.value, timestamp: exemplar.atMs / 1000 } }),
    });
  }
  values.push({ metricName: `${name}_sum`, labels, value: zero ? 0 : (state?.sum ?? 0) }, { metricName: `${name}_count`, labels, value: total });
  return values;
};

const valuesOf = (family: MetricFamily, name: string, first: FirstSight): Value[] =>
  family.points.flatMap((point) => {
    const zero = family.kind !== 'gauge' && family.kind !== 'updown' && !first.seen(point);
    if (family.kind === 'histogram') return histogram(family, name, point, zero);
    return [{ labels: labelsOf(point), value: zero ? 0 : point.value }];
  });

/** One metric of ours as a registry of prom-client takes it: it is read when scraped and holds nothing itself. */
export interface FamilyMetric {
  /** prom-client takes `_total` off this name when it writes OpenMetrics. */
  name: string;
  readonly help: string;
  readonly type: FamilyValues['type'];
  readonly aggregator: FamilyValues['aggregator'];
  readonly labelNames: readonly string[];
  /** Gives the present values. */
  get(): FamilyValues;
  /** Does nothing: the counts are not the registry's to reset. */
  reset(): void;
}

/** Makes the metric that a registry takes; `find` gives its present state. It must do without private members: stand-ins inherit from it. */
export const familyMetric = (family: MetricFamily, find: () => MetricFamily | undefined, first: FirstSight): FamilyMetric => ({
  name: family.prometheusName,
  help: family.description,
  type: TYPES[family.kind],
  // Of workers nobody knows which spoke last.
  aggregator: family.kind === 'gauge' && family.together !== 'sum' ? 'max' : 'sum',
  labelNames: family.attributes.map(label),
  get() {
    const now = find();
    const values = now === undefined ? [] : valuesOf(now, this.name, first);
    return { name: this.name, help: this.help, type: this.type, aggregator: this.aggregator, values };
  },
  reset: () => undefined,
});
