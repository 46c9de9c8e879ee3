import { METRICS, type MetricEntry } from '../../src/telemetry/catalog/metrics.ts';
import { prometheusLabel, prometheusName } from '../../src/telemetry/catalog/prometheus-name.ts';

const ATTRIBUTES = new Set(METRICS.flatMap((metric) => metric.attributes));

/** The attributes that a dashboard variable narrows, and the variable. */
const FILTERS: readonly (readonly [attribute: string, variable: string])[] = [
  ['purser.environment', 'environment'],
  ['purser.service', 'service'],
  ['gen_ai.provider.name', 'provider'],
  ['gen_ai.request.model', 'model'],
  ['purser.tenant', 'tenant'],
  ['purser.feature', 'feature'],
];

/** The series whose presence says that a process belongs to the chosen services and environments. */
const PROCESSES = 'purser_calls_total{purser_environment=~"$environment", purser_service=~"$service"}';

const entryOf = (metric: string): MetricEntry => {
  const found = METRICS.find((entry) => entry.name === metric);
  if (found === undefined) throw new Error(`no metric ${metric} in the catalog`);
  return found;
};

/** The label of a catalog attribute, or what Prometheus itself adds; throws for one that the catalog does not know. */
export const label = (attribute: string): string => {
  if (attribute === 'job' || attribute === 'le') return attribute;
  if (!ATTRIBUTES.has(attribute)) throw new Error(`no attribute ${attribute} in the catalog`);
  return prometheusLabel(attribute);
};

/** A legend that shows the given attributes, one after another. */
export const legend = (...attributes: readonly string[]): string => attributes.map((attribute) => `{{${label(attribute)}}}`).join(' ');

/** Which series of a metric to take. */
export interface Pick {
  /** Further matchers, such as `purser_outcome="failed"`. */
  readonly where?: string;
  readonly suffix?: '_bucket' | '_sum' | '_count';
  /** A range such as `1h`; by default the panel's own. */
  readonly range?: string;
  readonly offset?: string;
}

const selector = (entry: MetricEntry, pick: Pick): string => {
  const matchers = FILTERS.filter(([attribute]) => entry.attributes.includes(attribute)).map(([attribute, variable]) => `${label(attribute)}=~"$${variable}"`);
  if (pick.where !== undefined) matchers.push(pick.where);
  const name = prometheusName(entry) + (pick.suffix ?? '');
  return matchers.length === 0 ? name : `${name}{${matchers.join(', ')}}`;
};

/** Metrics that do not say their service keep to the chosen ones through the process that reports them. */
const joined = (entry: MetricEntry, expression: string, processes = PROCESSES): string =>
  entry.attributes.includes('purser.service') ? expression : `${expression} and on (job, instance) ${processes}`;

const over = (how: 'rate' | 'increase' | 'delta', metric: string, range: string, pick: Pick): string => {
  const entry = entryOf(metric);
  const offset = pick.offset === undefined ? '' : ` offset ${pick.offset}`;
  // Over the same time, so that a process that has ended since still counts with what it did. Lines are asked at many points, and have no need of it.
  const present = range === '$__rate_interval' ? `${PROCESSES}${offset}` : `last_over_time(${PROCESSES}[${range}]${offset})`;
  return joined(entry, `${how}(${selector(entry, pick)}[${range}]${offset})`, present);
};

/** The rate a second of a counter over the panel's rate interval. */
export const rate = (metric: string, pick: Pick = {}): string => over('rate', metric, pick.range ?? '$__rate_interval', pick);

/** What a counter grew by over the whole range that the dashboard shows. */
export const increase = (metric: string, pick: Pick = {}): string => over('increase', metric, pick.range ?? '$__range', pick);

/** What an up-down counter moved by over the whole range that the dashboard shows. */
export const delta = (metric: string, pick: Pick = {}): string => over('delta', metric, pick.range ?? '$__range', pick);

/** The present value of a gauge. */
export const value = (metric: string, pick: Pick = {}): string => {
  const entry = entryOf(metric);
  const offset = pick.offset === undefined ? '' : ` offset ${pick.offset}`;
  return joined(entry, `${selector(entry, pick)}${offset}`);
};

/** The present value of a gauge in whatever process, for the right side of `unless`. */
export const anywhere = (metric: string, pick: Pick = {}): string => selector(entryOf(metric), pick);

const aggregate = (operator: string, by: readonly string[], expression: string): string =>
  by.length === 0 ? `${operator}(${expression})` : `${operator} by (${by.map(label).join(', ')}) (${expression})`;

/** The sum of an expression by attributes of the catalog. */
export const sum = (expression: string, ...by: readonly string[]): string => aggregate('sum', by, expression);

/** The maximum of an expression by attributes of the catalog. */
export const max = (expression: string, ...by: readonly string[]): string => aggregate('max', by, expression);

/** The minimum of an expression by attributes of the catalog. */
export const min = (expression: string, ...by: readonly string[]): string => aggregate('min', by, expression);

/** Zero where a counter has not been born yet. */
export const orZero = (expression: string): string => `${expression} or vector(0)`;

/**
 * Calls of every kind: the latest conventions split their durations over three metrics, v1.41 keeps one.
 * `or` takes a series from the first that has its labels, so that emitting both profiles counts nothing twice.
 */
const DURATIONS = ['gen_ai.client.inference.duration', 'gen_ai.client.operation.duration', 'gen_ai.client.embeddings.duration'] as const;

/** Rates of the duration histogram over all kinds of calls. */
export const durations = (pick: Pick): string => DURATIONS.map((metric) => rate(metric, pick)).join(' or ');

/** A quantile of the duration of calls, by attributes. */
export const durationQuantile = (quantile: number, by: readonly string[], pick: Pick = {}): string =>
  `histogram_quantile(${quantile}, ${sum(durations({ ...pick, suffix: '_bucket' }), ...by, 'le')})`;

/** A quantile of any histogram of the catalog, by attributes. */
export const quantile = (wanted: number, metric: string, by: readonly string[], pick: Pick = {}): string =>
  `histogram_quantile(${wanted}, ${sum(rate(metric, { ...pick, suffix: '_bucket' }), ...by, 'le')})`;

/**
 * Tokens a second of one kind: the counter of the latest conventions, or the histogram of v1.41.
 * Each process counts with one of them: with the counter if it has both.
 */
export const tokens = (kind: 'input' | 'output', by: readonly string[], how: 'rate' | 'increase' = 'rate'): string => {
  const grow = how === 'rate' ? rate : increase;
  const latest = grow(`gen_ai.client.inference.usage.${kind}_tokens`);
  const older = grow('gen_ai.client.token.usage', { suffix: '_sum', where: `gen_ai_token_type="${kind}"` });
  return sum(`${latest} or ${older} unless on (job, instance) ${latest}`, ...by);
};
