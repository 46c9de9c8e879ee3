import type { MetricFamily } from '../../call/export.ts';
import type { MetricEntry } from '../catalog/metrics.ts';
import { prometheusName } from '../catalog/prometheus-name.ts';
import type { Relabelling } from './label-cap.ts';
import { Series, type HostInstrument, type HostSlot, type SeriesAttributes } from './series.ts';

/** How many series one metric may have; further ones share the overflow series. @source OpenTelemetry metrics SDK, cardinality limits */
export const SERIES_LIMIT = 2000;

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

const OVERFLOW: SeriesAttributes = { 'otel.metric.overflow': true };

/** The label values as they are now, or `undefined` when none has changed. */
const relabelled = (attributes: SeriesAttributes, changed: Relabelling): SeriesAttributes | undefined => {
  const entries = Object.entries(attributes).map(([name, value]) => [name, changed.get(name)?.get(String(value)) ?? value] as const);
  return entries.some(([name, value]) => value !== attributes[name]) ? Object.fromEntries(entries) : undefined;
};

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
  series(attributes: Values): Series {
    const key = this.#keyOf(attributes);
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
      together: this.entry.together,
      bounds: this.bounds ?? [],
      attributes: this.entry.attributes,
      points: [...this.#series.values()],
    };
  }

  /** Tells the host's instrument what each series of a gauge or up-down counter is at. */
  tellHost(): void {
    for (const series of this.#series.values()) series.tellHost();
  }

  /** Tells nothing any more of what a thread said of a gauge of these label values. */
  unset(attributes: Values, thread?: number): void {
    const key = this.#keyOf(attributes);
    if (this.#series.get(key)?.letGo(thread) === false) this.#series.delete(key);
  }

  /** Lets go of what a thread that has ended said of a gauge. */
  letGo(thread: number): void {
    for (const [key, series] of this.#series) if (!series.letGo(thread)) this.#series.delete(key);
  }

  /** Counts under other label values what was counted under these. */
  relabel(changed: Relabelling): void {
    const before = [...this.#series];
    for (const [key, series] of before) {
      const attributes = relabelled(series.attributes, changed);
      if (attributes === undefined) continue;
      this.#series.delete(key);
      const place = this.#keyOf(attributes);
      const there = this.#series.get(place);
      // The older one stays: exporters know it, and would take all that another one begins with for new.
      const [older, younger] = there !== undefined && there.startMs < series.startMs ? [there, series] : [series, there];
      if (younger !== undefined) older.take(younger, this.entry.kind === 'gauge');
      older.attributes = attributes;
      this.#series.set(place, older);
    }
  }

  #keyOf(attributes: Values): string {
    let key = '';
    for (const name of this.entry.attributes) {
      const value = attributes[name];
      key += value === undefined ? '\u0000' : `${typeof value === 'string' ? '' : '\u0001'}${value}\u0000`;
    }
    return key;
  }

  #open(key: string, attributes: Values): Series {
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
