import type { ExemplarRecord, MetricFamily, MetricPoint } from '../../call/export.ts';
import type { MetricPushSettings } from '../exporter-settings.ts';
import { nanos, OtlpAttributes, type OtlpMessage } from './otlp-message.ts';
import { otlpResource, otlpScope, type Envelope } from './otlp-records.ts';

const DELTA = 1;
const CUMULATIVE = 2;

/** What was last sent of a series, for the difference in delta form. */
interface Sent {
  readonly atMs: number;
  readonly value: number;
  readonly count: number;
  readonly sum: number;
  readonly counts: readonly number[];
}

const exemplar = (record: ExemplarRecord): OtlpMessage => ({
  timeUnixNano: nanos(record.atMs),
  asDouble: record.value,
  spanId: record.spanId,
  traceId: record.traceId,
});

const exemplars = (point: MetricPoint, sinceMs: number): readonly OtlpMessage[] =>
  point.exemplars === undefined ? [] : [...point.exemplars.values()].filter((record) => record.atMs >= sinceMs).map(exemplar);

/** Writes metrics as OTLP, and remembers what was sent: for differences, and so that each series is first sent at 0. */
export class OtlpMetrics {
  readonly #sent = new Map<MetricPoint, Sent>();
  #pending = new Map<MetricPoint, Sent>();
  readonly #temporality: MetricPushSettings['temporality'];
  readonly #envelope: Envelope;
  #lastMs = 0;
  #pendingMs = 0;

  /** @param temporality which metrics are sent as differences */
  constructor(envelope: Envelope, temporality: MetricPushSettings['temporality']) {
    this.#envelope = envelope;
    this.#temporality = temporality;
  }

  /** Gives the request that carries the present state; `undefined` when there is nothing to send. `commit` says that it arrived. */
  request(families: readonly MetricFamily[], nowMs: number): OtlpMessage | undefined {
    this.#pending = new Map();
    const metrics = families.filter((family) => family.points.length > 0).map((family) => this.#metric(family, nowMs));
    this.#pendingMs = nowMs;
    if (metrics.length === 0) return undefined;
    const envelope = this.#envelope;
    return { resourceMetrics: [{ resource: otlpResource(envelope), scopeMetrics: [{ scope: otlpScope(envelope), metrics }] }] };
  }

  /** Remembers the last request as sent; what never arrives is part of the next one. */
  commit(): void {
    for (const [point, sent] of this.#pending) {
      this.#sent.set(point, sent);
      for (const other of point.joined ?? []) this.#sent.delete(other);
    }
    this.#lastMs = this.#pendingMs;
  }

  #metric(family: MetricFamily, nowMs: number): OtlpMessage {
    const head = { name: family.name, description: family.description, unit: family.unit };
    const delta = this.#isDelta(family.kind);
    const aggregationTemporality = delta ? DELTA : CUMULATIVE;
    const dataPoints = family.points.flatMap((point) => this.#points(family, point, nowMs, delta));
    switch (family.kind) {
      case 'gauge':
        return { ...head, gauge: { dataPoints } };
      case 'histogram':
        return { ...head, histogram: { dataPoints, aggregationTemporality } };
      case 'counter':
      case 'updown':
        return { ...head, sum: { dataPoints, aggregationTemporality, isMonotonic: family.kind === 'counter' } };
    }
  }

  #isDelta(kind: MetricFamily['kind']): boolean {
    return this.#temporality !== 'cumulative' && (kind === 'counter' || kind === 'histogram');
  }

  #points(family: MetricFamily, point: MetricPoint, nowMs: number, delta: boolean): readonly OtlpMessage[] {
    const attributes = new OtlpAttributes(point.attributes);
    if (family.kind === 'gauge') return [{ timeUnixNano: nanos(nowMs), asDouble: point.value, attributes }];
    const before = this.#before(point);
    this.#pending.set(point, this.#state(point, nowMs));
    const base = delta ? before : undefined;
    const startMs = base?.atMs ?? point.startMs;
    const frame = { startTimeUnixNano: nanos(startMs), timeUnixNano: nanos(nowMs) };
    const full = { ...frame, ...this.#values(family, point, base), attributes };
    // A series that is born at 5 has no increase in Prometheus: a first point at 0, at its start, gives it one.
    if (before !== undefined || delta || startMs >= nowMs) return [full];
    return [{ startTimeUnixNano: nanos(startMs), timeUnixNano: nanos(startMs), ...zero(family), attributes }, full];
  }

  #values(family: MetricFamily, point: MetricPoint, base: Sent | undefined): OtlpMessage {
    const histogram = point.histogram;
    if (histogram === undefined) return { asDouble: point.value - (base?.value ?? 0) };
    const counts = histogram.counts.map((count, index) => String(count - (base?.counts[index] ?? 0)));
    return {
      count: String(histogram.count - (base?.count ?? 0)),
      sum: histogram.sum - (base?.sum ?? 0),
      bucketCounts: counts,
      explicitBounds: family.bounds,
      // Least and greatest are known since the start only, so that a difference has none.
      ...(base === undefined && histogram.count > 0 ? { min: histogram.min, max: histogram.max } : {}),
      exemplars: exemplars(point, this.#lastMs),
    };
  }

  /** What was sent of a series and of those that it took over. */
  #before(point: MetricPoint): Sent | undefined {
    let before = this.#sent.get(point);
    for (const other of point.joined ?? []) before = together(before, this.#sent.get(other));
    return before;
  }

  #state(point: MetricPoint, atMs: number): Sent {
    const histogram = point.histogram;
    const counts = this.#temporality === 'cumulative' ? [] : [...(histogram?.counts ?? [])];
    return { atMs, value: point.value, count: histogram?.count ?? 0, sum: histogram?.sum ?? 0, counts };
  }
}

const together = (one: Sent | undefined, other: Sent | undefined): Sent | undefined =>
  one === undefined || other === undefined
    ? (one ?? other)
    : {
        atMs: one.atMs,
        value: one.value + other.value,
        count: one.count + other.count,
        sum: one.sum + other.sum,
        counts: one.counts.map((count, at) => count + (other.counts[at] ?? 0)),
      };

const zero = (family: MetricFamily): OtlpMessage =>
  family.kind === 'histogram'
    ? { count: '0', sum: 0, bucketCounts: Array.from({ length: family.bounds.length + 1 }, () => '0'), explicitBounds: family.bounds }
    : { asDouble: 0 };
