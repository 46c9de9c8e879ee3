import { budgetQueries } from './budget-queries.ts';
import type { Frame } from './frame.ts';
import { bars, type Key, lines, type PlacedPanel, stat, table } from './panels.ts';
import { delta, increase, label, legend, orZero, quantile, rate, sum, tokens } from './promql.ts';
import * as look from './theme.ts';

const budget = budgetQueries(true);
const CHOSEN = { where: 'purser_budget=~"$budget"' };
const budgetName = legend('job', 'purser.budget.key');
const spent = (...by: readonly string[]): string => sum(increase('purser.cost'), ...by);
const hourly = (...by: readonly string[]): string => `${sum(rate('purser.cost'), ...by)} * 3600`;
const calls = (...by: readonly string[]): string => sum(increase('purser.calls', { where: 'purser_outcome!="blocked"' }), ...by);

const budgets = [
  table({
    title: 'Budgets',
    about:
      'Each budget of each job in its own unit. Committed is charged, reserved is held by calls in flight; both are empty until the first call of a window. The forecast is where it ends at the pace of the last hour.',
    width: 24,
    height: 9,
    sortBy: 'Used',
    keys: [
      {
        label: label('purser.budget'),
        title: 'Budget',
        link: { title: 'Only this budget', url: '/d/purser-cost?var-budget=${__value.raw}&${__url_time_range}' },
      },
      { label: label('purser.budget.key'), title: 'Key' },
      { label: label('job'), title: 'Job' },
      { label: label('purser.budget.unit'), title: 'Unit' },
    ],
    columns: [
      { title: 'Limit', query: budget.limit, unit: 'short' },
      { title: 'Committed', query: budget.committed, unit: 'short' },
      { title: 'Reserved', query: budget.reserved, unit: 'short' },
      { title: 'Used', query: budget.used, unit: 'percentunit', decimals: 1, look: 'bar', max: 1, thresholds: look.USED },
      { title: 'Window gone', query: budget.windowGone, unit: 'percentunit', decimals: 0 },
      { title: 'Burn rate', query: budget.burn, unit: 'none', decimals: 1, look: 'text', thresholds: look.BURN },
      { title: 'At window end', query: budget.forecast, unit: 'percentunit', decimals: 0, look: 'text', thresholds: look.FORECAST },
      { title: 'Runs out in', query: budget.secondsToExhaustion, unit: 's', decimals: 0, look: 'text', thresholds: look.TIME_LEFT },
      { title: 'Window ends in', query: budget.secondsLeftInWindow, unit: 's', decimals: 0 },
    ],
  }),
  lines({
    title: 'Used share of the limit',
    about: 'Committed share of each limit over time; it falls to zero when a window ends. The lines are the 80 % warning and the limit.',
    unit: 'percentunit',
    width: 8,
    limits: true,
    thresholds: look.USED,
    quiet: 'no budgets',
    queries: [[budget.used, budgetName]],
  }),
  lines({
    title: 'Burn rate',
    about:
      'Pace of the last hour against the pace that would use up the budget exactly at the end of its window. Above 1 it will not last; alerts fire at 6 and 14.4.',
    unit: 'none',
    width: 8,
    limits: true,
    thresholds: look.BURN,
    queries: [[budget.burn, budgetName]],
  }),
  lines({
    title: 'Forecast for the end of the window',
    about: 'Where each budget will be when its window ends, at the pace of the last hour. Above 100 % its last calls will be refused.',
    unit: 'percentunit',
    width: 8,
    limits: true,
    thresholds: look.FORECAST,
    queries: [[budget.forecast, budgetName]],
  }),
  lines({
    title: 'Committed and reserved',
    about:
      'What is charged and what calls in flight hold, as shares of the limit. Much reserved and little committed: calls ask for far more output than they use.',
    unit: 'percentunit',
    width: 12,
    queries: [
      [budget.used, `${budgetName} committed`],
      [budget.held, `${budgetName} reserved`],
    ],
  }),
  lines({
    title: 'Thresholds crossed',
    about: 'Crossings of the thresholds that the owner set; each counts once for each window over all processes.',
    unit: 'short',
    width: 12,
    bars: true,
    quiet: 'none crossed',
    queries: [
      [
        sum(increase('purser.budget.thresholds_crossed', { ...CHOSEN, range: '$__rate_interval' }), 'purser.budget', 'purser.budget.threshold'),
        legend('purser.budget', 'purser.budget.threshold'),
      ],
    ],
  }),
  stat({
    title: 'Blocked spend',
    about: 'Upper bound of what the refused calls would have cost in the time shown.',
    unit: 'currencyUSD',
    width: 6,
    queries: [[orZero(sum(increase('purser.budget.blocked_cost', CHOSEN)))]],
  }),
  stat({
    title: 'Charged to budgets',
    about: 'What dollar budgets were charged in the time shown, over all windows. A call that two budgets watch is charged to both.',
    unit: 'currencyUSD',
    width: 6,
    queries: [[orZero(sum(increase('purser.budget.spend', { where: 'purser_budget=~"$budget", purser_budget_unit="usd"' })))]],
  }),
  stat({
    title: 'Leases expired',
    about: 'Reservations of calls whose process vanished; they were charged in full.',
    unit: 'locale',
    width: 6,
    decimals: 0,
    thresholds: look.FEW_WANTED,
    queries: [[orZero(sum(increase('purser.budget.leases_expired', CHOSEN)))]],
  }),
  stat({
    title: 'Charges corrected',
    about: 'Calls that came back after their lease had run out, so that their charge was set right.',
    unit: 'locale',
    width: 6,
    decimals: 0,
    queries: [[orZero(sum(increase('purser.budget.settle_corrections', CHOSEN)))]],
  }),
];

const byDimension = (title: string, attribute: string): PlacedPanel =>
  lines({
    title: `Spend per hour by ${title}`,
    about: `Where the money goes, by ${title}. Calls without the label are one line without a name.`,
    unit: 'currencyUSD',
    width: 8,
    stacked: true,
    queries: [[`topk(12, ${hourly(attribute)})`, legend(attribute)]],
  });

const spender = (attribute: string, title: string, variable: string): Key => ({
  label: label(attribute),
  title,
  link: { title: `Only this ${title.toLowerCase()}`, url: `/d/purser-cost?var-${variable}=\${__value.raw}&\${__url_time_range}` },
});

const spend = [
  stat({ title: 'Spend, shown time', about: 'Money spent on priced calls in the time shown.', unit: 'currencyUSD', width: 4, queries: [[orZero(spent())]] }),
  stat({
    title: 'At this pace, 30 days',
    about: 'The pace of the time shown, carried on for 30 days.',
    unit: 'currencyUSD',
    width: 4,
    queries: [[`${sum(rate('purser.cost', { range: '$__range' }))} * 86400 * 30`]],
  }),
  stat({
    title: 'Per 1,000 calls',
    about: 'Mean cost of a thousand calls that reached a provider.',
    unit: 'currencyUSD',
    width: 4,
    queries: [[`1000 * ${spent()} / ${calls()}`]],
  }),
  stat({
    title: 'Per million tokens',
    about: 'Blended price: all spend over all tokens, input and output. It falls with caching and with smaller models.',
    unit: 'currencyUSD',
    width: 4,
    queries: [[`1e6 * ${spent()} / (${tokens('input', [], 'increase')} + ${tokens('output', [], 'increase')})`]],
  }),
  stat({
    title: 'Saved by caches, net',
    about: 'What cache reads saved, less what cache writes cost extra. Below zero, caching loses money: entries expire before they are read.',
    unit: 'currencyUSD',
    width: 4,
    thresholds: look.steps([0, 'red'], [0, 'green']),
    queries: [[`(${orZero(sum(increase('purser.cost.cache_savings')))}) - (${orZero(sum(delta('purser.cost.cache_write_premium')))})`]],
  }),
  stat({
    title: 'Batch tier would save',
    about: 'What the same calls would have cost less in the batch or flex tier, where the provider prices one.',
    unit: 'currencyUSD',
    width: 4,
    queries: [[orZero(sum(increase('purser.cost.batch_saving')))]],
  }),
  lines({
    title: 'Spend per hour, now and before',
    about: 'The pace of spending against one day and one week earlier.',
    unit: 'currencyUSD',
    width: 8,
    dashed: ['a day earlier', 'a week earlier'],
    queries: [
      [`${sum(rate('purser.cost'))} * 3600`, 'now'],
      [`${sum(rate('purser.cost', { offset: '1d' }))} * 3600`, 'a day earlier'],
      [`${sum(rate('purser.cost', { offset: '1w' }))} * 3600`, 'a week earlier'],
    ],
  }),
  byDimension('model', 'gen_ai.request.model'),
  byDimension('service', 'purser.service'),
  byDimension('team', 'purser.team'),
  byDimension('feature', 'purser.feature'),
  byDimension('provider', 'gen_ai.provider.name'),
  table({
    title: 'Tenants',
    about: 'Spend by tenant in the time shown, for showback. Tenants beyond the cap of label values are counted as `other`.',
    width: 8,
    height: 9,
    sortBy: 'Spend',
    keys: [spender('purser.tenant', 'Tenant', 'tenant')],
    columns: [
      { title: 'Spend', query: `topk(50, ${spent('purser.tenant')})`, unit: 'currencyUSD', look: 'bar' },
      { title: 'Calls', query: `topk(50, ${calls('purser.tenant')})`, unit: 'locale', decimals: 0 },
    ],
  }),
  table({
    title: 'Models: asked for and served',
    about: 'Spend by the model that was asked for and the one that answered. They differ for aliases and for fallbacks.',
    width: 16,
    height: 9,
    sortBy: 'Spend',
    keys: [
      { label: label('gen_ai.provider.name'), title: 'Provider' },
      spender('gen_ai.request.model', 'Model', 'model'),
      { label: label('gen_ai.response.model'), title: 'Served by' },
      { label: label('gen_ai.usage.cost.source'), title: 'Cost from' },
    ],
    columns: [
      {
        title: 'Spend',
        query: spent('gen_ai.provider.name', 'gen_ai.request.model', 'gen_ai.response.model', 'gen_ai.usage.cost.source'),
        unit: 'currencyUSD',
        look: 'bar',
      },
    ],
  }),
];

const reasons = [
  lines({
    title: 'Spend per hour by what was bought',
    about: 'Input, cache reads and writes, output, reasoning, searches and other fees: which part of the bill grows.',
    unit: 'currencyUSD',
    width: 8,
    stacked: true,
    queries: [[`${sum(rate('purser.cost.items'), 'purser.cost.item')} * 3600`, legend('purser.cost.item')]],
  }),
  lines({
    title: 'Cost of one call',
    about: 'Median and 95th percentile of the cost of one priced call, by model: a rising p95 means that prompts or answers grow.',
    unit: 'currencyUSD',
    width: 8,
    exemplars: true,
    queries: [
      [quantile(0.5, 'gen_ai.client.operation.cost', ['gen_ai.request.model']), `${legend('gen_ai.request.model')} p50`],
      [quantile(0.95, 'gen_ai.client.operation.cost', ['gen_ai.request.model']), `${legend('gen_ai.request.model')} p95`],
    ],
  }),
  bars({
    title: 'Cost of 1,000 calls by model',
    about: 'Mean cost of a thousand calls. The place to look for a smaller model.',
    unit: 'currencyUSD',
    width: 8,
    queries: [[`sort_desc(1000 * ${spent('gen_ai.request.model')} / (${calls('gen_ai.request.model')} > 0))`, legend('gen_ai.request.model')]],
  }),
  lines({
    title: 'Tokens per minute by kind',
    about: 'Cached and reasoning tokens are parts of input and output; they are priced apart.',
    unit: 'short',
    width: 8,
    queries: [
      [`60 * ${tokens('input', [])}`, 'input'],
      [`60 * ${sum(rate('gen_ai.client.inference.usage.cache_read.input_tokens'))}`, 'of input: read from cache'],
      [`60 * ${sum(rate('gen_ai.client.inference.usage.cache_write.input_tokens'))}`, 'of input: written to cache'],
      [`60 * ${tokens('output', [])}`, 'output'],
      [`60 * ${sum(rate('gen_ai.client.inference.usage.reasoning.output_tokens'))}`, 'of output: reasoning'],
    ],
  }),
  lines({
    title: 'Cache savings and write premium per hour',
    about: 'What cache reads saved, and what cache writes cost above plain input.',
    unit: 'currencyUSD',
    width: 8,
    queries: [
      [`${sum(rate('purser.cost.cache_savings'))} * 3600`, 'saved by reads'],
      [sum(delta('purser.cost.cache_write_premium', { range: '1h' })), 'premium for writes, last hour'],
    ],
  }),
  table({
    title: 'Unpriced calls',
    about: 'Calls without a known cost, and why. They are not zero: the true spend is higher than shown.',
    width: 8,
    quiet: 'every call has a price',
    sortBy: 'Calls',
    keys: [
      { label: label('gen_ai.provider.name'), title: 'Provider' },
      { label: label('gen_ai.request.model'), title: 'Model' },
      { label: label('purser.reason'), title: 'Reason' },
    ],
    columns: [
      {
        title: 'Calls',
        query: `${sum(increase('purser.unpriced_calls'), 'gen_ai.provider.name', 'gen_ai.request.model', 'purser.reason')} > 0`,
        unit: 'locale',
        decimals: 0,
        look: 'text',
        thresholds: look.FEW_WANTED,
      },
    ],
  }),
];

/** Where money goes, and how long budgets last. */
export const cost: Frame = {
  uid: 'purser-cost',
  title: 'Purser / Cost and budgets',
  about: 'Spend against budgets, burn rate, forecast, and where the money goes: by service, team, feature, tenant, model and kind of token.',
  budgets: true,
  sections: [
    { title: 'Budgets: does it last', panels: budgets },
    { title: 'Spend: where it goes', panels: spend },
    { title: 'Reasons: what makes it dear', panels: reasons },
  ],
};
