import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { fromProtobuf } from './otlp-protobuf.ts';

/** A span as it arrived, with attributes as plain values. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly startMs: number;
  readonly endMs: number;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly atMs: number; readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code: 'unset' | 'ok' | 'error'; readonly message: string | undefined };
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: { readonly name: string; readonly version: string | undefined };
  readonly flags: number;
  readonly traceState: string | undefined;
}

/** One point of a metric as it arrived. */
export interface ReceivedPoint {
  readonly metric: string;
  readonly unit: string;
  readonly kind: 'gauge' | 'sum' | 'histogram';
  readonly monotonic: boolean;
  readonly temporality: 'delta' | 'cumulative' | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The value, or the sum of a histogram. */
  readonly value: number;
  readonly count: number | undefined;
  readonly bounds: readonly number[];
  readonly bucketCounts: readonly number[];
  readonly exemplars: readonly { readonly traceId: string; readonly spanId: string; readonly value: number }[];
  readonly startMs: number;
  readonly atMs: number;
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A log record as it arrived. */
export interface ReceivedLog {
  readonly eventName: string;
  readonly severityText: string;
  readonly severityNumber: number;
  readonly body: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly resource: Readonly<Record<string, unknown>>;
}

/** One request as it arrived. */
export interface ReceivedRequest {
  readonly signal: 'traces' | 'metrics' | 'logs';
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came over the wire. */
  readonly raw: Buffer;
  /** Decompressed. */
  readonly bytes: Buffer;
  /** In OTLP's JSON form, whatever came over the wire. */
  readonly message: Record<string, unknown>;
}

/** How the receiver answers the next requests. */
export interface Misbehaviour {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Waits before it answers. */
  readonly delayMs?: number;
  /** Cuts the connection in place of an answer. */
  readonly cut?: boolean;
  /** For how many requests; for all from now on when absent. */
  readonly times?: number;
}

type Json = Record<string, unknown>;
const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const millis = (value: unknown): number => {
  const nanos = typeof value === 'string' || typeof value === 'number' ? BigInt(value) : 0n;
  return Number(nanos / 1000n) / 1000;
};

/** Gives an OTLP value as a plain one. */
export const plainValue = (value: unknown): unknown => {
  const any = (value ?? {}) as Json;
  if ('stringValue' in any) return any['stringValue'];
  if ('boolValue' in any) return any['boolValue'];
  if ('intValue' in any) return Number(any['intValue']);
  if ('doubleValue' in any) return Number(any['doubleValue']);
  if ('arrayValue' in any) return list((any['arrayValue'] as Json)['values']).map(plainValue);
  if ('kvlistValue' in any) return plainAttributes((any['kvlistValue'] as Json)['values']);
  return undefined;
};

const plainAttributes = (attributes: unknown): Record<string, unknown> =>
  Object.fromEntries(list(attributes).map((attribute) => [text(attribute['key']), plainValue(attribute['value'])]));

const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUS_CODES = ['unset', 'ok', 'error'] as const;

const resourceOf = (group: Json): Record<string, unknown> => plainAttributes((group['resource'] as Json | undefined)?.['attributes']);

const readSpan = (span: Json, resource: Record<string, unknown>, scope: Json): ReceivedSpan => {
  const status = (span['status'] ?? {}) as Json;
  const startMs = millis(span['startTimeUnixNano']);
  const endMs = millis(span['endTimeUnixNano']);
  return {
    traceId: text(span['traceId']),
    spanId: text(span['spanId']),
    parentSpanId: text(span['parentSpanId']) || undefined,
    name: text(span['name']),
    kind: SPAN_KINDS[Number(span['kind'] ?? 0)] ?? 'unspecified',
    startMs,
    endMs,
    durationMs: endMs - startMs,
    attributes: plainAttributes(span['attributes']),
    events: list(span['events']).map((event) => ({
      name: text(event['name']),
      atMs: millis(event['timeUnixNano']),
      attributes: plainAttributes(event['attributes']),
    })),
    status: { code: STATUS_CODES[Number(status['code'] ?? 0)] ?? 'unset', message: text(status['message']) || undefined },
    resource,
    scope: { name: text(scope['name']), version: text(scope['version']) || undefined },
    flags: Number(span['flags'] ?? 0),
    traceState: text(span['traceState']) || undefined,
  };
};

const readPoint = (metric: Json, kind: ReceivedPoint['kind'], data: Json, point: Json, resource: Record<string, unknown>): ReceivedPoint => ({
  metric: text(metric['name']),
  unit: text(metric['unit']),
  kind,
  monotonic: data['isMonotonic'] === true,
  temporality: ([undefined, 'delta', 'cumulative'] as const)[Number(data['aggregationTemporality'] ?? 0)],
  attributes: plainAttributes(point['attributes']),
  value: Number(point['asDouble'] ?? point['asInt'] ?? point['sum'] ?? 0),
  count: kind === 'histogram' ? Number(point['count'] ?? 0) : undefined,
  bounds: (point['explicitBounds'] ?? []) as number[],
  bucketCounts: ((point['bucketCounts'] ?? []) as unknown[]).map(Number),
  exemplars: list(point['exemplars']).map((exemplar) => ({
    traceId: text(exemplar['traceId']),
    spanId: text(exemplar['spanId']),
    value: Number(exemplar['asDouble'] ?? exemplar['asInt'] ?? 0),
  })),
  startMs: millis(point['startTimeUnixNano']),
  atMs: millis(point['timeUnixNano']),
  resource,
});

const readMetric = (metric: Json, resource: Record<string, unknown>): ReceivedPoint[] =>
  (['gauge', 'sum', 'histogram'] as const).flatMap((kind) => {
    const data = metric[kind] as Json | undefined;
    return data === undefined ? [] : list(data['dataPoints']).map((point) => readPoint(metric, kind, data, point, resource));
  });

const readLog = (log: Json, resource: Record<string, unknown>): ReceivedLog => ({
  eventName: text(log['eventName']),
  severityText: text(log['severityText']),
  severityNumber: Number(log['severityNumber'] ?? 0),
  body: plainValue(log['body']),
  attributes: plainAttributes(log['attributes']),
  traceId: text(log['traceId']) || undefined,
  spanId: text(log['spanId']) || undefined,
  resource,
});

const eachScope = <T>(
  message: Json,
  outer: string,
  inner: string,
  leaf: string,
  read: (item: Json, resource: Record<string, unknown>, scope: Json) => T,
): T[] =>
  list(message[outer]).flatMap((group) => {
    const resource = resourceOf(group);
    return list(group[inner]).flatMap((scoped) => list(scoped[leaf]).map((item) => read(item, resource, (scoped['scope'] ?? {}) as Json)));
  });

/** A real OTLP/HTTP receiver in this process: takes JSON and protobuf, plain and gzipped, and keeps every byte. */
export class OtlpReceiver {
  readonly requests: ReceivedRequest[] = [];
  readonly #server: Server;
  readonly #listeners = new Set<(request: ReceivedRequest) => void>();
  #misbehaviour: { readonly how: Misbehaviour; left: number } | undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => this.#take(request, response));
  }

  /** Starts a receiver on a free port of the loopback interface. */
  static async start(port = 0): Promise<OtlpReceiver> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return new OtlpReceiver(server);
  }

  /** The base address, for OTEL_EXPORTER_OTLP_ENDPOINT. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** All spans so far. */
  get spans(): ReceivedSpan[] {
    return this.#of('traces').flatMap((message) => eachScope(message, 'resourceSpans', 'scopeSpans', 'spans', readSpan));
  }

  /** All points of all metrics so far, in the order in which they came. */
  get points(): ReceivedPoint[] {
    return this.#of('metrics').flatMap((message) => eachScope(message, 'resourceMetrics', 'scopeMetrics', 'metrics', readMetric).flat());
  }

  /** All log records so far. */
  get logs(): ReceivedLog[] {
    return this.#of('logs').flatMap((message) => eachScope(message, 'resourceLogs', 'scopeLogs', 'logRecords', readLog));
  }

  /** The last point of each series of a metric. */
  latest(metric: string): ReceivedPoint[] {
    const series = new Map<string, ReceivedPoint>();
    for (const point of this.points) if (point.metric === metric) series.set(JSON.stringify(point.attributes), point);
    return [...series.values()];
  }

  /** Every byte that came, decompressed and in order: what leaked is in here. */
  get bytes(): Buffer {
    return Buffer.concat(this.requests.map((request) => request.bytes));
  }

  /** Calls `listener` for each request. Gives a function that ends it. */
  onRequest(listener: (request: ReceivedRequest) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Resolves when `ready` holds, which is looked at after each request; rejects after `timeoutMs`. */
  async until(ready: (receiver: OtlpReceiver) => boolean, timeoutMs = 10_000): Promise<void> {
    if (ready(this)) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        stop();
        reject(
          new Error(
            `the receiver waited ${timeoutMs} ms in vain; it has ${this.spans.length} spans, ${this.logs.length} logs, ${this.requests.length} requests`,
          ),
        );
      }, timeoutMs);
      const stop = this.onRequest(() => {
        if (!ready(this)) return;
        clearTimeout(timer);
        stop();
        resolve();
      });
    });
  }

  /** Resolves with the spans when there are at least `count`. */
  async waitForSpans(count: number, timeoutMs = 10_000): Promise<ReceivedSpan[]> {
    await this.until((receiver) => receiver.spans.length >= count, timeoutMs);
    return this.spans;
  }

  /** Answers as told from now on; well again without an argument. */
  misbehave(how?: Misbehaviour): void {
    this.#misbehaviour = how === undefined ? undefined : { how, left: how.times ?? Number.POSITIVE_INFINITY };
  }

  /** Forgets what came. */
  clear(): void {
    this.requests.length = 0;
  }

  /** Stops listening and cuts what is open. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }

  #of(signal: ReceivedRequest['signal']): Record<string, unknown>[] {
    return this.requests.filter((request) => request.signal === signal).map((request) => request.message);
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => this.#answer(request, response, Buffer.concat(chunks)));
  }

  #answer(request: IncomingMessage, response: ServerResponse, raw: Buffer): void {
    const bad = this.#misbehaviour;
    if (bad !== undefined && bad.left > 0) {
      bad.left -= 1;
      const { status = 200, headers = {}, body = '', delayMs = 0, cut = false } = bad.how;
      if (cut) return void request.socket.destroy();
      if (status < 300 && !this.#keep(request, response, raw)) return;
      setTimeout(() => response.writeHead(status, headers).end(body), delayMs);
      return;
    }
    if (this.#keep(request, response, raw)) response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'application/json' }).end();
  }

  #keep(request: IncomingMessage, response: ServerResponse, raw: Buffer): boolean {
    const signal = /\/v1\/(traces|metrics|logs)$/.exec((request.url ?? '').split('?')[0] ?? '')?.[1] as ReceivedRequest['signal'] | undefined;
    if (signal === undefined || request.method !== 'POST') {
      response.writeHead(404).end();
      return false;
    }
    try {
      const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
      const json = (request.headers['content-type'] ?? '').startsWith('application/json');
      const message = json ? (JSON.parse(bytes.toString('utf8')) as Record<string, unknown>) : fromProtobuf(bytes, signal);
      const received = { signal, path: request.url ?? '', headers: request.headers, raw, bytes, message };
      this.requests.push(received);
      for (const listener of this.#listeners) listener(received);
      return true;
    } catch (error) {
      response.writeHead(400).end(String(error));
      return false;
    }
  }
}
