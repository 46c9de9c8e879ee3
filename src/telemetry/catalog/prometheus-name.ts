import type { MetricEntry } from './metrics.ts';

/** The words that Prometheus uses for units; anything in braces is dropped. */
const UNITS: Readonly<Record<string, string>> = { s: 'seconds', ms: 'milliseconds', By: 'bytes', USD: 'USD', '{token}/s': 'per_second' };

const underscored = (name: string): string => name.replace(/[^A-Za-z0-9_:]+/g, '_').replace(/__+/g, '_');

/**
 * The name that a metric of the catalog has in Prometheus, on the prom-client path and on the OTLP path alike.
 * @source OTLP to Prometheus, `UnderscoreEscapingWithSuffixes`: unit as a suffix, `_total` for counters, `_ratio` for gauges of unit 1
 */
export const prometheusName = (metric: Pick<MetricEntry, 'name' | 'kind' | 'unit'>): string => {
  let name = underscored(metric.name);
  const unit = UNITS[metric.unit];
  if (unit !== undefined && !name.endsWith(`_${unit}`)) name += `_${unit}`;
  if (metric.unit === '1' && metric.kind === 'gauge' && !name.endsWith('_ratio')) name += '_ratio';
  return metric.kind === 'counter' ? `${name}_total` : name;
};

/** The name that an attribute of the catalog has as a Prometheus label. */
export const prometheusLabel = (attribute: string): string => attribute.replace(/[^A-Za-z0-9_]+/g, '_');
