import type { MetricFamily } from '../../call/export.ts';
import type { MetricEntry } from '../catalog/metrics.ts';
import { prometheusName } from '../catalog/prometheus-name.ts';
import { Series, type HostInstrument, type HostSlot, type SeriesAttributes } from './series.ts';

/** How many series one metric may have; further ones share the overflow series. @source OpenTelemetry metrics SDK, cardinality limits */
export const SERIES_LIMIT = 2000;

const OVERFLOW: SeriesAttributes = { 'otel.metric.overflow': true };

/** One metric of the catalog with all its series. */
export class Instrument implements HostSlot {
  readonly entry: MetricEntry;
  readonly bounds: readonly number[] | undefined;
  #prometheusName: string | undefined;
  host: HostInstrument | undefined;
  readonly #series = new Map<string, Series>();
  readonly #now: () => number;

  /** @param now milliseconds since the epoch */
  constructor(entry: MetricEntry, now: () => number) {
    this.entry = entry;
    this.bounds = entry.kind === 'histogram' ? (entry.buckets ?? []) : undefined;
    this.#now = now;
  }

  /** The metric's name in Prometheus. */
  get prometheusName(): string {
    return (this.#prometheusName ??= prometheusName(this.entry));
  }

  /** How many series there are. */
  get size(): number {
    return this.#series.size;
  }

  /** Gives the series of these label values, of which only those that the catalog allows are kept. */
  series(attributes: Readonly<Record<string, string | number | boolean | undefined>>): Series {
    let key = '';
    for (const name of this.entry.attributes) {
      const value = attributes[name];
      key += value === undefined ? '\u0000' : `${typeof value === 'string' ? '' : '\u0001'}${value}\u0000`;
    }
    return this.#series.get(key) ?? this.#open(key, attributes);
  }

  /** Gives the present state of the metric, as exporters read it. */
  family(): MetricFamily {
    return {
      name: this.entry.name,
      prometheusName: this.prometheusName,
      description: this.entry.description,
      unit: this.entry.unit,
      kind: this.entry.kind,
      bounds: this.bounds ?? [],
      attributes: this.entry.attributes,
      points: [...this.#series.values()],
    };
  }

  #open(key: string, attributes: Readonly<Record<string, string | number | boolean | undefined>>): Series {
    const full = this.#series.size >= SERIES_LIMIT;
    const place = full ? 'overflow' : key;
    const there = this.#series.get(place);
    if (there !== undefined) return there;
    const kept: Record<string, string | number | boolean> = {};
    for (const name of this.entry.attributes) {
      const value = attributes[name];
      if (value !== undefined) kept[name] = value;
    }
    const series = new Series(full ? OVERFLOW : kept, this.#now(), this.bounds, this);
    this.#series.set(place, series);
    return series;
  }
}
