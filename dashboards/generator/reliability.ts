import type { Frame } from './frame.ts';
import { bands, bars, lines, stat, table } from './panels.ts';
import { increase, label, legend, min, orZero, rate, sum, value } from './promql.ts';
import * as look from './theme.ts';

const PROVIDER = ['gen_ai.provider.name'] as const;
const providerName = legend('gen_ai.provider.name');
const failed = { where: 'purser_outcome="failed"' };
const limited = { where: 'http_response_status_code="429"' };
const unread = { where: 'purser_outcome=~"cancelled|abandoned"' };
const cut = { where: 'purser_finish_reason=~"length|max_tokens|content_filter|safety"' };
/** A share that is zero and not absent while there are calls but none of the kind. */
const share = (part: string, whole: string): string => `(${part} or 0 * ${whole}) / ${whole}`;

const summary = [
  stat({
    title: 'Success',
    about: 'Share of calls that completed, of those that completed or failed.',
    unit: 'percentunit',
    width: 4,
    decimals: 2,
    trend: true,
    thresholds: look.SUCCESS,
    queries: [
      [share(sum(rate('purser.calls', { where: 'purser_outcome="completed"' })), sum(rate('purser.calls', { where: 'purser_outcome=~"completed|failed"' })))],
    ],
  }),
  stat({
    title: 'Rate limited',
    about: 'Share of HTTP attempts that the provider answered with 429.',
    unit: 'percentunit',
    width: 4,
    decimals: 2,
    trend: true,
    thresholds: look.ERRORS,
    queries: [[share(sum(rate('purser.attempts', limited)), sum(rate('purser.attempts')))]],
  }),
  stat({
    title: 'Retries per 100 calls',
    about: 'Attempts after the first. Retries hide errors from users, but cost time and sometimes money.',
    unit: 'none',
    width: 4,
    decimals: 1,
    trend: true,
    thresholds: look.steps([0, 'green'], [5, 'orange'], [20, 'red']),
    queries: [[`100 * (${orZero(sum(rate('purser.retries')))}) / ${sum(rate('purser.calls'))}`]],
  }),
  stat({
    title: 'Least headroom',
    about: 'What is left of the tightest provider rate limit, as the provider last said.',
    unit: 'percentunit',
    width: 4,
    decimals: 0,
    thresholds: look.LEFT,
    quiet: 'not stated',
    queries: [
      [
        `min(${min(value('purser.ratelimit.remaining'), 'gen_ai.provider.name', 'gen_ai.request.model', 'purser.limit_kind')} / ${min(value('purser.ratelimit.limit'), 'gen_ai.provider.name', 'gen_ai.request.model', 'purser.limit_kind')})`,
      ],
    ],
  }),
  stat({
    title: 'Cut answers',
    about: 'Share of answers that ended at the token limit or in a content filter.',
    unit: 'percentunit',
    width: 4,
    decimals: 1,
    trend: true,
    thresholds: look.ERRORS,
    queries: [[share(sum(rate('purser.finish_reasons', cut)), sum(rate('purser.finish_reasons')))]],
  }),
  stat({
    title: 'Cancelled or abandoned',
    about: 'Share of calls that the app aborted, or whose stream nobody read to its end. Their tokens are paid for.',
    unit: 'percentunit',
    width: 4,
    decimals: 1,
    trend: true,
    thresholds: look.ERRORS,
    queries: [[share(sum(rate('purser.calls', unread)), sum(rate('purser.calls')))]],
  }),
];

const errors = [
  bands({
    title: 'Providers',
    about: 'Share of calls to each provider that succeeded: green from 99 %, orange from 95 %, red below.',
    unit: 'percentunit',
    width: 8,
    height: 8,
    thresholds: look.SUCCESS,
    queries: [
      [
        `1 - ${share(sum(rate('purser.calls', failed), ...PROVIDER), sum(rate('purser.calls', { where: 'purser_outcome=~"completed|failed"' }), ...PROVIDER))}`,
        providerName,
      ],
    ],
  }),
  lines({
    title: 'Errors per second by type',
    about: 'HTTP status, code or class of the errors that calls ended with, after retries.',
    unit: 'reqps',
    width: 8,
    stacked: true,
    quiet: 'no errors',
    queries: [[sum(rate('purser.calls', failed), 'error.type'), legend('error.type')]],
  }),
  lines({
    title: 'Failed share by model',
    about: 'Whether one model fails or all of them.',
    unit: 'percentunit',
    width: 8,
    queries: [
      [share(sum(rate('purser.calls', failed), 'gen_ai.request.model'), sum(rate('purser.calls'), 'gen_ai.request.model')), legend('gen_ai.request.model')],
    ],
  }),
  table({
    title: 'What failed',
    about: 'Failed calls of the time shown by service, model and type of error.',
    width: 12,
    height: 8,
    sortBy: 'Calls',
    quiet: 'nothing failed',
    keys: [
      { label: label('purser.service'), title: 'Service' },
      { label: label('gen_ai.provider.name'), title: 'Provider' },
      { label: label('gen_ai.request.model'), title: 'Model' },
      { label: label('error.type'), title: 'Error' },
    ],
    columns: [
      {
        title: 'Calls',
        query: `${sum(increase('purser.calls', failed), 'purser.service', 'gen_ai.provider.name', 'gen_ai.request.model', 'error.type')} > 0`,
        unit: 'locale',
        decimals: 0,
        look: 'bar',
        thresholds: look.steps([0, 'red']),
      },
    ],
  }),
  lines({
    title: 'Calls per second by outcome',
    about: 'Completed, failed, blocked, cancelled and abandoned calls.',
    unit: 'reqps',
    width: 12,
    stacked: true,
    colors: look.OUTCOME_COLORS,
    queries: [[sum(rate('purser.calls'), 'purser.outcome'), legend('purser.outcome')]],
  }),
];

const limits = [
  lines({
    title: 'Attempts per second by status',
    about: 'HTTP exchanges inside calls, retries included. 429 and 5xx here that are not among the errors were cured by retries.',
    unit: 'reqps',
    width: 8,
    stacked: true,
    quiet: 'no attempts',
    queries: [
      [sum(rate('purser.attempts', { where: 'http_response_status_code!=""' }), 'http.response.status_code'), legend('http.response.status_code')],
      [sum(rate('purser.attempts', { where: 'http_response_status_code=""' }), 'error.type'), `no answer: ${legend('error.type')}`],
    ],
  }),
  lines({
    title: 'Rate limited share by model',
    about: 'Share of attempts that were answered with 429.',
    unit: 'percentunit',
    width: 8,
    queries: [
      [
        share(sum(rate('purser.attempts', limited), 'gen_ai.request.model'), sum(rate('purser.attempts'), 'gen_ai.request.model')),
        legend('gen_ai.request.model'),
      ],
    ],
  }),
  lines({
    title: 'Retries per second by model',
    about: 'Attempts after the first inside one call.',
    unit: 'reqps',
    width: 8,
    quiet: 'no retries',
    queries: [[sum(rate('purser.retries'), 'gen_ai.request.model'), legend('gen_ai.request.model')]],
  }),
  bars({
    title: 'Headroom now',
    about: "What is left of the providers' rate limits, by what they limit: requests or tokens.",
    unit: 'percentunit',
    width: 8,
    max: 1,
    thresholds: look.LEFT,
    quiet: 'not stated by the provider',
    queries: [
      [
        `${min(value('purser.ratelimit.remaining'), 'gen_ai.request.model', 'purser.limit_kind')} / ${min(value('purser.ratelimit.limit'), 'gen_ai.request.model', 'purser.limit_kind')}`,
        legend('gen_ai.request.model', 'purser.limit_kind'),
      ],
    ],
  }),
  lines({
    title: 'Headroom over time',
    about: 'Share that is left of each rate limit. A line that touches zero turns into 429s.',
    unit: 'percentunit',
    width: 8,
    max: 1,
    quiet: 'not stated by the provider',
    queries: [
      [
        `${min(value('purser.ratelimit.remaining'), 'gen_ai.request.model', 'purser.limit_kind')} / ${min(value('purser.ratelimit.limit'), 'gen_ai.request.model', 'purser.limit_kind')}`,
        legend('gen_ai.request.model', 'purser.limit_kind'),
      ],
    ],
  }),
  lines({
    title: 'Refused by policies',
    about: 'Calls that your own policies refused, by policy and reason: an open circuit breaker, a rate limit, a budget.',
    unit: 'reqps',
    width: 8,
    stacked: true,
    quiet: 'nothing refused',
    queries: [
      [
        sum(rate('purser.policy.decisions', { where: 'purser_decision="refused"' }), 'purser.policy', 'purser.reason'),
        legend('purser.policy', 'purser.reason'),
      ],
    ],
  }),
];

const answers = [
  lines({
    title: 'Finish reasons',
    about: 'How answers came to their end. Many at the length limit: raise it, or ask for less.',
    unit: 'reqps',
    width: 8,
    stacked: true,
    queries: [[sum(rate('purser.finish_reasons'), 'purser.finish_reason'), legend('purser.finish_reason')]],
  }),
  lines({
    title: 'Tool calls asked for',
    about: 'Which tools models ask for. A sudden line can be an agent that loops.',
    unit: 'reqps',
    width: 8,
    stacked: true,
    quiet: 'no tool calls',
    queries: [[`topk(12, ${sum(rate('purser.tool_calls'), 'gen_ai.tool.name')})`, legend('gen_ai.tool.name')]],
  }),
  lines({
    title: 'Cancelled or abandoned share by service',
    about: 'Which service gives up on its calls.',
    unit: 'percentunit',
    width: 8,
    queries: [[share(sum(rate('purser.calls', unread), 'purser.service'), sum(rate('purser.calls'), 'purser.service')), legend('purser.service')]],
  }),
  lines({
    title: 'Usage missing or odd',
    about:
      'Calls that should have reported their usage and did not, or whose numbers contradict each other or break off: their cost is estimated or unknown. What is asked over a WebSocket or by gRPC is in no sum at all.',
    unit: 'reqps',
    width: 12,
    bars: true,
    quiet: 'all usage reported',
    queries: [
      [sum(rate('purser.usage_missing'), 'gen_ai.request.model'), `${legend('gen_ai.request.model')} missing`],
      [sum(rate('purser.usage_flags'), 'purser.flag'), legend('purser.flag')],
      [sum(rate('purser.unseen_requests'), 'purser.reason', 'gen_ai.provider.name'), `${legend('purser.reason')} to ${legend('gen_ai.provider.name')}`],
    ],
  }),
  table({
    title: 'SDKs in use',
    about: 'Calls by SDK and service in the time shown: which service still runs an old one, and what goes through the wire tap alone.',
    width: 12,
    height: 8,
    sortBy: 'Calls',
    keys: [
      { label: label('purser.sdk'), title: 'SDK' },
      { label: label('purser.service'), title: 'Service' },
    ],
    columns: [{ title: 'Calls', query: sum(increase('purser.calls'), 'purser.sdk', 'purser.service'), unit: 'locale', decimals: 0, look: 'bar' }],
  }),
];

/** Whether calls succeed, and what stops them. */
export const reliability: Frame = {
  uid: 'purser-reliability',
  title: 'Purser / Reliability',
  about: 'Errors, rate limits, retries and headroom by provider and model; how answers end, and what policies refused.',
  sections: [
    { title: 'At a glance', panels: summary },
    { title: 'Errors', panels: errors },
    { title: 'Rate limits and retries', panels: limits },
    { title: 'Answers', panels: answers },
  ],
};
