import { METRICS, type MetricEntry } from '../../src/telemetry/catalog/metrics.ts';
import { prometheusLabel, prometheusName } from '../../src/telemetry/catalog/prometheus-name.ts';

/** What Prometheus adds to every series by itself. */
export const TARGET_LABELS = ['job', 'instance'] as const;

interface Known {
  readonly entry: MetricEntry;
  readonly labels: ReadonlySet<string>;
}

/** Every series that the catalog can make in Prometheus, with its labels. */
export const KNOWN: ReadonlyMap<string, Known> = new Map(
  METRICS.flatMap((entry): [string, Known][] => {
    const labels = [...entry.attributes.map(prometheusLabel), ...TARGET_LABELS];
    const name = prometheusName(entry);
    if (entry.kind !== 'histogram') return [[name, { entry, labels: new Set(labels) }]];
    return ['_bucket', '_sum', '_count'].map((suffix) => [`${name}${suffix}`, { entry, labels: new Set(suffix === '_bucket' ? [...labels, 'le'] : labels) }]);
  }),
);

/** Labels of any metric of the catalog. */
export const ALL_LABELS: ReadonlySet<string> = new Set([...KNOWN.values()].flatMap((known) => [...known.labels]));
