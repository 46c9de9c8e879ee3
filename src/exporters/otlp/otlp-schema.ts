/** How a field is written in protobuf. Hex strings are bytes; 64-bit numbers come as decimal strings or numbers. */
export type FieldKind =
  | 'string'
  | 'hex'
  | 'bool'
  | 'enum'
  | 'int64'
  | 'uint32'
  | 'fixed32'
  | 'fixed64'
  | 'double'
  | 'packed_fixed64'
  | 'packed_double'
  | 'message';

/** One field of a message: its number, its form, and for messages which one; arrays are repeated fields. */
export interface Field {
  readonly number: number;
  readonly kind: FieldKind;
  readonly message?: string;
}

const f = (number: number, kind: FieldKind): Field => ({ number, kind });
const m = (number: number, message: string): Field => ({ number, kind: 'message', message });

const RESOURCE_AND_SCOPE = {
  AnyValue: {
    stringValue: f(1, 'string'),
    boolValue: f(2, 'bool'),
    intValue: f(3, 'int64'),
    doubleValue: f(4, 'double'),
    arrayValue: m(5, 'ArrayValue'),
    kvlistValue: m(6, 'KeyValueList'),
  },
  ArrayValue: { values: m(1, 'AnyValue') },
  KeyValueList: { values: m(1, 'KeyValue') },
  KeyValue: { key: f(1, 'string'), value: m(2, 'AnyValue') },
  Resource: { attributes: m(1, 'KeyValue') },
  Scope: { name: f(1, 'string'), version: f(2, 'string') },
} as const;

const TRACES = {
  TraceRequest: { resourceSpans: m(1, 'ResourceSpans') },
  ResourceSpans: { resource: m(1, 'Resource'), scopeSpans: m(2, 'ScopeSpans') },
  ScopeSpans: { scope: m(1, 'Scope'), spans: m(2, 'Span') },
  Span: {
    traceId: f(1, 'hex'),
    spanId: f(2, 'hex'),
    traceState: f(3, 'string'),
    parentSpanId: f(4, 'hex'),
    name: f(5, 'string'),
    kind: f(6, 'enum'),
    startTimeUnixNano: f(7, 'fixed64'),
    endTimeUnixNano: f(8, 'fixed64'),
    attributes: m(9, 'KeyValue'),
    droppedAttributesCount: f(10, 'uint32'),
    events: m(11, 'Event'),
    status: m(15, 'Status'),
    flags: f(16, 'fixed32'),
  },
  Event: { timeUnixNano: f(1, 'fixed64'), name: f(2, 'string'), attributes: m(3, 'KeyValue') },
  Status: { message: f(2, 'string'), code: f(3, 'enum') },
} as const;

const LOGS = {
  LogRequest: { resourceLogs: m(1, 'ResourceLogs') },
  ResourceLogs: { resource: m(1, 'Resource'), scopeLogs: m(2, 'ScopeLogs') },
  ScopeLogs: { scope: m(1, 'Scope'), logRecords: m(2, 'LogRecord') },
  LogRecord: {
    timeUnixNano: f(1, 'fixed64'),
    severityNumber: f(2, 'enum'),
    severityText: f(3, 'string'),
    body: m(5, 'AnyValue'),
    attributes: m(6, 'KeyValue'),
    flags: f(8, 'fixed32'),
    traceId: f(9, 'hex'),
    spanId: f(10, 'hex'),
    observedTimeUnixNano: f(11, 'fixed64'),
    eventName: f(12, 'string'),
  },
} as const;

const METRICS = {
  MetricRequest: { resourceMetrics: m(1, 'ResourceMetrics') },
  ResourceMetrics: { resource: m(1, 'Resource'), scopeMetrics: m(2, 'ScopeMetrics') },
  ScopeMetrics: { scope: m(1, 'Scope'), metrics: m(2, 'Metric') },
  Metric: {
    name: f(1, 'string'),
    description: f(2, 'string'),
    unit: f(3, 'string'),
    gauge: m(5, 'Gauge'),
    sum: m(7, 'Sum'),
    histogram: m(9, 'Histogram'),
  },
  Gauge: { dataPoints: m(1, 'NumberPoint') },
  Sum: { dataPoints: m(1, 'NumberPoint'), aggregationTemporality: f(2, 'enum'), isMonotonic: f(3, 'bool') },
  Histogram: { dataPoints: m(1, 'HistogramPoint'), aggregationTemporality: f(2, 'enum') },
  NumberPoint: {
    startTimeUnixNano: f(2, 'fixed64'),
    timeUnixNano: f(3, 'fixed64'),
    asDouble: f(4, 'double'),
    exemplars: m(5, 'Exemplar'),
    attributes: m(7, 'KeyValue'),
  },
  HistogramPoint: {
    startTimeUnixNano: f(2, 'fixed64'),
    timeUnixNano: f(3, 'fixed64'),
    count: f(4, 'fixed64'),
    sum: f(5, 'double'),
    bucketCounts: f(6, 'packed_fixed64'),
    explicitBounds: f(7, 'packed_double'),
    exemplars: m(8, 'Exemplar'),
    attributes: m(9, 'KeyValue'),
    min: f(11, 'double'),
    max: f(12, 'double'),
  },
  Exemplar: { timeUnixNano: f(2, 'fixed64'), asDouble: f(3, 'double'), spanId: f(4, 'hex'), traceId: f(5, 'hex') },
} as const;

/** The messages of OTLP that Purser sends, field by field. @source opentelemetry-proto 1.7 */
export const OTLP_SCHEMA: Readonly<Record<string, Readonly<Record<string, Field>>>> = { ...RESOURCE_AND_SCOPE, ...TRACES, ...LOGS, ...METRICS };
