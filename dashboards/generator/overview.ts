import { budgetQueries } from './budget-queries.ts';
import type { Frame } from './frame.ts';
import { lines, stat, table } from './panels.ts';
import { delta, durationQuantile, increase, label, legend, orZero, quantile, rate, sum, tokens } from './promql.ts';
import * as look from './theme.ts';

const budget = budgetQueries(false);
const spent = sum(increase('purser.cost'));
const share = (part: string, whole: string): string => `${part} / ${whole}`;

const judgement = [
  stat({
    title: 'Spend, shown time',
    about: 'Money spent on priced calls in the time shown. Calls without a known price are not in it: see Unpriced calls.',
    unit: 'currencyUSD',
    width: 3,
    queries: [[orZero(spent)]],
  }),
  stat({
    title: 'Spend per hour',
    about: 'The present pace of spending, and how it moved.',
    unit: 'currencyUSD',
    width: 3,
    trend: true,
    queries: [[`${sum(rate('purser.cost'))} * 3600`]],
  }),
  stat({
    title: 'Against a day ago',
    about: 'Spend of the last hour against the same hour yesterday; +100 % is twice as much. Look at the tables below for who it is.',
    unit: 'percentunit',
    width: 3,
    decimals: 0,
    thresholds: look.steps([-1, 'green'], [0.5, 'orange'], [2, 'red']),
    quiet: 'no yesterday',
    queries: [[`${sum(increase('purser.cost', { range: '1h' }))} / ${sum(increase('purser.cost', { range: '1h', offset: '1d' }))} - 1`]],
  }),
  stat({
    title: 'Fullest budget',
    about: 'The budget that is closest to its limit. At 100 % its calls are refused where it is enforced.',
    unit: 'percentunit',
    width: 3,
    decimals: 0,
    thresholds: look.USED,
    quiet: 'no budgets',
    queries: [[`max(${budget.used})`]],
  }),
  stat({
    title: 'First budget runs out in',
    about: 'Time until the first budget is used up, at the pace of the last hour, of those that do not last until their window ends.',
    unit: 's',
    width: 3,
    decimals: 0,
    thresholds: look.TIME_LEFT,
    quiet: 'all last',
    queries: [[`min(${budget.secondsToExhaustion})`]],
  }),
  stat({
    title: 'Failed calls',
    about: 'Share of calls that the provider, the network or the SDK failed. Refused and cancelled calls do not count as failed.',
    unit: 'percentunit',
    width: 3,
    decimals: 2,
    trend: true,
    thresholds: look.ERRORS,
    queries: [[share(`(${orZero(sum(rate('purser.calls', { where: 'purser_outcome="failed"' })))})`, sum(rate('purser.calls')))]],
  }),
  stat({
    title: 'Duration p95',
    about: 'Nineteen of twenty calls end within this time, retries and the whole stream included.',
    unit: 's',
    width: 3,
    trend: true,
    thresholds: look.WAIT,
    queries: [[durationQuantile(0.95, [])]],
  }),
  stat({
    title: 'First chunk p95',
    about: 'Nineteen of twenty streams show their first chunk within this time.',
    unit: 's',
    width: 3,
    trend: true,
    thresholds: look.FIRST_CHUNK,
    queries: [[quantile(0.95, 'gen_ai.client.inference.time_to_first_chunk', [])]],
  }),
];

const answers = [
  lines({
    title: 'Who: spend per hour by service',
    about: 'Which service spends, and since when. The dashed line is the total a day earlier: a gap to it is not normal.',
    unit: 'currencyUSD',
    width: 7,
    height: 9,
    stacked: true,
    dashed: ['a day earlier'],
    queries: [
      [`${sum(rate('purser.cost'), 'purser.service')} * 3600`, legend('purser.service')],
      [`${sum(rate('purser.cost', { offset: '1d' }))} * 3600`, 'a day earlier'],
    ],
  }),
  lines({
    title: 'On what: spend per hour by model',
    about: 'Which models the money goes to, by the model that was asked for.',
    unit: 'currencyUSD',
    width: 7,
    height: 9,
    stacked: true,
    queries: [[`${sum(rate('purser.cost'), 'gen_ai.request.model')} * 3600`, legend('gen_ai.request.model')]],
  }),
  table({
    title: 'When: budgets and how long they last',
    about:
      'Every budget: what is used, where it will be at the end of its window at the pace of the last hour, and when it runs out, if it does before. Open Cost and budgets for one of them.',
    width: 10,
    height: 9,
    sortBy: 'Used',
    keys: [
      { label: label('purser.budget.key'), title: 'Budget', link: { title: 'Cost and budgets', url: '/d/purser-cost?${__url_time_range}' } },
      { label: label('job'), title: 'Job' },
    ],
    columns: [
      {
        title: 'Used',
        query: `max by (job, purser_budget_key) (${budget.used})`,
        unit: 'percentunit',
        decimals: 0,
        look: 'bar',
        max: 1,
        thresholds: look.USED,
      },
      {
        title: 'Runs out in',
        query: `min by (job, purser_budget_key) (${budget.secondsToExhaustion})`,
        unit: 's',
        decimals: 0,
        look: 'text',
        thresholds: look.TIME_LEFT,
      },
      {
        title: 'At window end',
        query: `max by (job, purser_budget_key) (${budget.forecast})`,
        unit: 'percentunit',
        decimals: 0,
        look: 'text',
        thresholds: look.FORECAST,
      },
    ],
  }),
  table({
    title: 'Top spenders',
    about: 'Who spent most in the time shown: service, feature and tenant. A name links to this dashboard narrowed to it.',
    width: 12,
    height: 9,
    sortBy: 'Spend',
    keys: [
      {
        label: label('purser.service'),
        title: 'Service',
        link: { title: 'Only this service', url: '/d/purser-overview?var-service=${__value.raw}&${__url_time_range}' },
      },
      {
        label: label('purser.feature'),
        title: 'Feature',
        link: { title: 'Only this feature', url: '/d/purser-overview?var-feature=${__value.raw}&${__url_time_range}' },
      },
      {
        label: label('purser.tenant'),
        title: 'Tenant',
        link: { title: 'Only this tenant', url: '/d/purser-overview?var-tenant=${__value.raw}&${__url_time_range}' },
      },
    ],
    columns: [
      {
        title: 'Spend',
        query: `topk(25, ${sum(increase('purser.cost'), 'purser.service', 'purser.feature', 'purser.tenant')})`,
        unit: 'currencyUSD',
        look: 'bar',
      },
      {
        title: 'Share',
        query: `topk(25, ${sum(increase('purser.cost'), 'purser.service', 'purser.feature', 'purser.tenant')} / ignoring (purser_service, purser_feature, purser_tenant) group_left () ${spent})`,
        unit: 'percentunit',
        decimals: 1,
      },
      {
        title: 'Per 1,000 calls',
        query: `topk(25, 1000 * ${sum(increase('purser.cost'), 'purser.service', 'purser.feature', 'purser.tenant')} / (${sum(increase('purser.calls', { where: 'purser_outcome!="blocked"' }), 'purser.service', 'purser.feature', 'purser.tenant')} > 0))`,
        unit: 'currencyUSD',
      },
    ],
  }),
  lines({
    title: 'Calls per second by outcome',
    about: 'Completed, failed (provider or network), blocked (a policy said no), cancelled (by the app) and abandoned (nobody read the stream to its end).',
    unit: 'reqps',
    width: 6,
    height: 9,
    stacked: true,
    colors: look.OUTCOME_COLORS,
    queries: [[sum(rate('purser.calls'), 'purser.outcome'), legend('purser.outcome')]],
  }),
  lines({
    title: 'Duration p95 by provider',
    about: 'A provider that became slow stands out here; exemplars lead to a trace of a slow call.',
    unit: 's',
    width: 6,
    height: 9,
    exemplars: true,
    queries: [[durationQuantile(0.95, ['gen_ai.provider.name']), legend('gen_ai.provider.name')]],
  }),
];

const governed = [
  stat({
    title: 'Alerts firing',
    about: 'Purser alerts that fire now, by the rules in dashboards/prometheus/alerts.yml.',
    unit: 'short',
    width: 3,
    thresholds: look.NONE_WANTED,
    queries: [[orZero('count(ALERTS{alertname=~"Purser.*", alertstate="firing"})')]],
  }),
  stat({
    title: 'Blocked calls',
    about: 'Calls that a policy refused in the time shown: a budget, a rate limit, an open circuit or a rule of yours.',
    unit: 'locale',
    width: 3,
    decimals: 0,
    thresholds: look.FEW_WANTED,
    queries: [[orZero(sum(increase('purser.calls', { where: 'purser_outcome="blocked"' })))]],
  }),
  stat({
    title: 'Unpriced calls',
    about: 'Calls whose cost nobody can say. They are missing from every amount on these dashboards; an override or a newer price table prices them.',
    unit: 'locale',
    width: 3,
    decimals: 0,
    thresholds: look.NONE_WANTED,
    queries: [[orZero(sum(increase('purser.unpriced_calls')))]],
  }),
  stat({
    title: 'Keys in prompts',
    about: 'Calls whose prompt held a credential. It was redacted from telemetry, but the provider has seen it: rotate it.',
    unit: 'locale',
    width: 3,
    decimals: 0,
    thresholds: look.NONE_WANTED,
    queries: [[orZero(sum(increase('purser.keys_in_prompts')))]],
  }),
  stat({
    title: 'Redactions',
    about: 'Secrets and personal data removed before they left the process.',
    unit: 'locale',
    width: 3,
    decimals: 0,
    queries: [[orZero(sum(increase('purser.redactions')))]],
  }),
  stat({
    title: 'Telemetry lost',
    about: 'Spans, log records and metric batches that never arrived. Above zero these dashboards show too little.',
    unit: 'locale',
    width: 3,
    decimals: 0,
    thresholds: look.NONE_WANTED,
    queries: [[orZero(sum(increase('purser.telemetry.dropped')))]],
  }),
  stat({
    title: 'Cache hit share',
    about: 'Share of input tokens that providers read from their caches. A fall means that prompts lost their common start.',
    unit: 'percentunit',
    width: 3,
    decimals: 0,
    trend: true,
    queries: [[`(${orZero(sum(rate('gen_ai.client.inference.usage.cache_read.input_tokens')))}) / ${tokens('input', [])}`]],
  }),
  stat({
    title: 'Saved by caches',
    about: 'What reading from provider caches saved against plain input in the time shown, less what writing to them cost extra.',
    unit: 'currencyUSD',
    width: 3,
    queries: [[`(${orZero(sum(increase('purser.cost.cache_savings')))}) - (${orZero(sum(delta('purser.cost.cache_write_premium')))})`]],
  }),
  lines({
    title: 'Tokens per minute',
    about: 'Input and output tokens over all models; cached input is part of input.',
    unit: 'short',
    width: 24,
    height: 8,
    queries: [
      [`60 * ${tokens('input', [])}`, 'input'],
      [`60 * ${tokens('output', [])}`, 'output'],
      [`60 * ${sum(rate('gen_ai.client.inference.usage.cache_read.input_tokens'))}`, 'of input: cached'],
    ],
  }),
];

/** The first screen of the person on call: who is spending, on what, is it normal, when does it run out. */
export const overview: Frame = {
  uid: 'purser-overview',
  title: 'Purser / Overview',
  about: 'Who is spending, on what, is it normal, and when does it run out; and whether calls are quick, sound and clean.',
  sections: [
    { title: 'Who is spending, on what, is it normal, when does it run out', panels: [...judgement, ...answers] },
    { title: 'Governance and volume', panels: governed },
  ],
};
