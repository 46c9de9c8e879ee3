import { attributeOf, type AttributePlace } from './attribute-entry.ts';

const own = attributeOf('purser');
const CALLS: readonly AttributePlace[] = ['inference', 'embeddings', 'operation', 'fetch_response'];
const LABEL: readonly AttributePlace[] = [...CALLS, 'metric'];
const METRIC: readonly AttributePlace[] = ['metric'];
const METRIC_AND_LOG: readonly AttributePlace[] = ['metric', 'log'];
const CLOSED = { closed: true } as const;

const CALL = {
  'purser.call.id': own('string', 'required', CALLS, 'The id of the call, the same in the ledger and in alerts.', CLOSED),
  'purser.outcome': own('string', 'required', LABEL, 'How the call ended: completed, failed, blocked, cancelled or abandoned.', CLOSED),
  'purser.abandoned.reason': own('string', 'conditionally_required', CALLS, 'Why nobody ended the call: collected, process_exit, idle or unread.', CLOSED),
  'purser.dialect': own('string', 'required', CALLS, 'The wire format of the call.', CLOSED),
  'purser.sdk': own('string', 'required', LABEL, 'The SDK that made the call, or `wire`.', CLOSED),
  'purser.sdk.version': own('string', 'recommended', CALLS, 'The version of the SDK.'),
  'purser.stream': own('string', 'recommended', METRIC, 'Whether the answer was streamed: true or false.', CLOSED),
  'purser.stream.chunks': own('int', 'recommended', CALLS, 'How many chunks the app read.'),
  'purser.output_speed': own('double', 'recommended', CALLS, 'Output tokens a second, after the first chunk for streams.'),
  'purser.request.id': own('string', 'recommended', [...CALLS, 'attempt'], "The provider's id of the request, for its support."),
  'purser.attempts': own('int', 'required', CALLS, 'HTTP exchanges inside the call, retries included.'),
  'purser.retries': own('int', 'recommended', CALLS, 'Exchanges after the first; absent when there were none.'),
  'purser.tool_calls': own('string[]', 'recommended', CALLS, 'The tools that the model asked for, by name.'),
  'purser.response.speed': own('string', 'recommended', CALLS, 'The speed mode that served the call.'),
  'purser.response.geo': own('string', 'recommended', CALLS, 'Where the provider says that it ran the call.'),
  'purser.response.status': own('string', 'recommended', CALLS, 'The state of the response, where its API has one.'),
  'purser.response.service_tier': own('string', 'recommended', CALLS, 'The tier that served the call, at any provider.'),
  'purser.ratelimit.limit_requests': own('int', 'recommended', CALLS, "The provider's limit of requests, from its headers."),
  'purser.ratelimit.remaining_requests': own('int', 'recommended', CALLS, 'What is left of the limit of requests.'),
  'purser.ratelimit.limit_tokens': own('int', 'recommended', CALLS, "The provider's limit of tokens, from its headers."),
  'purser.ratelimit.remaining_tokens': own('int', 'recommended', CALLS, 'What is left of the limit of tokens.'),
  'purser.usage.flags': own('string[]', 'recommended', CALLS, "What is odd about the provider's numbers.", CLOSED),
  'purser.usage.missing': own('boolean', 'recommended', CALLS, 'True when the call should have reported usage and did not.'),
  'purser.usage.passes': own('int', 'recommended', CALLS, 'In how many passes the provider ran the call, when more than one.'),
  'purser.usage.cache_write_1h.input_tokens': own(
    'int',
    'recommended',
    CALLS,
    'Of the tokens written to a cache, those kept for an hour, or for twelve at OpenAI.',
  ),
  'purser.usage.fees.*': own('int', 'recommended', CALLS, 'Things charged by the piece, such as `webSearch`.'),
} as const;

const LABELS = {
  'purser.service': own('string', 'recommended', LABEL, 'The service that the call is for.'),
  'purser.environment': own('string', 'recommended', LABEL, 'The environment: production, staging and so on.'),
  'purser.team': own('string', 'recommended', LABEL, 'The team that answers for the call.'),
  'purser.feature': own('string', 'recommended', LABEL, 'The feature that the call is for.'),
  'purser.tenant': own('string', 'recommended', LABEL, 'The customer that the call is for.'),
  'purser.user': own('string', 'recommended', CALLS, 'The end user that the call is for; hashed where configured.'),
  'purser.tag.*': own('string', 'recommended', CALLS, "The owner's own labels."),
} as const;

const COST = {
  'purser.cost.table_version': own('string', 'required', CALLS, 'The price table that was used.'),
  'purser.cost.effective_from': own('string', 'recommended', CALLS, 'The day from which the price holds.'),
  'purser.cost.match': own('string', 'recommended', CALLS, 'How the price was found: exact, alias, dated, prefix, override, provider or free.', CLOSED),
  'purser.cost.confidence': own('string', 'recommended', CALLS, 'How much the price can be trusted: exact, inferred, partial or disputed.', CLOSED),
  'purser.cost.matched_model': own('string', 'recommended', CALLS, 'The model in the table that gave the price.'),
  'purser.cost.unpriced': own(
    'string[]',
    'recommended',
    CALLS,
    'What was used and has no price; not in the amount. It may hold a word of the provider or the app, such as a tier of service.',
  ),
  'purser.cost.unpriced_reason': own('string', 'conditionally_required', CALLS, 'Why the call has no cost.', CLOSED),
  'purser.cost.item.*': own('double', 'recommended', CALLS, 'Dollars for one line of the bill, such as `cacheRead`.'),
  'purser.cost.cache_savings': own('double', 'recommended', CALLS, 'Dollars that reading from the cache saved.'),
  'purser.cost.cache_write_premium': own('double', 'recommended', CALLS, 'Dollars that writing to the cache cost above plain input.'),
  'purser.cost.batch_saving': own('double', 'recommended', CALLS, 'Dollars that the batch or flex tier would have saved.'),
  'purser.cost.long_context_headroom': own('int', 'recommended', CALLS, 'Prompt tokens left below the long-context price; negative when crossed.'),
  'purser.cost.tier_requested': own('string', 'recommended', CALLS, 'The tier that was asked for, when another one served.'),
  'purser.cost.tier_served': own('string', 'recommended', CALLS, 'The tier that served, when another one was asked for.'),
  'purser.cost.estimated': own('boolean', 'recommended', CALLS, 'True when the usage was estimated and not reported.'),
  'purser.cost.item': own('string', 'required', METRIC, 'What was bought.', CLOSED),
} as const;

const POLICY = {
  'purser.blocked.code': own('string', 'conditionally_required', CALLS, 'Why a policy refused or stopped the call.', CLOSED),
  'purser.blocked.policy': own('string', 'conditionally_required', CALLS, 'The policy that refused.', CLOSED),
  'purser.blocked.rule': own('string', 'conditionally_required', CALLS, 'The rule or budget that refused.'),
  'purser.blocked.retry_at': own('double', 'recommended', CALLS, 'When a new try may pass, in seconds since the epoch.'),
  'purser.budget.would_refuse': own('string', 'recommended', CALLS, 'The first budget that only watches and would have refused the call.'),
  'purser.queue.wait': own('double', 'recommended', CALLS, 'Seconds that the call waited for room in a limit before it was sent or refused.'),
  'purser.queue.rule': own('string', 'recommended', CALLS, 'The limit that the call waited for.'),
  'purser.policy.*': own('any', 'recommended', CALLS, 'Marks that policies leave, such as `purser.policy.downgraded`.', { closed: false }),
} as const;

const EVENTS = {
  'purser.attempt.number': own('int', 'required', ['attempt'], '1 for the first exchange.'),
  'purser.attempt.duration': own('double', 'required', ['attempt'], 'Seconds until the headers of the answer came, the first of its bytes.'),
  'purser.attempt.request_bytes': own('int', 'recommended', ['attempt'], "Length of the request's body as it was sent."),
  'purser.attempt.response_bytes': own('int', 'recommended', ['attempt'], "Length of the answer's body as its headers say it; absent on streams."),
  'purser.attempt.connection_reused': own('boolean', 'recommended', ['attempt'], 'Whether another exchange went over the same connection before.'),
  'purser.attempt.retry_after': own('double', 'recommended', ['attempt'], 'Seconds that the provider asked to wait.'),
  'purser.event.severity': own('string', 'required', ['log'], 'info, warning or error.', CLOSED),
  'purser.event.key': own('string', 'required', ['log'], 'The same for the same event seen twice.'),
  'purser.event.*': own('any', 'recommended', ['log'], 'Further facts of the event, by name.', { closed: false }),
  'purser.budget.mode': own('string', 'recommended', ['log'], 'What the budget does when it is used up.', CLOSED),
  'purser.budget.limit': own('double', 'recommended', ['log'], "The budget's limit in its unit."),
  'purser.budget.committed': own('double', 'recommended', ['log'], 'What is charged to the budget in this window.'),
  'purser.budget.reserved': own('double', 'recommended', ['log'], 'What calls in flight hold of the budget.'),
  'purser.budget.used_ratio': own('double', 'recommended', ['log'], 'The share of the limit that is charged; 1 is all of it.'),
  'purser.budget.window.start': own('double', 'recommended', ['log'], 'When the window began, in seconds since the epoch.'),
  'purser.budget.window.end': own('double', 'recommended', ['log'], 'When the window ends, in seconds since the epoch.'),
} as const;

const METRICS_ONLY = {
  'purser.reason': own('string', 'required', METRIC, 'Why, in one word.', CLOSED),
  'purser.flag': own('string', 'required', METRIC, "What is odd about the provider's numbers.", CLOSED),
  'purser.finish_reason': own('string', 'required', METRIC, 'How a choice ended.'),
  'purser.limit_kind': own('string', 'required', METRIC, 'requests or tokens.', CLOSED),
  'purser.rule': own('string', 'required', METRIC, 'The id of the rule.'),
  'purser.policy': own('string', 'required', METRIC, 'The policy.', CLOSED),
  'purser.decision': own('string', 'required', METRIC, 'admitted, refused or would_refuse.', CLOSED),
  'purser.mode': own('string', 'required', METRIC, 'The mode of the rule.', CLOSED),
  'purser.budget': own('string', 'required', METRIC_AND_LOG, 'The id of the budget.'),
  'purser.budget.key': own('string', 'required', METRIC_AND_LOG, 'What the budget is split by: the value, or empty.'),
  'purser.budget.unit': own('string', 'required', METRIC_AND_LOG, 'usd, tokens or requests.', CLOSED),
  'purser.budget.threshold': own('double', 'required', METRIC_AND_LOG, 'The threshold that was crossed.', CLOSED),
  'purser.store': own('string', 'required', METRIC_AND_LOG, 'The store.'),
  'purser.channel': own('string', 'required', METRIC, 'The alert channel.'),
  'purser.result': own('string', 'required', METRIC, 'How it went, in one word.', CLOSED),
  'purser.detector': own('string', 'required', METRIC, 'The detector that fired.'),
  'purser.place': own('string', 'required', METRIC, 'Where the value stood.', CLOSED),
  'purser.content.mode': own('string', 'required', METRIC, 'off, captured, dropped or sampled_out.', CLOSED),
  'purser.signal': own('string', 'required', METRIC, 'traces, metrics or logs.', CLOSED),
  'purser.cause': own('string', 'required', METRIC, 'The cause, a fixed word.', CLOSED),
  'purser.label': own('string', 'required', METRIC, 'The label whose values exceeded the cap.', CLOSED),
  'purser.price_table.version': own('string', 'required', METRIC, 'The version of the price table.'),
  'purser.version': own('string', 'required', METRIC, 'The version of Purser.', CLOSED),
  'purser.node.version': own('string', 'required', METRIC, 'The version of Node.', CLOSED),
  'purser.hooks': own('string', 'required', METRIC, 'Which module hooks are in force.', CLOSED),
} as const;

/** The attributes whose names are ours. */
export const PURSER_ATTRIBUTES = { ...CALL, ...LABELS, ...COST, ...POLICY, ...EVENTS, ...METRICS_ONLY } as const;
