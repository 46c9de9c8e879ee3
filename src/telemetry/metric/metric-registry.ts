import { fault } from '../../base/diag.ts';
import type { Meter } from '../../call/event.ts';
import type { MetricFamily } from '../../call/export.ts';
import { METRICS, type MetricEntry } from '../catalog/metrics.ts';
import { attributeEntry } from '../catalog/attributes.ts';
import type { Profile } from '../catalog/profile.ts';
import { Instrument } from './instrument.ts';
import type { LabelCap } from './label-cap.ts';

type Labels = Readonly<Record<string, string | number>>;

/** All metrics of the chosen profiles. Metrics without labels count from 0 at once. */
export class MetricRegistry implements Meter {
  readonly #instruments = new Map<string, Instrument>();
  readonly #cap: LabelCap;

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

  set(metric: string, value: number, attributes?: Labels): void {
    this.#measure(metric, 'set', value, attributes);
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

  #measure(metric: string, how: 'add' | 'record' | 'set', value: number, attributes: Labels | undefined): void {
    const instrument = this.#instruments.get(metric);
    if (instrument === undefined) return this.#unknown(metric);
    if (!Number.isFinite(value) || !allowed(instrument.entry, how, value))
      return fault(`metric_misuse:${metric}`, `${how} ${value} on the ${instrument.entry.kind} ${metric}`);
    instrument.series(attributes === undefined ? {} : this.#capped(attributes))[how](value);
  }

  #capped(attributes: Labels): Record<string, string | number> {
    const capped: Record<string, string | number> = {};
    for (const name in attributes) {
      const value = attributes[name];
      if (value !== undefined) capped[name] = typeof value === 'string' && attributeEntry(name)?.closed !== true ? this.#cap.fit(name, value) : value;
    }
    return capped;
  }

  /** A name of another profile is no fault; one that is in no profile is. */
  #unknown(metric: string): void {
    if (!METRICS.some((entry) => entry.name === metric)) fault(`metric_unknown:${metric}`, `${metric} is not in the catalog`);
  }
}

const allowed = (entry: MetricEntry, how: 'add' | 'record' | 'set', value: number): boolean => {
  switch (entry.kind) {
    case 'counter':
      return how === 'add' && value >= 0;
    case 'updown':
      return how === 'add';
    case 'gauge':
      return how === 'set';
    case 'histogram':
      return how === 'record';
  }
};
