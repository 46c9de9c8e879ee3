import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** A value of an attribute, as one writes it. */
export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** A span as the tests write it. */
export interface SpanSketch {
  readonly name: string;
  readonly traceId: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly kind?: number;
  readonly durationMs?: number;
  readonly attributes?: Readonly<Record<string, Value>>;
  readonly events?: readonly { readonly name: string; readonly attributes: Readonly<Record<string, Value>> }[];
  readonly status?: { readonly code: number; readonly message?: string };
}

/** A log record as the tests write it. */
export interface LogSketch {
  readonly eventName?: string;
  readonly body: Value;
  readonly attributes?: Readonly<Record<string, Value>>;
}

const valueOf = (value: Value): unknown => {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueOf) } };
  return { kvlistValue: { values: attributesOf(value as Readonly<Record<string, Value>>) } };
};

const attributesOf = (attributes: Readonly<Record<string, Value>> = {}): unknown =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));

const nanos = (ms: number): string => `${BigInt(Math.round(ms * 1000)) * 1000n}`;

/** A new trace id. */
export const traceId = (): string => randomBytes(16).toString('hex');

/** A new span id. */
export const spanId = (): string => randomBytes(8).toString('hex');

const resourceOf = (resource: Readonly<Record<string, Value>>): unknown => ({ attributes: attributesOf({ 'service.name': 'test', ...resource }) });
const scope = (attributes: Readonly<Record<string, Value>>): unknown => ({ name: 'test', attributes: attributesOf(attributes) });

/** What spans look like in OTLP's JSON. */
export const spansRequest = (
  spans: readonly SpanSketch[],
  resource: Readonly<Record<string, Value>> = {},
  scoped: Readonly<Record<string, Value>> = {},
): Record<string, unknown> => {
  const now = Date.now();
  const encoded = spans.map((span) => ({
    traceId: span.traceId,
    spanId: span.spanId ?? spanId(),
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: span.kind ?? 3,
    startTimeUnixNano: nanos(now - (span.durationMs ?? 10)),
    endTimeUnixNano: nanos(now),
    attributes: attributesOf(span.attributes),
    events: (span.events ?? []).map((event) => ({ name: event.name, timeUnixNano: nanos(now), attributes: attributesOf(event.attributes) })),
    status: span.status ?? {},
  }));
  return { resourceSpans: [{ resource: resourceOf(resource), scopeSpans: [{ scope: scope(scoped), spans: encoded }] }] };
};

/** What log records look like in OTLP's JSON. */
export const logsRequest = (logs: readonly LogSketch[], resource: Readonly<Record<string, Value>> = {}): Record<string, unknown> => ({
  resourceLogs: [
    {
      resource: resourceOf(resource),
      scopeLogs: [
        {
          scope: scope({}),
          logRecords: logs.map((log) => ({
            timeUnixNano: nanos(Date.now()),
            severityNumber: 9,
            ...(log.eventName === undefined ? {} : { eventName: log.eventName }),
            body: valueOf(log.body),
            attributes: attributesOf(log.attributes),
          })),
        },
      ],
    },
  ],
});

/** What one counter looks like in OTLP's JSON. */
export const counterRequest = (name: string, value: number, attributes: Readonly<Record<string, Value>>): Record<string, unknown> => ({
  resourceMetrics: [
    {
      resource: resourceOf({}),
      scopeMetrics: [
        {
          scope: scope({}),
          metrics: [
            {
              name,
              sum: {
                aggregationTemporality: 2,
                isMonotonic: true,
                dataPoints: [
                  { attributes: attributesOf(attributes), startTimeUnixNano: nanos(Date.now() - 1000), timeUnixNano: nanos(Date.now()), asDouble: value },
                ],
              },
            },
          ],
        },
      ],
    },
  ],
});

/** How a sender reaches a Collector. */
export interface Target {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends one request once. Gives the status, or undefined when nobody answered. */
export const sendOnce = async (target: Target, signal: 'traces' | 'metrics' | 'logs', body: unknown): Promise<number | undefined> => {
  try {
    const response = await fetch(`${target.url}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...target.headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  }
};

/** Sends until it is acknowledged, as SDKs do; throws when the answer says that trying again is of no use. Gives the tries it took. */
export const send = async (target: Target, signal: 'traces' | 'metrics' | 'logs', body: unknown, patienceMs = 120_000): Promise<number> => {
  const end = Date.now() + patienceMs;
  for (let tries = 1; ; tries += 1) {
    const status = await sendOnce(target, signal, body);
    if (status === 200) return tries;
    if (status !== undefined && status !== 429 && status < 500) throw new Error(`the Collector answered ${status} to ${signal}`);
    if (Date.now() > end) throw new Error(`the Collector took no ${signal} for ${patienceMs} ms`);
    await pause(200);
  }
};
