import type { Together } from '../../call/export.ts';
import type { Profile } from './profile.ts';

/** How a metric is measured. */
export type InstrumentKind = 'counter' | 'updown' | 'gauge' | 'histogram';

/** One metric: all that its instruments, docs, dashboards and rules need to agree on. */
export interface MetricEntry {
  readonly name: string;
  readonly kind: InstrumentKind;
  /** In UCUM as OpenTelemetry writes it: `s`, `{token}`, `USD`, `1`. */
  readonly unit: string;
  readonly description: string;
  /** The attributes that it may carry, by catalog name; a closed set. */
  readonly attributes: readonly string[];
  readonly buckets?: readonly number[];
  /** Of a gauge: how the values of several threads or workers become one. */
  readonly together: Together;
  readonly stability: 'development' | 'stable';
  readonly profiles: readonly Profile[];
  /** The address or rule the name comes from; `purser` for our own. */
  readonly source: string;
}

const GENAI = 'https://github.com/open-telemetry/semantic-conventions-genai (main, 2026-11)';
const V141 = 'https://opentelemetry.io/docs/specs/semconv/gen-ai/ (v1.41)';
const COST = 'https://github.com/open-telemetry/semantic-conventions-genai/pull/443 (open)';

/** Twenty-eight bounds in seconds from 50 ms to 10 min, each about the square root of two over the last: a true p95 within 20 %. */
export const DURATION_BUCKETS: readonly number[] = [
  0.05, 0.071, 0.1, 0.141, 0.2, 0.283, 0.4, 0.566, 0.8, 1.131, 1.6, 2.263, 3.2, 4.525, 6.4, 9.051, 12.8, 18.1, 25.6, 36.2, 51.2, 72.41, 102.4, 144.8, 204.8,
  289.6, 409.6, 600,
];
const TOKEN_BUCKETS: readonly number[] = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
const CHUNK_BUCKETS: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24];
const COST_BUCKETS: readonly number[] = [0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100];
const SPEED_BUCKETS: readonly number[] = [1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000, 2000];
const SMALL_TIME_BUCKETS: readonly number[] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60];

/** The attributes of every call metric of the convention. */
const BASE = ['gen_ai.operation.name', 'gen_ai.provider.name', 'gen_ai.request.model', 'gen_ai.response.model', 'server.address', 'server.port'] as const;
/** Whom a call was for; values are capped per process, what exceeds the cap becomes `other`. */
const WHO = ['purser.environment', 'purser.service', 'purser.team', 'purser.feature', 'purser.tenant'] as const;
const SHORT = ['gen_ai.provider.name', 'gen_ai.request.model'] as const;
const LATEST = ['latest'] as const;
const OLD = ['v1.41'] as const;
const ALL = ['latest', 'v1.41'] as const;

const entry = (
  name: string,
  kind: InstrumentKind,
  unit: string,
  description: string,
  attributes: readonly string[],
  more: { buckets?: readonly number[]; together?: Together; profiles?: readonly Profile[]; source?: string } = {},
): MetricEntry => ({
  name,
  kind,
  unit,
  description,
  attributes,
  ...(more.buckets === undefined ? {} : { buckets: more.buckets }),
  together: more.together ?? 'greatest',
  stability: 'development',
  profiles: more.profiles ?? ALL,
  source: more.source ?? 'purser',
});

const genai = (
  name: string,
  kind: InstrumentKind,
  unit: string,
  description: string,
  attributes: readonly string[],
  buckets?: readonly number[],
): MetricEntry => entry(name, kind, unit, description, attributes, { ...(buckets === undefined ? {} : { buckets }), profiles: LATEST, source: GENAI });

const CONVENTION: readonly MetricEntry[] = [
  genai(
    'gen_ai.client.inference.duration',
    'histogram',
    's',
    'Duration of an inference call, retries and the whole stream included.',
    [...BASE, ...WHO, 'error.type'],
    DURATION_BUCKETS,
  ),
  genai(
    'gen_ai.client.inference.time_to_first_chunk',
    'histogram',
    's',
    'Time from the start of a streaming call to its first chunk.',
    [...BASE, ...WHO],
    DURATION_BUCKETS,
  ),
  genai('gen_ai.client.inference.time_per_output_chunk', 'histogram', 's', 'Mean time between the chunks of a stream after the first.', BASE, CHUNK_BUCKETS),
  genai('gen_ai.client.inference.usage.input_tokens', 'counter', '{token}', 'Input tokens used, cached ones included.', [
    ...BASE,
    ...WHO,
    'gen_ai.token.modality',
  ]),
  genai('gen_ai.client.inference.usage.output_tokens', 'counter', '{token}', 'Output tokens used, reasoning included.', [
    ...BASE,
    ...WHO,
    'gen_ai.token.modality',
  ]),
  genai('gen_ai.client.inference.usage.cache_read.input_tokens', 'counter', '{token}', 'Input tokens read from a cache.', [
    ...BASE,
    ...WHO,
    'gen_ai.token.modality',
  ]),
  genai('gen_ai.client.inference.usage.cache_write.input_tokens', 'counter', '{token}', 'Input tokens written to a cache.', [
    ...BASE,
    ...WHO,
    'gen_ai.token.modality',
  ]),
  genai('gen_ai.client.inference.usage.reasoning.output_tokens', 'counter', '{token}', 'Output tokens spent on reasoning.', [
    ...BASE,
    ...WHO,
    'gen_ai.token.modality',
  ]),
  genai('gen_ai.client.inference.operation.input_tokens', 'histogram', '{token}', 'Input tokens of one call.', [...BASE, 'error.type'], TOKEN_BUCKETS),
  genai('gen_ai.client.inference.operation.output_tokens', 'histogram', '{token}', 'Output tokens of one call.', [...BASE, 'error.type'], TOKEN_BUCKETS),
  genai('gen_ai.client.embeddings.duration', 'histogram', 's', 'Duration of an embeddings call.', [...BASE, ...WHO, 'error.type'], DURATION_BUCKETS),
  genai(
    'gen_ai.client.embeddings.operation.input_tokens',
    'histogram',
    '{token}',
    'Input tokens of one embeddings call.',
    [...BASE, 'error.type'],
    TOKEN_BUCKETS,
  ),
  genai(
    'gen_ai.execute_tool.duration',
    'histogram',
    's',
    'Duration of a tool that a tool runner executed in the app.',
    ['error.type', 'gen_ai.tool.name', 'gen_ai.tool.type'],
    DURATION_BUCKETS,
  ),
  entry(
    'gen_ai.client.operation.duration',
    'histogram',
    's',
    'Duration of a call: every call in v1.41, in the latest profile only what is neither inference nor embeddings.',
    [...BASE, ...WHO, 'error.type'],
    { buckets: DURATION_BUCKETS, source: V141 },
  ),
  entry('gen_ai.client.token.usage', 'histogram', '{token}', 'Tokens of one call by type.', [...BASE, 'gen_ai.token.type'], {
    buckets: TOKEN_BUCKETS,
    profiles: OLD,
    source: V141,
  }),
  entry('gen_ai.client.operation.cost', 'histogram', 'USD', 'Cost of one priced call.', [...BASE, 'gen_ai.usage.cost.source'], {
    buckets: COST_BUCKETS,
    source: COST,
  }),
];

const CALLS: readonly MetricEntry[] = [
  entry('purser.calls', 'counter', '{call}', 'Calls that ended, by outcome: completed, failed, blocked, cancelled or abandoned.', [
    'gen_ai.operation.name',
    ...SHORT,
    'purser.outcome',
    'error.type',
    ...WHO,
    'purser.stream',
    'purser.sdk',
  ]),
  entry('purser.calls.in_flight', 'updown', '{call}', 'Calls that run now.', SHORT),
  entry('purser.cost', 'counter', 'USD', 'Money spent on priced calls.', [
    ...SHORT,
    'gen_ai.response.model',
    'gen_ai.operation.name',
    ...WHO,
    'gen_ai.usage.cost.source',
  ]),
  entry('purser.cost.items', 'counter', 'USD', 'Money spent, by what was bought: input, cacheRead, cacheWrite5m, output, reasoning, webSearch and so on.', [
    ...SHORT,
    'purser.cost.item',
  ]),
  entry('purser.cost.cache_savings', 'counter', 'USD', 'What reading from provider caches saved against plain input.', [...SHORT, ...WHO]),
  entry('purser.cost.cache_write_premium', 'updown', 'USD', 'What writing to provider caches cost above plain input.', [...SHORT, ...WHO]),
  entry('purser.cost.batch_saving', 'counter', 'USD', 'What the same calls would have cost less in the batch or flex tier, where one is priced.', SHORT),
  entry('purser.unpriced_calls', 'counter', '{call}', 'Calls without a cost, by reason; never counted as zero.', [...SHORT, 'purser.reason']),
  entry('purser.usage_missing', 'counter', '{call}', 'Calls that should have reported usage and did not.', SHORT),
  entry('purser.usage_flags', 'counter', '{call}', 'Calls whose reported numbers contradict each other or are not the last ones, by what is odd.', [
    ...SHORT,
    'purser.flag',
  ]),
  entry('purser.attempts', 'counter', '{attempt}', 'HTTP exchanges inside calls, retries included, by status.', [
    ...SHORT,
    'http.response.status_code',
    'error.type',
  ]),
  entry('purser.retries', 'counter', '{attempt}', 'Attempts after the first inside one call.', SHORT),
  entry('purser.output_speed', 'histogram', '{token}/s', 'Output tokens a second, after the first chunk for streams.', SHORT, { buckets: SPEED_BUCKETS }),
  entry('purser.finish_reasons', 'counter', '{choice}', 'How choices came to their end.', [...SHORT, 'purser.finish_reason']),
  entry('purser.tool_calls', 'counter', '{call}', 'Tool calls that models asked for.', [...SHORT, 'gen_ai.tool.name']),
  entry(
    'purser.ratelimit.remaining',
    'gauge',
    '{remaining}',
    'What the provider last said is left of its rate limit, by kind: requests or tokens.',
    [...SHORT, 'purser.limit_kind'],
    { together: 'latest' },
  ),
  entry(
    'purser.ratelimit.limit',
    'gauge',
    '{limit}',
    'The rate limit that the provider last stated, by kind: requests or tokens.',
    [...SHORT, 'purser.limit_kind'],
    { together: 'latest' },
  ),
  entry(
    'purser.queue.wait',
    'histogram',
    's',
    'Time that calls waited for room in a limit, whether they were sent in the end or not.',
    ['purser.rule', 'gen_ai.provider.name'],
    {
      buckets: SMALL_TIME_BUCKETS,
    },
  ),
  entry('purser.queue.length', 'gauge', '{call}', 'Calls that wait for room in a limit, in this process.', ['purser.rule'], { together: 'sum' }),
];

const BUDGET = ['purser.budget', 'purser.budget.key', 'purser.budget.unit'] as const;
const GOVERNANCE: readonly MetricEntry[] = [
  entry('purser.budget.limit', 'gauge', '{budget_unit}', "A budget's limit in its own unit: dollars, tokens or requests.", BUDGET),
  entry('purser.budget.committed', 'gauge', '{budget_unit}', 'What is charged to the budget in its present window.', BUDGET),
  entry('purser.budget.reserved', 'gauge', '{budget_unit}', 'What calls in flight hold of the budget.', BUDGET),
  entry('purser.budget.window.start', 'gauge', 's', 'When the present window began, in seconds since the epoch.', BUDGET),
  entry('purser.budget.window.end', 'gauge', 's', 'When the present window ends, in seconds since the epoch; absent without an end.', BUDGET),
  entry('purser.budget.window.duration', 'gauge', 's', 'How long the present window is.', BUDGET),
  entry('purser.budget.spend', 'counter', '{budget_unit}', 'What was charged to the budget over all windows by this process; use it for rates.', BUDGET),
  entry(
    'purser.budget.thresholds_crossed',
    'counter',
    '{crossing}',
    'Thresholds of budgets that were crossed; each counts once for each window and limit over all processes.',
    ['purser.budget', 'purser.budget.threshold'],
  ),
  entry('purser.budget.settle_corrections', 'counter', '{call}', 'Calls whose charge was corrected after their lease had run out.', ['purser.budget']),
  entry('purser.budget.leases_expired', 'counter', '{lease}', 'Reservations of vanished calls that were charged.', ['purser.budget']),
  entry('purser.budget.blocked_cost', 'counter', 'USD', 'Upper bound of the cost of calls that a budget refused.', ['purser.budget']),
  entry('purser.policy.decisions', 'counter', '{decision}', 'Answers of policies before and during calls: admitted, refused or would_refuse (shadow).', [
    'purser.policy',
    'purser.rule',
    'purser.decision',
    'purser.reason',
    'purser.mode',
  ]),
  entry(
    'purser.policy.admit.duration',
    'histogram',
    's',
    'Time that a policy took to answer, without the time that it let the call wait for room.',
    ['purser.policy'],
    {
      buckets: [0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 1],
    },
  ),
  entry('purser.store.up', 'gauge', '{store}', 'Whether the store answered last: 1 or 0.', ['purser.store']),
  entry('purser.store.errors', 'counter', '{error}', 'Operations that a store failed.', ['purser.store', 'error.type']),
  entry('purser.alerts', 'counter', '{alert}', 'Alerts by channel and result: raised (in the log, before any channel), delivered, retried or dead.', [
    'purser.channel',
    'purser.result',
  ]),
  entry('purser.alerts.outbox', 'gauge', '{alert}', 'Alerts that wait for delivery.', ['purser.channel'], { together: 'sum' }),
  entry('purser.redactions', 'counter', '{redaction}', 'Secrets and personal data that were removed before they left, by detector and place.', [
    'purser.detector',
    'purser.place',
  ]),
  entry('purser.redaction.failures', 'counter', '{value}', 'Values that were dropped because redaction ran out of its budget or failed: it fails closed.', [
    'purser.place',
    'purser.reason',
  ]),
  entry('purser.keys_in_prompts', 'counter', '{call}', 'Calls whose prompt held a provider key or another credential.', [...SHORT, 'purser.detector']),
  entry('purser.content', 'counter', '{call}', 'Calls by what happened to their content: off, captured, dropped or sampled_out.', ['purser.content.mode']),
];

const HEALTH: readonly MetricEntry[] = [
  entry('purser.unseen_requests', 'counter', '{request}', 'Requests to model providers in a form that is not read: websocket, grpc or bidirectional.', [
    'gen_ai.provider.name',
    'purser.reason',
  ]),
  entry('purser.telemetry.exported', 'counter', '{item}', 'Spans, log records and metric batches that the exporter delivered.', ['purser.signal']),
  entry('purser.telemetry.dropped', 'counter', '{item}', 'Spans, log records and metric batches that were lost, and why.', ['purser.signal', 'purser.reason']),
  entry('purser.telemetry.export_failures', 'counter', '{export}', 'Exports that failed after their retries, or of which the receiver rejected data points.', [
    'purser.signal',
  ]),
  entry('purser.telemetry.queue', 'gauge', '{item}', 'Items that wait for export.', ['purser.signal'], { together: 'sum' }),
  entry('purser.faults', 'counter', '{fault}', "Faults of Purser's own, by cause; the app never felt them.", ['purser.cause']),
  entry('purser.overhead', 'counter', 's', "Event-loop time that Purser took in the app's process.", []),
  entry('purser.labels.overflow', 'counter', '{value}', 'Label values beyond the cap that were counted as `other`.', ['purser.label']),
  entry('purser.price_table.age', 'gauge', 's', 'Age of the price table in use.', ['purser.price_table.version']),
  entry('purser.price_table.refreshes', 'counter', '{refresh}', 'Refreshes of the price table by result: unchanged, updated, refused or failed.', [
    'purser.result',
  ]),
  entry('purser.ledger.records', 'counter', '{record}', 'Calls that were written to the ledger.', []),
  entry('purser.ledger.failures', 'counter', '{record}', 'Calls that could not be written to the ledger.', ['purser.reason']),
  entry('purser.config.reloads', 'counter', '{reload}', 'Reloads of the config file by result: applied or rejected.', ['purser.result']),
  entry('purser.info', 'gauge', '{process}', 'Always 1; tells the version of Purser and of Node.', [
    'purser.version',
    'purser.node.version',
    'purser.hooks',
    'purser.environment',
    'purser.service',
  ]),
];

/** Every metric that Purser may emit, in the order in which TELEMETRY.md shows them. */
export const METRICS: readonly MetricEntry[] = [...CONVENTION, ...CALLS, ...GOVERNANCE, ...HEALTH];
