import type { Context } from '@opentelemetry/api';
import type { ExemplarRecord, HistogramState, MetricPoint, Origin, Together } from '../../call/export.ts';

/** The label values of a series; the same object as long as the values are the same, so that hosts' SDKs may cache on it. */
export type SeriesAttributes = Readonly<Record<string, string | number | boolean>>;

/** Takes measurements over to an instrument of the host's own, where `context` carries the span for its exemplars, or to another thread. */
export type HostInstrument = (value: number, attributes: SeriesAttributes, context?: Context, origin?: Origin) => void;

/** Where a series finds the host's instrument, if there is one now. */
export interface HostSlot {
  host: HostInstrument | undefined;
  readonly entry: { readonly together: Together };
}

/** The number of the main thread, as Node has it. */
const MAIN = 0;

const TOGETHER: Readonly<Record<Together, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  // A map keeps its order, and what is said anew goes to its end.
  latest: (values) => values.at(-1) ?? 0,
  greatest: (values) => Math.max(...values),
};

class Histogram implements HistogramState {
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  readonly counts: number[];
  readonly #bounds: readonly number[];

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  /** Adds all that another one of the same bounds has counted. */
  take(other: Histogram): void {
    for (let at = 0; at < other.counts.length; at++) this.counts[at] = (this.counts[at] ?? 0) + (other.counts[at] ?? 0);
    this.count += other.count;
    this.sum += other.sum;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
  }

  /** Gives the index of the bucket that took the value. */
  record(value: number): number {
    const bounds = this.#bounds;
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (value <= (bounds[middle] ?? Number.POSITIVE_INFINITY)) high = middle;
      else low = middle + 1;
    }
    this.counts[low] = (this.counts[low] ?? 0) + 1;
    this.count += 1;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    return low;
  }
}

/** One series of one metric: its label values and its state. Recording is a few additions. */
export class Series implements MetricPoint {
  attributes: SeriesAttributes;
  readonly startMs: number;
  readonly histogram: Histogram | undefined;
  value = 0;
  exemplars: Map<number, ExemplarRecord> | undefined;
  joined: MetricPoint[] | undefined;
  readonly #slot: HostSlot;
  /** What each thread says of a gauge, once one beside the main thread does. */
  #ofThreads: Map<number, number> | undefined;
  #isSet = false;

  /** @param bounds the upper bounds of a histogram's buckets; none for all other kinds */
  constructor(attributes: SeriesAttributes, startMs: number, bounds: readonly number[] | undefined, slot: HostSlot) {
    this.attributes = attributes;
    this.startMs = startMs;
    this.histogram = bounds === undefined ? undefined : new Histogram(bounds);
    this.#slot = slot;
  }

  /** Adds to a counter or up-down counter. */
  add(value: number, context?: Context): void {
    this.value += value;
    this.#slot.host?.(value, this.attributes, context);
  }

  /** Sets a gauge. @param thread which of the process says so */
  set(value: number, thread = MAIN): void {
    if (thread === MAIN && this.#ofThreads === undefined) this.value = value;
    else this.#setOf(thread, value);
    this.#isSet = true;
    this.#slot.host?.(this.value, this.attributes);
  }

  /** Tells the host's instrument what a gauge or up-down counter is at. */
  tellHost(): void {
    if (this.#isSet || this.value !== 0) this.#slot.host?.(this.value, this.attributes);
  }

  /** Lets go of what a thread said of a gauge; false where nobody says anything any more. */
  letGo(thread = MAIN): boolean {
    const values = this.#ofThreads;
    if (values === undefined) return thread !== MAIN;
    if (!values.delete(thread)) return true;
    this.value = TOGETHER[this.#slot.entry.together]([...values.values()]);
    return values.size > 0;
  }

  #setOf(thread: number, value: number): void {
    const values = (this.#ofThreads ??= new Map(this.#isSet ? [[MAIN, this.value]] : []));
    values.delete(thread);
    values.set(thread, value);
    this.value = TOGETHER[this.#slot.entry.together]([...values.values()]);
  }

  /** Takes over what another series has counted, of which the host was told already; the last value of a gauge. */
  take(other: Series, isGauge: boolean): void {
    this.value = isGauge ? other.value : this.value + other.value;
    if (other.histogram !== undefined) this.histogram?.take(other.histogram);
    if (isGauge) this.#ofThreads = other.#ofThreads;
    (this.joined ??= []).push(other, ...(other.joined ?? []));
    for (const [bucket, exemplar] of other.exemplars ?? []) (this.exemplars ??= new Map()).set(bucket, exemplar);
  }

  /** Records into a histogram, with the trace it came from where that was sampled. */
  record(value: number, origin?: Origin, context?: Context): void {
    const bucket = this.histogram?.record(value);
    if (bucket !== undefined && origin !== undefined)
      (this.exemplars ??= new Map()).set(bucket, { value, atMs: origin.atMs, traceId: origin.traceId, spanId: origin.spanId });
    this.#slot.host?.(value, this.attributes, context, origin);
  }
}
