import type { Attributes, DecodedLog, DecodedPoint, DecodedSpan } from '../otlp/decode.ts';
import { decodeLogs, decodePoints, decodeSpans } from '../otlp/decode.ts';
import type { CallRow } from './call-row.ts';
import { readCall } from './call-row.ts';

const keyOf = (point: DecodedPoint): string => {
  const sorted = Object.entries(point.attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${point.metric} ${JSON.stringify(sorted)}`;
};

/** The three kinds of telemetry. */
export type Signal = 'traces' | 'metrics' | 'logs';

/** All that came over OTLP, in the form in which the demo shows it. There is no other way in. */
export class Books {
  readonly calls: CallRow[] = [];
  /** Spans that are no call: tools, or another library's. */
  readonly others: DecodedSpan[] = [];
  readonly events: DecodedLog[] = [];
  /** How often a span came a second time. */
  duplicates = 0;
  readonly #points = new Map<string, { attributes: Attributes; metric: string; value: number }>();
  readonly #seen = new Set<string>();
  readonly #onCall: (call: CallRow) => void;

  /** `onCall` is told of each call once. */
  constructor(onCall: (call: CallRow) => void) {
    this.#onCall = onCall;
  }

  /** Takes one body as the receiver got it. */
  take(signal: Signal, body: unknown): void {
    if (signal === 'traces') for (const span of decodeSpans(body)) this.#addSpan(span);
    if (signal === 'metrics') for (const point of decodePoints(body)) this.#addPoint(point);
    if (signal === 'logs') this.events.push(...decodeLogs(body));
  }

  /** The latest values of a metric, one for each set of attributes. */
  values(metric: string): readonly { readonly attributes: Attributes; readonly value: number }[] {
    return [...this.#points.values()].filter((point) => point.metric === metric);
  }

  /** The sum of a metric's latest values, over those whose attributes have what `where` says. */
  sum(metric: string, where: Attributes = {}): number {
    let sum = 0;
    for (const { attributes, value } of this.values(metric)) {
      if (Object.entries(where).every(([name, wanted]) => attributes[name] === wanted)) sum += value;
    }
    return sum;
  }

  #addSpan(span: DecodedSpan): void {
    if (this.#seen.has(span.spanId)) {
      this.duplicates++;
      return;
    }
    this.#seen.add(span.spanId);
    const call = readCall(span);
    if (call === undefined) {
      this.others.push(span);
      return;
    }
    this.calls.push(call);
    this.#onCall(call);
  }

  #addPoint(point: DecodedPoint): void {
    const key = keyOf(point);
    const before = point.cumulative ? 0 : (this.#points.get(key)?.value ?? 0);
    this.#points.set(key, { attributes: point.attributes, metric: point.metric, value: before + point.value });
  }
}
