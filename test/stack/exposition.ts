import { METRICS, type MetricEntry } from '../../src/telemetry/catalog/metrics.ts';
import { prometheusLabel, prometheusName } from '../../src/telemetry/catalog/prometheus-name.ts';
import { BUDGETS, type MadeBudget } from './budgets.ts';
import { seeded } from './random.ts';
import { STREAMS, type Stream, tide } from './traffic.ts';

type Labels = Readonly<Record<string, string>>;

/** One split of a metric over an attribute that calls do not carry: labels, and how many per call of the stream. */
interface Share {
  readonly labels: Labels;
  readonly each: number;
  /** The same in trouble. */
  readonly trouble?: number;
}

const share = (each: number, labels: Labels, trouble?: number): Share => ({ labels, each, ...(trouble === undefined ? {} : { trouble }) });
const evenly = (attribute: string, each: number, ...values: readonly string[]): Share[] =>
  values.map((value, index) => share(each / (index + 1), { [attribute]: value }));

/** How counters that follow calls split. What fails, and where, is set so that each alert has a stream of its own. */
const SPLITS: Readonly<Record<string, readonly Share[]>> = {
  'purser.calls': [
    share(0.962, { 'purser.outcome': 'completed' }, 0.9),
    share(0.006, { 'purser.outcome': 'failed', 'error.type': '529' }),
    share(0.004, { 'purser.outcome': 'failed', 'error.type': 'timeout' }, 0.09),
    share(0.01, { 'purser.outcome': 'blocked', 'error.type': 'budget_exhausted' }),
    share(0.012, { 'purser.outcome': 'cancelled' }),
    share(0.006, { 'purser.outcome': 'abandoned' }),
  ],
  'purser.cost.items': [
    share(0.36, { 'purser.cost.item': 'input' }),
    share(0.06, { 'purser.cost.item': 'cacheRead' }),
    share(0.05, { 'purser.cost.item': 'cacheWrite5m' }),
    share(0.38, { 'purser.cost.item': 'output' }),
    share(0.13, { 'purser.cost.item': 'reasoning' }),
    share(0.02, { 'purser.cost.item': 'webSearch' }),
  ],
  'purser.unpriced_calls': [share(0, { 'purser.reason': 'unknown_model' }, 0.02)],
  'purser.usage_missing': [share(0.0005, {}, 0.2)],
  'purser.unseen_requests': [share(0.0002, { 'purser.reason': 'websocket' })],
  'purser.usage_flags': evenly('purser.flag', 0.001, 'cached_above_input', 'total_differs'),
  'purser.attempts': [
    share(0.985, { 'http.response.status_code': '200' }),
    share(0.02, { 'http.response.status_code': '429', 'error.type': '429' }, 0.4),
    share(0.008, { 'http.response.status_code': '529', 'error.type': '529' }),
    share(0.001, { 'error.type': 'ECONNRESET' }),
  ],
  'purser.retries': [share(0.03, {})],
  'purser.finish_reasons': evenly('purser.finish_reason', 0.9, 'stop', 'tool_calls', 'length', 'content_filter').map((each, index) =>
    share([0.8, 0.17, 0.02, 0.004][index] ?? 0, each.labels),
  ),
  'purser.tool_calls': evenly('gen_ai.tool.name', 0.12, 'search_orders', 'get_weather', 'refund'),
  'purser.keys_in_prompts': [share(0, { 'purser.detector': 'openai-key' }, 0.01)],
};

/** Counters that follow no stream: rate a second by labels. */
const LONE: Readonly<Record<string, readonly Share[]>> = {
  'purser.budget.thresholds_crossed': [
    share(0.0004, { 'purser.budget': 'support-chat-day', 'purser.budget.threshold': '0.8' }),
    share(0.0003, { 'purser.budget': 'tenant-day', 'purser.budget.threshold': '0.5' }),
  ],
  'purser.budget.settle_corrections': [share(0.0005, { 'purser.budget': 'company-month' })],
  'purser.budget.leases_expired': [share(0.0003, { 'purser.budget': 'company-month' }, 2)],
  'purser.budget.blocked_cost': [share(0, { 'purser.budget': 'sandbox-day' }, 0.4), share(0, { 'purser.budget': 'tenant-day' }, 0.2)],
  'purser.policy.decisions': [
    share(13, {
      'purser.policy': 'budget',
      'purser.rule': 'company-month',
      'purser.decision': 'admitted',
      'purser.reason': 'within',
      'purser.mode': 'enforce',
    }),
    share(
      0,
      {
        'purser.policy': 'budget',
        'purser.rule': 'tenant-day',
        'purser.decision': 'refused',
        'purser.reason': 'budget_exhausted',
        'purser.mode': 'enforce',
      },
      0.05,
    ),
    share(
      0,
      {
        'purser.policy': 'budget',
        'purser.rule': 'sandbox-day',
        'purser.decision': 'refused',
        'purser.reason': 'budget_exhausted',
        'purser.mode': 'enforce',
      },
      0.09,
    ),
    share(0.09, {
      'purser.policy': 'budget',
      'purser.rule': 'sandbox-day',
      'purser.decision': 'would_refuse',
      'purser.reason': 'budget_exhausted',
      'purser.mode': 'shadow',
    }),
    share(9, {
      'purser.policy': 'rate-limit',
      'purser.rule': 'per-tenant',
      'purser.decision': 'admitted',
      'purser.reason': 'within',
      'purser.mode': 'enforce',
    }),
    share(0.03, {
      'purser.policy': 'rate-limit',
      'purser.rule': 'per-tenant',
      'purser.decision': 'refused',
      'purser.reason': 'rate',
      'purser.mode': 'enforce',
    }),
    share(0.02, {
      'purser.policy': 'circuit-breaker',
      'purser.rule': 'default',
      'purser.decision': 'refused',
      'purser.reason': 'open',
      'purser.mode': 'enforce',
    }),
  ],
  'purser.store.errors': [
    share(0.0002, { 'purser.store': 'sqlite', 'error.type': 'SQLITE_BUSY' }, 3),
    share(0, { 'purser.store': 'redis', 'error.type': 'ECONNREFUSED' }, 3),
  ],
  'purser.alerts': [
    share(0.002, { 'purser.channel': 'slack', 'purser.result': 'delivered' }),
    share(0.0005, { 'purser.channel': 'slack', 'purser.result': 'retried' }),
    share(0, { 'purser.channel': 'slack', 'purser.result': 'dead' }, 0.5),
  ],
  'purser.redactions': [
    ...evenly('purser.detector', 0.2, 'email', 'phone', 'credit-card', 'openai-key').map((each) =>
      share(each.each, { ...each.labels, 'purser.place': 'prompt' }),
    ),
    share(0.04, { 'purser.detector': 'email', 'purser.place': 'answer' }),
    share(0.05, { 'purser.detector': 'iban', 'purser.place': 'tool_arguments' }, 40),
  ],
  'purser.redaction.failures': [share(0, { 'purser.place': 'prompt', 'purser.reason': 'time' }, 0.5)],
  'purser.content': [
    share(9, { 'purser.content.mode': 'off' }),
    share(3, { 'purser.content.mode': 'captured' }),
    share(1.5, { 'purser.content.mode': 'sampled_out' }),
  ],
  'purser.telemetry.exported': [share(26, { 'purser.signal': 'traces' }), share(8, { 'purser.signal': 'logs' }), share(0.3, { 'purser.signal': 'metrics' })],
  'purser.telemetry.dropped': [share(0, { 'purser.signal': 'traces', 'purser.reason': 'queue_full' }, 4)],
  'purser.telemetry.export_failures': [share(0, { 'purser.signal': 'traces' }, 0.2)],
  'purser.faults': [share(0, { 'purser.cause': 'tokenizer' }, 0.2)],
  'purser.overhead': [share(0.004, {})],
  'purser.labels.overflow': [share(0, { 'purser.label': 'purser.tenant' }, 1)],
  'purser.price_table.refreshes': [
    share(0.01, { 'purser.result': 'unchanged' }, 0),
    share(0.0003, { 'purser.result': 'updated' }, 0),
    share(0, { 'purser.result': 'failed' }, 0.2),
  ],
  'purser.ledger.records': [share(13.7, {})],
  'purser.ledger.failures': [share(0, { 'purser.reason': 'disk_full' }, 0.3)],
  'purser.config.reloads': [share(0.0005, { 'purser.result': 'applied' }), share(0, { 'purser.result': 'rejected' }, 0.2)],
};

const histogramOf = (
  metric: string,
  made: Stream,
  trouble: boolean,
): readonly { readonly labels: Labels; readonly median: number; readonly each: number }[] => {
  // Slowness has a model of its own, and a provider that fails has another.
  const slow = trouble && made.attributes['gen_ai.request.model'] === 'claude-sonnet-4-5' ? 4 : 1;
  const streams = made.attributes['purser.stream'] === 'true';
  const embeds = made.attributes['gen_ai.operation.name'] === 'embeddings';
  const of = (median: number, when = true, labels: Labels = {}) => (when ? [{ labels, median, each: 1 }] : []);
  switch (metric) {
    case 'gen_ai.client.inference.duration':
      return of(made.seconds * slow, !embeds);
    case 'gen_ai.client.operation.duration':
      return [];
    case 'gen_ai.client.embeddings.duration':
      return of(made.seconds, embeds);
    case 'gen_ai.client.inference.time_to_first_chunk':
      return of(made.firstChunk * slow, streams && !embeds);
    case 'gen_ai.client.inference.time_per_output_chunk':
      return of(0.022, streams && !embeds);
    case 'gen_ai.client.inference.operation.input_tokens':
      return of(made.input, !embeds);
    case 'gen_ai.client.inference.operation.output_tokens':
      return of(made.output, !embeds);
    case 'gen_ai.client.embeddings.operation.input_tokens':
      return of(made.input, embeds);
    case 'gen_ai.client.operation.cost':
      return of(made.usd);
    case 'purser.output_speed':
      return of(made.output / Math.max(0.1, made.seconds - made.firstChunk), made.output > 0);
    default:
      return [];
  }
};

/** Histograms that follow no stream: median and rate a second by labels. */
const LONE_HISTOGRAMS: Readonly<Record<string, readonly { readonly labels: Labels; readonly median: number; readonly rate: number }[]>> = {
  'gen_ai.execute_tool.duration': [
    { labels: { 'gen_ai.tool.name': 'search_orders', 'gen_ai.tool.type': 'function' }, median: 0.3, rate: 0.4 },
    { labels: { 'gen_ai.tool.name': 'refund', 'gen_ai.tool.type': 'function' }, median: 1.2, rate: 0.05 },
  ],
  'purser.queue.wait': [{ labels: { 'purser.rule': 'per-tenant', 'gen_ai.provider.name': 'openai' }, median: 0.04, rate: 0.8 }],
  'purser.policy.admit.duration': [
    { labels: { 'purser.policy': 'budget' }, median: 0.00004, rate: 13 },
    { labels: { 'purser.policy': 'rate-limit' }, median: 0.000012, rate: 9 },
  ],
};

const PER_CALL: Readonly<Record<string, (made: Stream) => number>> = {
  'purser.cost': (made) => made.usd,
  'purser.cost.items': (made) => made.usd,
  'purser.cost.cache_savings': (made) => made.cached * 0.0000009,
  'purser.cost.cache_write_premium': (made) => made.cached * 0.00000008,
  'purser.cost.batch_saving': (made) => made.usd * 0.5,
  'gen_ai.client.inference.usage.input_tokens': (made) => made.input,
  'gen_ai.client.inference.usage.output_tokens': (made) => made.output,
  'gen_ai.client.inference.usage.cache_read.input_tokens': (made) => made.cached,
  'gen_ai.client.inference.usage.cache_write.input_tokens': (made) => made.cached * 0.1,
  'gen_ai.client.inference.usage.reasoning.output_tokens': (made) => made.output * 0.3,
};

/** In trouble, what would hide another alert or fire in the wrong place keeps to one stream. */
const troubled = (metric: string, made: Stream, one: Share): number => {
  const model = made.attributes['gen_ai.request.model'];
  if (one.trouble === undefined) return one.each;
  if (metric === 'purser.calls') {
    const provider = made.attributes['gen_ai.provider.name'];
    // One provider fails now and then, one most of the time, one not at all.
    if (provider === 'gcp.gemini') return one.labels['error.type'] === 'timeout' ? 0.65 : one.trouble / 3;
    return provider === 'openai' ? one.trouble : one.each;
  }
  if (metric === 'purser.attempts') return model === 'claude-haiku-4-5' ? one.trouble : one.each;
  if (metric === 'purser.unpriced_calls' || metric === 'purser.keys_in_prompts' || metric === 'purser.usage_missing')
    return model === 'gpt-5' ? one.trouble : one.each;
  return one.trouble;
};

const NORMAL_WIDTH = 0.55;
/** The share of a log-normal distribution around a median that is below a bound. */
const below = (bound: number, median: number): number => 1 / (1 + Math.exp((-1.702 * Math.log(bound / median)) / NORMAL_WIDTH));

interface Counter {
  value: number;
}
interface Histogram {
  readonly counts: number[];
  sum: number;
  count: number;
}

const key = (labels: Labels): string =>
  Object.entries(labels)
    .sort(([one], [two]) => (one < two ? -1 : 1))
    .map(([name, value]) => `${prometheusLabel(name)}="${value}"`)
    .join(',');

/** A made-up house of services whose metrics move as true ones would, for every metric and label of the catalog. */
export class Exposition {
  /** Lets everything go wrong that an alert is there for. */
  trouble = false;
  /** Lets a little go wrong now and then, so that there is something to see on every panel. */
  blemished = false;
  readonly #counters = new Map<string, Counter>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #gauges = new Map<string, number>();
  readonly #random = seeded(7);
  #now: number;

  /** @param now seconds since the epoch */
  constructor(now: number) {
    this.#now = now;
    // Every series is there at 0 before it moves, as the product does it.
    this.advance(now);
  }

  /** Lets the time go on to `now`, in seconds since the epoch. */
  advance(now: number): void {
    const passed = Math.max(0, now - this.#now);
    this.#now = now;
    for (const metric of METRICS) {
      if (metric.profiles.includes('latest')) this.#move(metric, passed);
    }
  }

  #move(metric: MetricEntry, passed: number): void {
    if (metric.kind === 'histogram') this.#observe(metric, passed);
    else if (metric.kind === 'gauge' || metric.name === 'purser.calls.in_flight') this.#measure(metric);
    else this.#count(metric, passed);
  }

  #noise(): number {
    return 0.8 + 0.4 * this.#random();
  }

  #add(metric: MetricEntry, labels: Labels, by: number): void {
    const kept: Record<string, string> = {};
    for (const [name, value] of Object.entries(labels)) if (metric.attributes.includes(name)) kept[name] = value;
    const id = `${prometheusName(metric)}{${key(kept)}}`;
    const counter = this.#counters.get(id) ?? { value: 0 };
    counter.value += by;
    this.#counters.set(id, counter);
  }

  #count(metric: MetricEntry, passed: number): void {
    if (metric.name === 'purser.budget.spend') {
      for (const made of BUDGETS) this.#add(metric, budgetLabels(made), passed * this.#pace(made) * (made.limit / made.windowSeconds) * this.#noise());
      return;
    }
    for (const one of LONE[metric.name] ?? []) this.#add(metric, one.labels, passed * this.#often(one, one.trouble ?? one.each, 0.0004) * this.#noise());
    if (LONE[metric.name] !== undefined) return;
    STREAMS.forEach((made, index) => {
      // One service spends far more than last week.
      const spike = this.trouble && metric.name === 'purser.cost' && made.attributes['purser.service'] === 'reports' ? 30 : 1;
      const calls = passed * made.callsPerSecond * tide(this.#now, index) * this.#noise() * spike;
      const each = PER_CALL[metric.name]?.(made) ?? 1;
      for (const one of SPLITS[metric.name] ?? [share(1, {})])
        this.#add(metric, { ...made.attributes, ...one.labels }, calls * each * this.#often(one, troubled(metric.name, made, one), 0.00004));
    });
  }

  #pace(made: MadeBudget): number {
    if (this.trouble) return made.troublePace;
    // One budget does not last, so that there is one to be seen.
    return this.blemished && made === BUDGETS[0] ? made.pace * 1.5 : made.pace;
  }

  #often(one: Share, trouble: number, blemish: number): number {
    if (this.trouble) return trouble;
    return one.each === 0 && this.blemished ? blemish : one.each;
  }

  #observe(metric: MetricEntry, passed: number): void {
    const add = (labels: Labels, median: number, count: number): void => {
      const kept: Record<string, string> = {};
      for (const [name, value] of Object.entries(labels)) if (metric.attributes.includes(name)) kept[name] = value;
      const id = `${prometheusName(metric)}{${key(kept)}}`;
      const bounds = metric.buckets ?? [];
      const state = this.#histograms.get(id) ?? { counts: bounds.map(() => 0), sum: 0, count: 0 };
      const moved = median * (0.9 + 0.2 * this.#random());
      bounds.forEach((bound, index) => {
        state.counts[index] = (state.counts[index] ?? 0) + count * below(bound, moved);
      });
      state.sum += count * moved * 1.1;
      state.count += count;
      this.#histograms.set(id, state);
    };
    for (const one of LONE_HISTOGRAMS[metric.name] ?? []) add(one.labels, one.median, passed * one.rate);
    STREAMS.forEach((made, index) => {
      for (const one of histogramOf(metric.name, made, this.trouble))
        add({ ...made.attributes, ...one.labels }, one.median, passed * made.callsPerSecond * one.each * tide(this.#now, index));
    });
  }

  #set(metric: MetricEntry, labels: Labels, value: number): void {
    this.#gauges.set(`${prometheusName(metric)}{${key(labels)}}`, value);
  }

  #measure(metric: MetricEntry): void {
    const set = (labels: Labels, value: number): void => this.#set(metric, labels, value);
    const { trouble } = this;
    if (metric.name.startsWith('purser.budget.')) {
      for (const made of BUDGETS) set(budgetLabels(made), this.#ofBudget(metric.name, made));
      return;
    }
    const models = new Map(STREAMS.map((made) => [made.attributes['gen_ai.request.model'] ?? '', made]));
    for (const [model, made] of models) {
      const labels = { 'gen_ai.provider.name': made.attributes['gen_ai.provider.name'] ?? '', 'gen_ai.request.model': model };
      if (metric.name === 'purser.calls.in_flight') set(labels, Math.round(made.callsPerSecond * made.seconds * tide(this.#now, 3)));
      for (const [kind, limit] of [
        ['requests', 4000],
        ['tokens', 2_000_000],
      ] as const) {
        const left = trouble && model === 'gpt-5-mini' ? 0.04 : 0.35 + 0.3 * tide(this.#now, model.length);
        if (metric.name === 'purser.ratelimit.limit') set({ ...labels, 'purser.limit_kind': kind }, limit);
        if (metric.name === 'purser.ratelimit.remaining') set({ ...labels, 'purser.limit_kind': kind }, limit * Math.min(1, left));
      }
    }
    if (metric.name === 'purser.store.up') {
      set({ 'purser.store': 'redis' }, trouble ? 0 : 1);
      set({ 'purser.store': 'sqlite' }, 1);
    }
    if (metric.name === 'purser.alerts.outbox') set({ 'purser.channel': 'slack' }, Math.round(2 * this.#random()));
    if (metric.name === 'purser.queue.length') set({ 'purser.rule': 'per-tenant' }, Math.round(3 * tide(this.#now, 5) * this.#random()));
    if (metric.name === 'purser.telemetry.queue')
      for (const [signal, size] of [
        ['traces', 180],
        ['logs', 60],
        ['metrics', 1],
      ] as const)
        set({ 'purser.signal': signal }, Math.round(size * this.#noise()));
    if (metric.name === 'purser.price_table.age') set({ 'purser.price_table.version': '2026-11-12' }, trouble ? 40 * 86_400 : 8.4 * 86_400);
    if (metric.name === 'purser.info') set({ 'purser.version': '0.1.0', 'purser.node.version': 'v24.21.0', 'purser.hooks': 'sync' }, 1);
  }

  #ofBudget(metric: string, made: MadeBudget): number {
    // The window stands so that an even pace would have used what is used.
    const start = this.#now - (this.#now % 3600) - Math.min(0.95, made.used / made.pace) * made.windowSeconds;
    const spent = this.#counters.get(`purser_budget_spend_total{${key(budgetLabels(made))}}`)?.value ?? 0;
    const base = (this.trouble ? (made.troubleUsed ?? made.used) : made.used) * made.limit;
    switch (metric) {
      case 'purser.budget.limit':
        return made.limit;
      case 'purser.budget.committed':
        return base + (this.trouble && made.troubleUsed !== undefined ? 0 : spent);
      case 'purser.budget.reserved':
        return made.limit * 0.004 * this.#noise();
      case 'purser.budget.window.start':
        return start;
      case 'purser.budget.window.end':
        return start + made.windowSeconds;
      default:
        return made.windowSeconds;
    }
  }

  // All samples of now; `name{labels}` and value.
  *samples(): Generator<readonly [series: string, value: number]> {
    for (const [id, counter] of this.#counters) yield [id, counter.value];
    for (const [id, value] of this.#gauges) yield [id, value];
    for (const [id, state] of this.#histograms) {
      const [name = '', rest = ''] = id.split(/\{(.*)\}$/);
      const with_ = (label: string): string => (rest === '' ? label : `${rest},${label}`);
      const bounds = METRICS.find((metric) => prometheusName(metric) === name)?.buckets ?? [];
      for (const [index, bound] of bounds.entries()) yield [`${name}_bucket{${with_(`le="${bound}"`)}}`, state.counts[index] ?? 0];
      yield [`${name}_bucket{${with_('le="+Inf"')}}`, state.count];
      yield [`${name}_sum{${rest}}`, state.sum];
      yield [`${name}_count{${rest}}`, state.count];
    }
  }

  /** The page as Prometheus scrapes it. */
  page(): string {
    let text = '';
    for (const [series, value] of this.samples()) text += `${series} ${value}\n`;
    return text;
  }
}

const budgetLabels = (made: MadeBudget): Labels => ({
  'purser.budget': made.id,
  'purser.budget.key': made.key,
  'purser.budget.unit': made.unit,
});
