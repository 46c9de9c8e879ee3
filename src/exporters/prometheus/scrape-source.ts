import { timers } from '../../base/timers.ts';
import type { MetricFamily, MetricPoint, MetricSource } from '../../call/export.ts';
import type { FirstSight } from './family-metric.ts';

/** Reads the metrics once for each scrape, however many metrics a registry asks for one by one. */
export class ScrapeSource implements FirstSight {
  readonly #source: MetricSource;
  readonly #holdFirst: boolean;
  readonly #served = new WeakSet<MetricPoint>();
  #snapshot: ReadonlyMap<string, MetricFamily> | undefined;

  /** @param holdFirst whether a new series is served at 0 once */
  constructor(source: MetricSource, holdFirst: boolean) {
    this.#source = source;
    this.#holdFirst = holdFirst;
  }

  /** All metrics, those without a series included. */
  families(): readonly MetricFamily[] {
    return this.#source.collect();
  }

  /** Gives a metric as it stood when the scrape began. */
  find(name: string): MetricFamily | undefined {
    if (this.#snapshot === undefined) {
      this.#snapshot = new Map(this.#source.collect().map((family) => [family.name, family]));
      // A registry asks for all its metrics in one go, before anything else runs.
      timers.queueMicrotask(() => (this.#snapshot = undefined));
    }
    return this.#snapshot.get(name);
  }

  seen(point: MetricPoint): boolean {
    if (!this.#holdFirst || this.#served.has(point)) return true;
    this.#served.add(point);
    return false;
  }
}
