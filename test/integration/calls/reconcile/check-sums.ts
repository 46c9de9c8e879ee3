import type { SpanLine } from '../../../support/preloaded.ts';
import { type Attributes, type Case, isLost, number, type Say, sum } from './case.ts';
import { isCalledOff, type PlannedCall } from './planned-call.ts';
import type { Accounts } from './run-plan.ts';

/** Sums of doubles differ by the order in which they were made. */
export const same = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

/** One metric as its last points say, summed over those that `wanted` takes. */
const metric = (
  { receiver }: Accounts,
  name: string,
  wanted: (attributes: Attributes) => boolean = () => true,
): { readonly value: number; readonly count: number } => {
  const points = receiver.latest(name).filter(({ attributes }) => wanted(attributes));
  return { value: sum(points, ({ value }) => value), count: sum(points, ({ count }) => count ?? 0) };
};

const OUTCOMES = ['completed', 'failed', 'blocked', 'cancelled', 'abandoned'] as const;

/** A metric, what its values or its counts have to come to, and of which series. */
type Wanted = readonly [name: string, sum: number, of?: 'value' | 'count', where?: Readonly<Record<string, string>>];

/** Kinds of calls, by their operations, each of which has metrics of its own. */
const kindOf = (span: Attributes): 'inference' | 'embeddings' | 'operation' => {
  const operation = String(span['gen_ai.operation.name']);
  if (operation === 'embeddings') return operation;
  return operation === 'chat' || operation === 'generate_content' ? 'inference' : 'operation';
};

/** What the metrics of calls of one kind have to come to, by their spans. */
const metricsOfKind = (all: readonly Attributes[], kind: 'inference' | 'embeddings' | 'operation'): readonly Wanted[] => {
  const spans = all.filter((span) => kindOf(span) === kind);
  const tokens = (name: string): number => sum(spans, (span) => number(span, name));
  const of = `gen_ai.client.${kind}`;
  const duration: Wanted = [`${of}.duration`, spans.length, 'count'];
  return kind === 'operation' ? [duration] : [duration, [`${of}.operation.input_tokens`, tokens('gen_ai.usage.input_tokens')]];
};

/** What each metric has to come to, by the spans. */
export const metricsOf = (spans: readonly Attributes[]): readonly Wanted[] => {
  const generating = spans.filter((span) => kindOf(span) === 'inference');
  const tokens = (name: string): number => sum(spans, (span) => number(span, name));
  const cost = sum(spans, (span) => number(span, 'gen_ai.usage.cost.amount'));
  const priced = spans.filter((span) => span['gen_ai.usage.cost.amount'] !== undefined).length;
  const usage = 'gen_ai.client.inference.usage';
  return [
    ['purser.calls', spans.length],
    ...OUTCOMES.map((kind) => ['purser.calls', spans.filter((span) => span['purser.outcome'] === kind).length, 'value', { 'purser.outcome': kind }] as const),
    ['purser.calls.in_flight', 0],
    ...metricsOfKind(spans, 'inference'),
    ...metricsOfKind(spans, 'embeddings'),
    ...metricsOfKind(spans, 'operation'),
    [`${usage}.input_tokens`, sum(generating, (span) => number(span, 'gen_ai.usage.input_tokens'))],
    [`${usage}.output_tokens`, tokens('gen_ai.usage.output_tokens')],
    [`${usage}.cache_read.input_tokens`, tokens('gen_ai.usage.cache_read.input_tokens')],
    [`${usage}.reasoning.output_tokens`, tokens('gen_ai.usage.reasoning.output_tokens')],
    ['gen_ai.client.inference.operation.output_tokens', tokens('gen_ai.usage.output_tokens')],
    ['gen_ai.client.inference.operation.output_tokens', generating.length, 'count'],
    ['gen_ai.client.inference.time_to_first_chunk', generating.filter((span) => span['gen_ai.response.time_to_first_chunk'] !== undefined).length, 'count'],
    ['gen_ai.client.operation.cost', cost],
    ['gen_ai.client.operation.cost', priced, 'count'],
    ['purser.cost', cost],
    ['purser.cost.items', cost],
    ['purser.unpriced_calls', spans.filter((span) => span['purser.cost.unpriced_reason'] !== undefined).length],
    ['purser.usage_missing', spans.filter((span) => span['purser.outcome'] === 'completed' && span['purser.usage.missing'] === true).length],
    ['purser.attempts', tokens('purser.attempts')],
    ['purser.retries', tokens('purser.retries')],
    ['purser.finish_reasons', sum(spans, (span) => ((span['gen_ai.response.finish_reasons'] as unknown[] | undefined) ?? []).length)],
    ['purser.ledger.records', spans.length],
    ['purser.ledger.failures', 0],
    ['purser.faults', 0],
  ];
};

/** Says where metrics differ from the spans. */
export const checkMetrics = (accounts: Accounts, spans: readonly Attributes[], say: Say): void => {
  for (const [name, wanted, of = 'value', where = {}] of metricsOf(spans)) {
    const got = metric(accounts, name, (attributes) => Object.entries(where).every(([label, value]) => attributes[label] === value))[of];
    if (!same(got, wanted)) say(`the ${of} of ${name} ${JSON.stringify(where)} is ${got}, by the spans ${wanted}`);
  }
  for (const { attributes, value } of accounts.receiver.latest('purser.calls.in_flight'))
    if (value !== 0) say(`${value} calls are in flight still by the series ${JSON.stringify(attributes)}`);
};

/** For so long nobody looks whether an answer that nobody reads is kept; one that is not kept ends its call. */
const LOOKED_FOR_MS = 4000;

/** Calls that ended before the app looked at its page are on it, and the others are in flight. */
export const checkPage = ({ page, exported }: Accounts, cases: readonly Case[], say: Say): void => {
  const on = (name: string): number => sum([...page.text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'gm'))], ([, value]) => Number(value));
  const begun = cases.filter(({ call }) => call.ending !== 'exit');
  const ends = new Map(exported.map(({ attributes, endMs }) => [attributes['purser.call.id'], endMs]));
  // An answer that nobody reads ends its call when it came, and is told of later.
  const isOpen = (call: PlannedCall): boolean => call.open === true && !isCalledOff(call);
  const endOf = ({ span }: Case): number => ends.get(span['purser.call.id']) ?? 0;
  const openAt = (ms: number, isCertain = false): number =>
    begun.filter((one) => (isOpen(one.call) && (!isCertain || endOf(one) > ms - LOOKED_FOR_MS)) || endOf(one) >= ms).length;
  const inFlight = on('purser_calls_in_flight');
  // Of a stream that the app called off nobody knows until somebody looks.
  const off = begun.filter(({ call }) => isCalledOff(call)).length;
  if (inFlight > openAt(page.fromMs - 1) + off || inFlight < openAt(page.untilMs + 1, true))
    say(`${inFlight} calls are in flight on the metrics page, not ${openAt(page.fromMs)}`);
  if (on('purser_calls_total') !== begun.length - inFlight)
    say(`${on('purser_calls_total')} calls have ended on the metrics page, and ${inFlight} run of ${begun.length}`);
};

/** Says where the store of budgets, its metrics and the bill differ. */
export const checkBudgets = (accounts: Accounts, cases: readonly Case[], say: Say): void => {
  const { budgets } = accounts;
  if (budgets.length === 0) return;
  const spent = (id: string): number => budgets.find((budget) => budget.id === id)?.spent ?? Number.NaN;
  const each = sum(cases, ({ charged }) => charged ?? 0) / 1e9;
  if (!same(spent('all'), each)) say(`the store charged $${spent('all')} in all, and $${each} call by call`);
  for (const { key, reserved } of budgets) if (reserved !== 0) say(`${reserved} of ${key} is reserved still`);
  const requests = sum(cases, ({ bill }) => bill.length);
  const lost = cases.filter(({ call, bill }) => isLost(call, bill)).length;
  if (spent('requests') < requests || spent('requests') > requests + lost)
    say(`the store charged ${spent('requests')} requests, the provider ${requests}, and ${lost} perhaps never came to it`);
  for (const id of ['all', 'tokens', 'requests']) {
    const of = (attributes: Attributes): boolean => attributes['purser.budget'] === id;
    const committed = metric(accounts, 'purser.budget.committed', of).value;
    const spend = metric(accounts, 'purser.budget.spend', of).value;
    const held = metric(accounts, 'purser.budget.reserved', of).value;
    if (!same(committed, spent(id)) || !same(spend, spent(id)) || held !== 0)
      say(`${id}: ${spent(id)} in the store, by the metrics ${committed} committed, ${spend} spent, ${held} reserved`);
  }
  const each$ = metric(accounts, 'purser.budget.spend', (attributes) => attributes['purser.budget'] === 'each').value;
  if (!same(each$, each)) say(`each: $${each} in the store, $${each$} by the metric`);
};

/** Says where what was sent over OTLP differs from the file of calls. */
export const checkExports = (accounts: Accounts, spans: readonly SpanLine[], say: Say): void => {
  const { receiver, exported } = accounts;
  const sent = new Map(exported.map((span) => [span.spanId, span]));
  const dropped = metric(accounts, 'purser.telemetry.dropped', (attributes) => attributes['purser.signal'] === 'traces').value;
  if (sent.size !== exported.length) say(`${exported.length - sent.size} spans were sent twice`);
  if (sent.size + dropped !== spans.length) say(`${sent.size} spans were sent and ${dropped} dropped, of ${spans.length} in the file`);
  for (const { spanId, attributes } of spans) {
    const other = sent.get(spanId);
    if (other === undefined) continue;
    for (const name of ['purser.call.id', 'purser.outcome', 'gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens', 'gen_ai.usage.cost.amount'])
      if (other.attributes[name] !== attributes[name])
        say(`${name} of ${spanId} is ${String(other.attributes[name])} over OTLP and ${String(attributes[name])} in the file`);
  }
  const failed = spans.filter(({ attributes }) => attributes['purser.outcome'] === 'failed').length;
  const exceptions = receiver.logs.filter(({ eventName }) => eventName === 'gen_ai.client.operation.exception').length;
  if (exceptions !== failed) say(`${exceptions} exceptions were told of, ${failed} calls failed`);
};
