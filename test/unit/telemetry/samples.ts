import type { Attempt, Call, RequestFacts } from '../../../src/call/call.ts';
import type { PricedCost } from '../../../src/call/cost.ts';
import { presentAttributes, type ExportPort, type LogRecordData, type MetricFamily, type MetricSource, type SpanRecord } from '../../../src/call/export.ts';
import type { Completed, Outcome, ResponseFacts } from '../../../src/call/outcome.ts';
import type { Redactor } from '../../../src/call/redactor.ts';
import { epochMs, picoUsd } from '../../../src/call/units.ts';
import { NO_TOKENS, type Usage, type UsageBuckets } from '../../../src/call/usage.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { createTelemetry } from '../../../src/telemetry/create-telemetry.ts';
import type { Telemetry, TelemetrySettings } from '../../../src/telemetry/telemetry-settings.ts';
import { PLAIN_TELEMETRY } from '../../support/plain-telemetry.ts';
import * as api from '@opentelemetry/api';

/** 2026-11-20T12:00:00Z. */
export const NOON = 1_795_176_000_000;

/** Masks one word wherever it stands, and drops members that are called `password`. */
export const maskingRedactor = (word: string): Redactor => {
  const text = (value: string): string => value.replaceAll(word, '[REDACTED]');
  const value = (input: unknown, key: string): unknown => {
    if (key.endsWith('password')) return '[REDACTED:key]';
    if (typeof input === 'string') return text(input);
    if (Array.isArray(input)) return input.map((member) => value(member, ''));
    if (typeof input === 'object' && input !== null) return Object.fromEntries(Object.entries(input).map(([name, member]) => [name, value(member, name)]));
    return input;
  };
  return { text, value, learnSecret: () => undefined, generation: () => 0, find: () => [] };
};

/** A clock that stands still until it is moved. */
export class StillClock implements Clock {
  now = NOON;
  nowMs(): number {
    return this.now;
  }
  monotonicMs(): number {
    return this.now;
  }
}

/** Keeps what it is given. */
export class MemoryExporter implements ExportPort {
  wantsHostRecords = false;
  readonly spans: SpanRecord[] = [];
  readonly logs: LogRecordData[] = [];
  source: MetricSource | undefined;
  span(record: SpanRecord): void {
    this.spans.push({ ...record, attributes: presentAttributes(record.attributes) });
  }
  log(record: LogRecordData): void {
    this.logs.push(record);
  }
  connect(source: MetricSource): void {
    this.source = source;
  }
  warmUp(): void {}
  hurry(): void {}
  flush(): Promise<void> {
    return Promise.resolve();
  }
  flushAtExit(): void {}
  shutdown(): Promise<void> {
    return Promise.resolve();
  }
  health(): ReturnType<ExportPort['health']> {
    const signal = { exported: 0, dropped: 0, failures: 0, queued: 0, lastError: undefined };
    return { signals: { traces: signal, metrics: signal, logs: signal }, destinations: [] };
  }
  family(name: string): MetricFamily | undefined {
    return this.source?.collect().find((family) => family.name === name);
  }
  /** The value, or for histograms the count, of each series, by its attributes in JSON. */
  values(name: string): Record<string, number> {
    return Object.fromEntries((this.family(name)?.points ?? []).map((point) => [JSON.stringify(point.attributes), point.histogram?.count ?? point.value]));
  }
  total(name: string): number {
    return Object.values(this.values(name)).reduce((sum, value) => sum + value, 0);
  }
}

/** Telemetry over a memory exporter. */
export const memoryTelemetry = (settings: Partial<TelemetrySettings> = {}): { telemetry: Telemetry; exporter: MemoryExporter; clock: StillClock } => {
  const exporter = new MemoryExporter();
  const clock = new StillClock();
  const telemetry = createTelemetry({
    ...PLAIN_TELEMETRY,
    api,
    version: '0.0.0-test',
    exporter,
    redactor: maskingRedactor('hunter2'),
    clock,
    ...settings,
  });
  return { telemetry, exporter, clock };
};

/** A chat call at OpenAI. */
export const chatCall = (more: Partial<Omit<Call, 'request'>> & { readonly request?: RequestFacts } = {}): Call => ({
  id: '01HZY0000000000000000000AA',
  operation: 'chat',
  dialect: 'openai.chat',
  provider: 'openai',
  serverAddress: 'api.openai.com',
  serverPort: 443,
  baseUrl: 'https://api.openai.com/v1',
  labels: { service: 'shop', environment: 'production' },
  startedAt: epochMs(NOON),
  source: { name: 'openai', version: '7.55.0' },
  ...more,
  request: { model: 'gpt-5-mini', ...more.request },
});

/** An embeddings call at OpenAI. */
export const embeddingsCall = (): Call =>
  chatCall({
    operation: 'embeddings',
    dialect: 'openai.embeddings',
    request: { model: 'text-embedding-3-small', embeddingDimensions: 256, encodingFormats: ['float'] },
  });

/** Token counts that are 0 where not said. */
export const usageOf = (buckets: Partial<UsageBuckets>, more: Partial<Usage> = {}): Usage => ({ buckets: { ...NO_TOKENS, ...buckets }, flags: [], ...more });

/** One exchange that went well. */
export const attemptOf = (more: Partial<Attempt> = {}): Attempt => ({
  number: 1,
  status: 200,
  errorType: undefined,
  durationMs: 700,
  requestId: 'req_1',
  retryAfterMs: undefined,
  ...more,
});

/** A cost of 1.5 cents. */
export const priced = (more: Partial<PricedCost> = {}): PricedCost => ({
  kind: 'priced',
  amount: picoUsd(15_000_000_000n),
  source: 'local',
  lines: [
    { item: 'input', quantity: 100, amount: picoUsd(5_000_000_000n) },
    { item: 'output', quantity: 50, amount: picoUsd(10_000_000_000n) },
  ],
  match: 'exact',
  confidence: 'exact',
  matchedModel: 'gpt-5-mini',
  tableVersion: '2026-11-20',
  effectiveFrom: '2026-08-01',
  unpriced: [],
  ...more,
});

/** A response with the usual facts. */
export const responseOf = (more: Partial<ResponseFacts> = {}): ResponseFacts => ({
  id: 'chatcmpl-1',
  model: 'gpt-5-mini-2026-08-07',
  finishReasons: ['stop'],
  requestId: 'req_1',
  httpStatus: 200,
  ...more,
});

/** A call that ran to its end in 800 ms. */
export const completed = (more: Partial<Completed> = {}): Completed => ({
  kind: 'completed',
  response: responseOf(),
  usage: usageOf({ input: 100, output: 50 }),
  cost: priced(),
  attempts: [attemptOf()],
  durationMs: 800,
  firstChunkMs: undefined,
  chunks: 0,
  ...more,
});

/** A call that the provider refused. */
export const failed = (message = 'Rate limit reached'): Outcome => ({
  ...completed({ response: { httpStatus: 429 }, usage: undefined }),
  cost: undefined,
  kind: 'failed',
  failure: { type: '429', message, error: new Error(message) },
});
