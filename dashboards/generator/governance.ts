import type { Frame } from './frame.ts';
import { bands, lines, stat, table } from './panels.ts';
import { increase, label, legend, max, min, orZero, rate, sum, value } from './promql.ts';
import * as look from './theme.ts';

const total = (metric: string, where?: string): string => orZero(sum(increase(metric, where === undefined ? {} : { where })));

const summary = [
  stat({
    title: 'Redactions',
    about: 'Secrets and personal data removed before they left the process, in the time shown.',
    unit: 'locale',
    width: 4,
    decimals: 0,
    queries: [[total('purser.redactions')]],
  }),
  stat({
    title: 'Dropped by redaction',
    about: 'Values that redaction could not clean in its time and therefore dropped: it fails closed, nothing leaked.',
    unit: 'locale',
    width: 4,
    decimals: 0,
    thresholds: look.NONE_WANTED,
    queries: [[total('purser.redaction.failures')]],
  }),
  stat({
    title: 'Keys in prompts',
    about: 'Calls that sent a credential to a provider. Rotate what was sent.',
    unit: 'locale',
    width: 4,
    decimals: 0,
    thresholds: look.NONE_WANTED,
    queries: [[total('purser.keys_in_prompts')]],
  }),
  stat({
    title: 'Refused',
    about: 'Calls that enforced policies refused in the time shown.',
    unit: 'locale',
    width: 4,
    decimals: 0,
    thresholds: look.FEW_WANTED,
    queries: [[total('purser.policy.decisions', 'purser_decision="refused"')]],
  }),
  stat({
    title: 'Would be refused',
    about: 'Calls that policies in shadow mode would have refused: read this before you enforce them.',
    unit: 'locale',
    width: 4,
    decimals: 0,
    queries: [[total('purser.policy.decisions', 'purser_decision="would_refuse"')]],
  }),
  stat({
    title: 'Stores up',
    about: 'Budget and ledger stores that answered last. Below 100 %, budgets fall back to what their owner set for an outage.',
    unit: 'percentunit',
    width: 4,
    decimals: 0,
    thresholds: look.UP,
    quiet: 'no stores',
    queries: [[`avg(${min(value('purser.store.up'), 'purser.store')})`]],
  }),
];

const privacy = [
  lines({
    title: 'Redactions by detector',
    about: 'What was found: keys, e-mail addresses, card numbers and so on.',
    unit: 'cps',
    width: 8,
    stacked: true,
    quiet: 'nothing found',
    queries: [[sum(rate('purser.redactions'), 'purser.detector'), legend('purser.detector')]],
  }),
  lines({
    title: 'Redactions by place',
    about: 'Where it was found: prompts, answers, tool arguments, headers, errors or labels.',
    unit: 'cps',
    width: 8,
    stacked: true,
    quiet: 'nothing found',
    queries: [[sum(rate('purser.redactions'), 'purser.place'), legend('purser.place')]],
  }),
  lines({
    title: 'Dropped by redaction, by reason',
    about: 'Values that were dropped whole because they could not be cleaned in time, by place and reason.',
    unit: 'cps',
    width: 8,
    bars: true,
    quiet: 'nothing dropped',
    queries: [[sum(rate('purser.redaction.failures'), 'purser.place', 'purser.reason'), legend('purser.place', 'purser.reason')]],
  }),
  table({
    title: 'Keys seen in prompts',
    about: 'Which kind of credential went to which provider in the time shown.',
    width: 8,
    quiet: 'no keys seen',
    sortBy: 'Calls',
    keys: [
      { label: label('purser.detector'), title: 'Detector' },
      { label: label('gen_ai.provider.name'), title: 'Provider' },
      { label: label('gen_ai.request.model'), title: 'Model' },
    ],
    columns: [
      {
        title: 'Calls',
        query: `${sum(increase('purser.keys_in_prompts'), 'purser.detector', 'gen_ai.provider.name', 'gen_ai.request.model')} > 0`,
        unit: 'locale',
        decimals: 0,
        look: 'text',
        thresholds: look.NONE_WANTED,
      },
    ],
  }),
  lines({
    title: 'Content of calls',
    about: 'What happened to prompts and answers: not gathered, captured after redaction, dropped, or left out by sampling.',
    unit: 'reqps',
    width: 8,
    stacked: true,
    queries: [[sum(rate('purser.content'), 'purser.content.mode'), legend('purser.content.mode')]],
  }),
  lines({
    title: 'Label values beyond their cap',
    about: 'Label values that were counted as `other` to keep the number of series in bounds.',
    unit: 'cps',
    width: 8,
    quiet: 'within the cap',
    queries: [[sum(rate('purser.labels.overflow'), 'purser.label'), legend('purser.label')]],
  }),
];

const policies = [
  lines({
    title: 'Decisions by policy',
    about: 'What policies answered: admitted, refused, or would be refused if they were enforced.',
    unit: 'cps',
    width: 8,
    queries: [[sum(rate('purser.policy.decisions'), 'purser.policy', 'purser.decision'), legend('purser.policy', 'purser.decision')]],
  }),
  table({
    title: 'Refusals by rule',
    about: 'Which rule said no, in which mode and why, in the time shown.',
    width: 16,
    sortBy: 'Calls',
    quiet: 'nothing refused',
    keys: [
      { label: label('purser.policy'), title: 'Policy' },
      { label: label('purser.rule'), title: 'Rule' },
      { label: label('purser.decision'), title: 'Decision' },
      { label: label('purser.mode'), title: 'Mode' },
      { label: label('purser.reason'), title: 'Reason' },
    ],
    columns: [
      {
        title: 'Calls',
        query: `${sum(increase('purser.policy.decisions', { where: 'purser_decision!="admitted"' }), 'purser.policy', 'purser.rule', 'purser.decision', 'purser.mode', 'purser.reason')} > 0`,
        unit: 'locale',
        decimals: 0,
        look: 'bar',
      },
    ],
  }),
  table({
    title: 'Who is refused',
    about: 'Whose calls were blocked in the time shown: service, feature and tenant.',
    width: 6,
    height: 7,
    sortBy: 'Calls',
    quiet: 'nobody',
    keys: [
      { label: label('purser.service'), title: 'Service' },
      { label: label('purser.feature'), title: 'Feature' },
      { label: label('purser.tenant'), title: 'Tenant' },
    ],
    columns: [
      {
        title: 'Calls',
        query: `topk(25, ${sum(increase('purser.calls', { where: 'purser_outcome="blocked"' }), 'purser.service', 'purser.feature', 'purser.tenant')} > 0)`,
        unit: 'locale',
        decimals: 0,
        look: 'bar',
      },
    ],
  }),
  bands({
    title: 'Stores',
    about: 'Whether each store of budgets, limits and the ledger answered: green yes, red no.',
    unit: 'none',
    width: 6,
    height: 7,
    thresholds: look.UP,
    quiet: 'no stores',
    queries: [[min(value('purser.store.up'), 'purser.store'), legend('purser.store')]],
  }),
  lines({
    title: 'Store errors',
    about: 'Operations that a store failed, by type of error.',
    unit: 'cps',
    width: 6,
    height: 7,
    bars: true,
    quiet: 'no errors',
    queries: [[sum(rate('purser.store.errors'), 'purser.store', 'error.type'), legend('purser.store', 'error.type')]],
  }),
  lines({
    title: 'Alerts sent',
    about: "Purser's own alerts by channel and result, and how many wait. A dead alert was given up after its retries.",
    unit: 'short',
    width: 6,
    height: 7,
    quiet: 'no channels',
    queries: [
      [sum(increase('purser.alerts', { range: '$__rate_interval' }), 'purser.channel', 'purser.result'), legend('purser.channel', 'purser.result')],
      [max(value('purser.alerts.outbox'), 'purser.channel'), `${legend('purser.channel')} waiting`],
    ],
  }),
];

const health = [
  lines({
    title: 'Telemetry delivered',
    about: 'Spans, log records and metric batches that reached the back end.',
    unit: 'cps',
    width: 8,
    queries: [[sum(rate('purser.telemetry.exported'), 'purser.signal'), legend('purser.signal')]],
  }),
  lines({
    title: 'Telemetry lost',
    about: 'What was dropped and why, and exports that failed after their retries. Above zero the dashboards show too little.',
    unit: 'cps',
    width: 8,
    bars: true,
    quiet: 'nothing lost',
    queries: [
      [sum(rate('purser.telemetry.dropped'), 'purser.signal', 'purser.reason'), `${legend('purser.signal', 'purser.reason')} dropped`],
      [sum(rate('purser.telemetry.export_failures'), 'purser.signal'), `${legend('purser.signal')} exports failed`],
    ],
  }),
  lines({
    title: 'Telemetry waiting',
    about: 'Items that wait for export. A queue that only grows will drop.',
    unit: 'short',
    width: 8,
    queries: [[sum(value('purser.telemetry.queue'), 'purser.signal'), legend('purser.signal')]],
  }),
  lines({
    title: 'Ledger',
    about: 'Calls written to the ledger, and calls that could not be written.',
    unit: 'cps',
    width: 8,
    colors: { failed: 'red' },
    queries: [
      [sum(rate('purser.ledger.records')), 'written'],
      [orZero(sum(rate('purser.ledger.failures'))), 'failed'],
    ],
  }),
  table({
    title: 'Price tables in use',
    about: 'Age of each price table in use. Old prices make wrong costs; more than one version means that some processes did not refresh.',
    width: 8,
    quiet: 'none loaded',
    keys: [{ label: label('purser.price_table.version'), title: 'Version' }],
    columns: [
      {
        title: 'Age',
        query: max(value('purser.price_table.age'), 'purser.price_table.version'),
        unit: 's',
        look: 'text',
        thresholds: look.steps([0, 'green'], [14 * 86_400, 'orange'], [30 * 86_400, 'red']),
      },
    ],
  }),
  lines({
    title: 'Refreshes and reloads',
    about: 'Refreshes of the price table and reloads of the config file, by result. Refused, failed and rejected ones keep the old state.',
    unit: 'short',
    width: 8,
    bars: true,
    quiet: 'none',
    queries: [
      [sum(increase('purser.price_table.refreshes', { range: '$__rate_interval' }), 'purser.result'), `prices ${legend('purser.result')}`],
      [sum(increase('purser.config.reloads', { range: '$__rate_interval' }), 'purser.result'), `config ${legend('purser.result')}`],
    ],
  }),
  lines({
    title: "Purser's own faults",
    about: 'Faults inside Purser, by cause. The app never felt them, but something is not measured or not enforced.',
    unit: 'cps',
    width: 8,
    bars: true,
    quiet: 'no faults',
    queries: [[sum(rate('purser.faults'), 'purser.cause'), legend('purser.cause')]],
  }),
  lines({
    title: 'Event-loop time',
    about: "Share of one core that Purser takes in the app's processes, over all of them.",
    unit: 'percentunit',
    width: 8,
    queries: [[sum(rate('purser.overhead')), 'Purser']],
  }),
  table({
    title: 'Versions',
    about: 'Processes by version of Purser and of Node, and by the way the hooks were installed.',
    width: 8,
    keys: [
      { label: label('purser.version'), title: 'Purser' },
      { label: label('purser.node.version'), title: 'Node' },
      { label: label('purser.hooks'), title: 'Hooks' },
    ],
    columns: [
      { title: 'Processes', query: `count by (purser_version, purser_node_version, purser_hooks) (${value('purser.info')})`, unit: 'locale', decimals: 0 },
    ],
  }),
];

/** What was kept back, what was refused, and whether Purser itself is sound. */
export const governance: Frame = {
  uid: 'purser-governance',
  title: 'Purser / Governance',
  about: 'Redactions and credentials in prompts, what policies refused or would have refused, stores, alerts, telemetry, prices and faults.',
  sections: [
    { title: 'At a glance', panels: summary },
    { title: 'Secrets and personal data', panels: privacy },
    { title: 'Policies, stores and alerts', panels: policies },
    { title: "Purser's own health", panels: health },
  ],
};
