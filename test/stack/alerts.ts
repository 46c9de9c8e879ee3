import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DASHBOARDS, rules } from '../dashboards/files.ts';
import { Exposition } from './exposition.ts';
import { freePort } from '../support/free-port.ts';
import { type Notice, servePage, takeNotices } from './http.ts';
import { Program } from './program.ts';
import { backfill, type Past, Prometheus } from './prometheus.ts';

/** All times of rules and routes are this much shorter than in production: an hour is half a minute. */
const QUICKER = 120;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

const quicker = (count: string, unit: string): string => `${Math.max(10, Math.round((Number(count) * (SECONDS[unit] ?? 1) * 1000) / QUICKER))}ms`;

/** The rules with every duration of windows, offsets, intervals and `for` shortened; nothing else differs. */
const quickRules = (text: string): string =>
  text
    .replaceAll(/\[(\d+)([smhdw])\]/g, (_, count: string, unit: string) => `[${quicker(count, unit)}]`)
    .replaceAll(/offset (\d+)([smhdw])/g, (_, count: string, unit: string) => `offset ${quicker(count, unit)}`)
    .replaceAll(/for: (\d+)([smhdw])/g, (_, count: string, unit: string) => `for: ${quicker(count, unit)}`)
    .replaceAll('interval: 30s', 'interval: 500ms')
    .replaceAll(/^( +- name: purser-(?:budgets|cost|reliability|privacy|health))$/gm, '$1\n    interval: 500ms');

const quickRoutes = (text: string, webhook: string): string =>
  text
    .replaceAll(
      /((?:group_wait|group_interval|repeat_interval): )([1-9]\d*)([smhd])/g,
      (_, name: string, count: string, unit: string) => name + quicker(count, unit),
    )
    .replaceAll('http://localhost:9095', `http://${webhook}`);

const read = (path: string): string => readFileSync(new URL(path, DASHBOARDS), 'utf8');

// A week and a day ago, recorded: what spikes and regressions are compared with.
const oldDays = function* (now: number): Generator<Past> {
  const samples: [string, number][] = [];
  for (const [environment, service, usd] of [
    ['production', 'support-chat', 0.7],
    ['production', 'search', 0.7],
    ['production', 'reports', 0.4],
    ['staging', 'sandbox', 0.1],
  ] as const)
    samples.push([`purser:cost_usd:increase1h{purser_environment="${environment}",purser_service="${service}"}`, usd]);
  const slow: [string, number][] = [];
  for (const [provider, model, seconds, first] of [
    ['anthropic', 'claude-sonnet-4-5', 13, 2.2],
    ['openai', 'gpt-5', 24, 4],
  ] as const) {
    slow.push([`purser:call_duration_seconds:p95_30m{gen_ai_provider_name="${provider}",gen_ai_request_model="${model}"}`, seconds]);
    slow.push([`purser:first_chunk_seconds:p95_30m{gen_ai_provider_name="${provider}",gen_ai_request_model="${model}"}`, first]);
  }
  const week = (7 * 86_400) / QUICKER;
  const day = 86_400 / QUICKER;
  for (let at = now - week - 30; at < now - week + 420; at += 5) yield { at, samples };
  for (let at = now - day - 30; at < now - day + 420; at += 5) yield { at, samples: slow };
};

/** How the scenario went. */
export interface AlertsResult {
  readonly alerts: number;
  /** Alerts that never reached the webhook. */
  readonly missed: readonly string[];
  /** Alerts that fired while all was well. */
  readonly false_: readonly string[];
  /** What fires too, is explained by something worse, and is not held back. */
  readonly notInhibited: readonly string[];
  readonly wrongReceiver: readonly string[];
  readonly seconds: number;
}

/** Where each alert must arrive. */
const receiverOf = (labels: Readonly<Record<string, string>>): string => {
  if (labels['area'] === 'privacy' && labels['severity'] === 'critical') return 'purser-security';
  if (labels['severity'] === 'critical') return 'purser-page';
  if (labels['area'] === 'budget') return 'purser-budget-owners';
  return labels['severity'] === 'warning' ? 'purser-ticket' : 'purser-log';
};

/** What Alertmanager says of an alert. */
interface AtAlertmanager {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly inhibitedBy: readonly string[] };
}

/** What fires too, but is explained by something worse that fires with it. */
const INHIBITED: readonly (readonly [alertname: string, label: string, value: string])[] = [
  ['PurserBudgetAlmostUsed', 'purser_budget_key', 'tenant-day/acme'],
  ['PurserBudgetRefusesCalls', 'purser_budget', 'tenant-day'],
  ['PurserErrorRatio', 'gen_ai_provider_name', 'gcp.gemini'],
  ['PurserStoreErrors', 'purser_store', 'redis'],
];

/** Lets everything go wrong once and looks at what arrives at the webhook. */
export const askAlerts = async (folder: string, program: string, say: (text: string) => void): Promise<AlertsResult> => {
  mkdirSync(folder, { recursive: true });
  const began = Date.now();
  const house = new Exposition(began / 1000 - 60);
  const notices: { readonly at: number; readonly notice: Notice }[] = [];
  const page = await servePage(() => {
    house.advance(Date.now() / 1000);
    return house.page();
  });
  let ghost = 'purser_info{purser_version="0.1.0"} 1\n';
  const ghostPage = await servePage(() => ghost);
  const webhook = await takeNotices((notice) => notices.push({ at: Date.now(), notice }));
  const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()];
  const files = ['recording-rules.yml', 'alerts.yml'].map((file) => {
    const path = join(folder, file);
    writeFileSync(path, quickRules(read(`prometheus/${file}`)));
    return path;
  });
  const routes = join(folder, 'alertmanager.yml');
  writeFileSync(routes, quickRoutes(read('alertmanager/alertmanager.yml'), webhook.address));
  backfill(folder, oldDays(began / 1000));

  const alertmanager = new Program(
    'alertmanager',
    'prometheus-alertmanager',
    [
      `--config.file=${routes}`,
      `--storage.path=${join(folder, 'am')}`,
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
    join(folder, 'alertmanager.log'),
  );
  const prometheus = new Prometheus({
    folder,
    port: prometheusPort,
    scrapeInterval: '500ms',
    program,
    ruleFiles: files,
    alertmanager: `127.0.0.1:${alertmanagerPort}`,
    targets: [
      { job: 'purser', address: page.address },
      { job: 'ghost', address: ghostPage.address },
    ],
  });
  try {
    await alertmanager.ready(`http://127.0.0.1:${alertmanagerPort}/-/ready`);
    await prometheus.ready();
    say('all is well for 45 s');
    await pause(45_000);
    const early = notices.flatMap(({ notice }) => notice.alerts.map((alert) => alert.labels['alertname'] ?? ''));
    say(`now everything goes wrong${early.length === 0 ? '' : ` (early: ${early.join(', ')})`}`);
    const wrongFrom = Date.now();
    house.trouble = true;
    ghost = '';
    await ghostPage.close();
    const names = rules('alerts.yml').flatMap((rule) => rule.alert ?? []);
    const arrived = (): Set<string> =>
      new Set(
        notices
          .filter(({ at }) => at >= wrongFrom)
          .flatMap(({ notice }) => notice.alerts.filter((alert) => alert.status === 'firing').map((alert) => alert.labels['alertname'] ?? '')),
      );
    for (const end = Date.now() + 240_000; Date.now() < end && names.some((name) => !arrived().has(name)); await pause(500));
    // What is inhibited must have had its chance.
    await pause(5000);
    const late = notices
      .filter(({ at }) => at >= wrongFrom)
      .flatMap(({ notice }) => notice.alerts.map((alert) => ({ receiver: notice.receiver, labels: alert.labels })));
    const known = (await (await fetch(`http://127.0.0.1:${alertmanagerPort}/api/v2/alerts`)).json()) as readonly AtAlertmanager[];
    const open = INHIBITED.filter(
      ([name, label, value]) => !known.some(({ labels, status }) => labels['alertname'] === name && labels[label] === value && status.inhibitedBy.length > 0),
    );
    const missed = names.filter((name) => !arrived().has(name));
    if (missed.length > 0) {
      const firing = await prometheus.instant('ALERTS');
      say(
        `in Prometheus: ${firing.series
          .map((each) => `${each.metric['alertname']} ${each.metric['alertstate']}`)
          .filter((each) => missed.some((name) => each.startsWith(name)))
          .join(', ')}`,
      );
    }
    return {
      alerts: names.length,
      missed,
      false_: [...new Set(early)],
      notInhibited: open.map(([name, , value]) => `${name} ${value}`),
      wrongReceiver: [
        ...new Set(
          late.filter(({ receiver, labels }) => receiver !== receiverOf(labels)).map(({ receiver, labels }) => `${labels['alertname']} at ${receiver}`),
        ),
      ],
      seconds: (Date.now() - wrongFrom) / 1000,
    };
  } finally {
    await prometheus.stop();
    await alertmanager.stop();
    await Promise.all([page.close(), webhook.close()]);
  }
};
