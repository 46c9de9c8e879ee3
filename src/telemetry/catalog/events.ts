/** One event: on a span, or as a log record. */
export interface EventEntry {
  readonly name: string;
  readonly as: 'span event' | 'log record';
  /** As OpenTelemetry counts: 5 debug, 9 info, 13 warn, 17 error; `by event` where each one says its own. */
  readonly severity: 'DEBUG' | 'WARN' | 'by event' | undefined;
  readonly description: string;
  readonly source: string;
}

const GENAI = 'https://github.com/open-telemetry/semantic-conventions-genai (main, 2026-11)';

const governance = (name: string, description: string): EventEntry => ({ name, as: 'log record', severity: 'by event', description, source: 'purser' });

/** Every event that Purser emits. */
export const EVENTS: readonly EventEntry[] = [
  {
    name: 'purser.attempt',
    as: 'span event',
    severity: undefined,
    description: 'One HTTP exchange inside a call: number, status, duration and the wait that the provider asked for.',
    source: 'purser',
  },
  {
    name: 'gen_ai.client.inference.operation.details',
    as: 'log record',
    severity: 'DEBUG',
    description: "The call's attributes with prompt and answer; only when content is captured on events.",
    source: GENAI,
  },
  {
    name: 'gen_ai.client.operation.exception',
    as: 'log record',
    severity: 'WARN',
    description: 'The error that the app got, cleaned.',
    source: GENAI,
  },
  governance('purser.budget.threshold', 'A budget passed one of its thresholds; once for each window and limit over all processes.'),
  governance('purser.budget.exhausted', 'A budget refused a call for the first time in its window.'),
  governance(
    'purser.budget.forecast',
    'A budget will be used up before its window ends, at the pace of late; once for each window and limit, not where the window rolls.',
  ),
  governance(
    'purser.budget.burn_rate',
    'A budget is spent more than 14.4 times as fast as it would last; once for each window and limit, of a window that rolls for each span of its length.',
  ),
  governance('purser.cost.unpriced', 'A call has no price: its money is in no sum; once a day for each model and reason.'),
  governance('purser.unusual.spend', 'A service spent more today than a multiple of its usual day.'),
  governance('purser.unusual.call_rate', 'A service made more calls in an hour than a multiple of what is usual.'),
  governance('purser.unusual.error_rate', 'More of the calls of a service failed in an hour than a multiple of what is usual.'),
  governance('purser.unusual.tokens_per_call', 'The calls of a service to a model use more tokens than a multiple of what is usual.'),
  governance('purser.unusual.new_model', 'A service calls a model that it did not call before.'),
  governance('purser.unusual.new_key', 'A service uses an API key that it did not use before; told by its fingerprint.'),
  governance('purser.unusual.night_time', 'A service makes calls in an hour of the day that is usually quiet.'),
  governance('purser.unusual.retry_storm', 'The calls of a service are tried again more often than a multiple of what is usual.'),
  governance('purser.store.unavailable', 'The store of budgets or limits does not answer; `on_store_unavailable` decides about calls.'),
  governance('purser.store.recovered', 'The store of budgets answers again.'),
  governance('purser.store.data_lost', 'The store came back without what it held.'),
  governance('purser.store.not_durable', 'The store is set up so that it may forget.'),
  governance('purser.price_table.updated', 'Another price table is in use.'),
  governance('purser.price_table.refused', 'A fetched price table was refused.'),
  governance('purser.price_table.stale', 'The price table is older than its owner allows.'),
  governance('purser.price_table.newer_model', 'A model is newer than the price table.'),
];
