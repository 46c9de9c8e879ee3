/** A value of an attribute, as far as the demo needs it. */
export type AttributeValue = string | number | boolean | readonly AttributeValue[] | { readonly [name: string]: AttributeValue } | undefined;

/** Attributes by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** An attribute's value as text; empty where there is none. */
export const textOf = (value: AttributeValue): string => {
  if (value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/** A span, with times in milliseconds since the epoch. */
export interface DecodedSpan {
  readonly spanId: string;
  readonly name: string;
  readonly scope: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
  readonly failed: boolean;
}

/** One number of a counter or gauge. */
export interface DecodedPoint {
  readonly metric: string;
  readonly attributes: Attributes;
  readonly value: number;
  /** True when the value counts from the start of the process; false when it is what came since the last one. */
  readonly cumulative: boolean;
}

/** A log record. */
export interface DecodedLog {
  readonly name: string;
  readonly severity: string;
  readonly text: string;
  readonly attributes: Attributes;
  readonly atMs: number;
}

interface AnyValue {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values?: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values?: readonly KeyValue[] };
}

interface KeyValue {
  readonly key: string;
  readonly value?: AnyValue;
}

const decodeValue = (value: AnyValue | undefined): AttributeValue => {
  if (value === undefined) return undefined;
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(decodeValue);
  if (value.kvlistValue !== undefined) return decodeAttributes(value.kvlistValue.values);
  return value.stringValue ?? value.doubleValue ?? value.boolValue;
};

const decodeAttributes = (list: readonly KeyValue[] | undefined): { readonly [name: string]: AttributeValue } =>
  Object.fromEntries((list ?? []).map(({ key, value }) => [key, decodeValue(value)]));

const ms = (nanos: string | number | undefined): number => Number(BigInt(nanos ?? 0) / 1_000n) / 1_000;

type Wire = Readonly<Record<string, unknown>>;

const listIn = (record: Wire, name: string): readonly Wire[] => (record[name] ?? []) as readonly Wire[];

/** The items of one body, each with the name of the scope that made it. */
const scoped = (body: unknown, resources: string, scopes: string, items: string): readonly (readonly [scope: string, item: unknown])[] =>
  listIn(body as Wire, resources).flatMap((resource) =>
    listIn(resource, scopes).flatMap((scope) =>
      listIn(scope, items).map((item) => [(scope['scope'] as { readonly name?: string } | undefined)?.name ?? '', item] as const),
    ),
  );

interface WireSpan {
  readonly spanId: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly KeyValue[];
  readonly status?: { readonly code?: number };
}

const STATUS_ERROR = 2;
const CUMULATIVE = 2;

/** Reads the spans of one body. */
export const decodeSpans = (body: unknown): readonly DecodedSpan[] =>
  (scoped(body, 'resourceSpans', 'scopeSpans', 'spans') as readonly (readonly [string, WireSpan])[]).map(([scope, span]) => ({
    spanId: span.spanId,
    name: span.name,
    scope,
    startMs: ms(span.startTimeUnixNano),
    endMs: ms(span.endTimeUnixNano),
    attributes: decodeAttributes(span.attributes),
    failed: span.status?.code === STATUS_ERROR,
  }));

interface WirePoint {
  readonly asInt?: string | number;
  readonly asDouble?: number;
  readonly attributes?: readonly KeyValue[];
}

interface WireMetric {
  readonly name: string;
  readonly sum?: { readonly aggregationTemporality?: number; readonly dataPoints?: readonly WirePoint[] };
  readonly gauge?: { readonly dataPoints?: readonly WirePoint[] };
}

/** Reads the counters and gauges of one body; histograms are left out. */
export const decodePoints = (body: unknown): readonly DecodedPoint[] =>
  (scoped(body, 'resourceMetrics', 'scopeMetrics', 'metrics') as readonly (readonly [string, WireMetric])[]).flatMap(([, metric]) =>
    (metric.sum?.dataPoints ?? metric.gauge?.dataPoints ?? []).map((point) => ({
      metric: metric.name,
      attributes: decodeAttributes(point.attributes),
      value: Number(point.asInt ?? point.asDouble ?? 0),
      cumulative: metric.sum === undefined || metric.sum.aggregationTemporality === CUMULATIVE,
    })),
  );

interface WireLog {
  readonly timeUnixNano?: string;
  readonly observedTimeUnixNano?: string;
  readonly severityText?: string;
  readonly severityNumber?: number;
  readonly eventName?: string;
  readonly body?: AnyValue;
  readonly attributes?: readonly KeyValue[];
}

/** Reads the log records of one body. */
export const decodeLogs = (body: unknown): readonly DecodedLog[] =>
  (scoped(body, 'resourceLogs', 'scopeLogs', 'logRecords') as readonly (readonly [string, WireLog])[]).map(([, log]) => {
    const attributes = decodeAttributes(log.attributes);
    const text = decodeValue(log.body);
    return {
      name: log.eventName ?? textOf(attributes['event.name']),
      severity: log.severityText ?? String(log.severityNumber ?? ''),
      text: typeof text === 'string' ? text : JSON.stringify(text ?? ''),
      attributes,
      atMs: ms(log.timeUnixNano ?? log.observedTimeUnixNano),
    };
  });
