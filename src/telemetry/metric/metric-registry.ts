import { fault } from '../../base/diag.ts';
import type { Meter } from '../../call/event.ts';
import type { Measurement, MetricFamily } from '../../call/export.ts';
import { METRICS } from '../catalog/metrics.ts';
import { attributeEntry } from '../catalog/attributes.ts';
import type { Profile } from '../catalog/profile.ts';
import { Instrument } from './instrument.ts';
import type { LabelCap } from './label-cap.ts';
import type { Series } from './series.ts';

type Labels = Readonly<Record<string, string | number | boolean>>;

const IN_FLIGHT = 'purser.calls.in_flight';

const asItIs = (value: string): string => value;

const HOW = { counter: 'add', updown: 'add', gauge: 'set', histogram: 'record' } as const;

/** All metrics of the chosen profiles. Metrics without labels count from 0 at once. */
export class MetricRegistry implements Meter {
  readonly #instruments = new Map<string, Instrument>();
  readonly #cap: LabelCap;
  /** How many calls run in each thread beside the main one. */
  readonly #inFlight = new Map<number, Map<Series, number>>();
  /** Told of measurements where metrics are added up elsewhere. */
  elsewhere: ((measurement: Measurement) => void) | undefined;

  /** @param now milliseconds since the epoch */
  constructor(profiles: readonly Profile[], cap: LabelCap, now: () => number) {
    this.#cap = cap;
    for (const entry of METRICS) {
      if (!entry.profiles.some((profile) => profiles.includes(profile))) continue;
      const instrument = new Instrument(entry, now);
      this.#instruments.set(entry.name, instrument);
      if (entry.kind === 'counter' && entry.attributes.length === 0) instrument.series({});
    }
  }

  /** Gives the metric of that name, or `undefined` when no chosen profile has it. */
  find(name: string): Instrument | undefined {
    return this.#instruments.get(name);
  }

  /** All metrics, in the order of the catalog. */
  get instruments(): ReadonlyMap<string, Instrument> {
    return this.#instruments;
  }

  add(metric: string, value: number, attributes?: Labels): void {
    this.#measure(metric, 'add', value, attributes);
  }

  record(metric: string, value: number, attributes?: Labels): void {
    this.#measure(metric, 'record', value, attributes);
  }

  set(metric: string, value: number | undefined, attributes?: Labels): void {
    if (value === undefined) this.#unset(metric, attributes ?? {});
    else this.#measure(metric, 'set', value, attributes);
  }

  /** Counts what another thread of this process has measured. */
  take({ metric, value, attributes, origin }: Measurement, thread: number): void {
    const instrument = this.#instruments.get(metric);
    if (instrument === undefined) return this.#unknown(metric);
    const capped = this.#capped(attributes, asItIs);
    if (value === undefined) return instrument.unset(capped, thread);
    const series = instrument.series(capped);
    switch (instrument.entry.kind) {
      case 'histogram':
        return series.record(value, origin);
      case 'gauge':
        return series.set(value, thread);
      case 'updown':
      case 'counter':
        if (metric === IN_FLIGHT) this.#note(thread, series, value);
        return series.add(value);
    }
  }

  /** Lets go of what stood for a thread that has ended; gives how many of its calls nobody will tell of. */
  letGo(thread: number): number {
    for (const instrument of this.#instruments.values()) if (instrument.entry.kind === 'gauge') instrument.letGo(thread);
    let lost = 0;
    for (const [series, calls] of this.#inFlight.get(thread) ?? []) {
      series.add(-calls);
      lost += calls;
    }
    this.#inFlight.delete(thread);
    return lost;
  }

  /** Moves what was counted under label values that may not leave any more; false when there was nothing to move. */
  renew(): boolean {
    const changed = this.#cap.renew();
    if (changed.size === 0) return false;
    for (const instrument of this.#instruments.values()) instrument.relabel(changed);
    return true;
  }

  /** Gives the state of every metric, those without a series included. */
  collect(): readonly MetricFamily[] {
    return [...this.#instruments.values()].map((instrument) => instrument.family());
  }

  #unset(metric: string, attributes: Labels): void {
    const capped = this.#capped(attributes);
    this.#instruments.get(metric)?.unset(capped);
    this.elsewhere?.({ metric, value: undefined, attributes: capped, origin: undefined });
  }

  #note(thread: number, series: Series, calls: number): void {
    const noted = this.#inFlight.get(thread) ?? new Map<Series, number>();
    this.#inFlight.set(thread, noted);
    const running = (noted.get(series) ?? 0) + calls;
    if (running === 0) noted.delete(series);
    else noted.set(series, running);
  }

  #measure(metric: string, how: 'add' | 'record' | 'set', value: number, attributes: Labels | undefined): void {
    const instrument = this.#instruments.get(metric);
    if (instrument === undefined) return this.#unknown(metric);
    if (!Number.isFinite(value) || how !== HOW[instrument.entry.kind] || (instrument.entry.kind === 'counter' && value < 0))
      return fault(`metric_misuse:${metric}`, `${how} ${value} on the ${instrument.entry.kind} ${metric}`);
    instrument.series(attributes === undefined ? {} : this.#capped(attributes))[how](value);
  }

  #capped(attributes: Labels, clean?: (value: string) => string): Record<string, string | number | boolean> {
    const capped: Record<string, string | number | boolean> = {};
    for (const name in attributes) {
      if (!Object.hasOwn(attributes, name)) continue;
      const value = attributes[name];
      if (value !== undefined) capped[name] = typeof value === 'string' && attributeEntry(name)?.closed !== true ? this.#cap.fit(name, value, clean) : value;
    }
    return capped;
  }

  /** A name of another profile is no fault; one that is in no profile is. */
  #unknown(metric: string): void {
    if (!METRICS.some((entry) => entry.name === metric)) fault(`metric_unknown:${metric}`, `${metric} is not in the catalog`);
  }
}
