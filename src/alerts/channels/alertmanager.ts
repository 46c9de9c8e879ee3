import type { GovernanceEvent } from '../../call/event.ts';
import { type Channel, endOf, type Templates } from '../channel.ts';
import { post } from '../post.ts';
import { fill } from '../template.ts';

/** An Alertmanager. */
export interface AlertmanagerSettings {
  /** Its address without `/api/v2/alerts`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Labels of every alert, such as the service. */
  readonly labels: Readonly<Record<string, string>>;
  /** The time now in milliseconds since the epoch. */
  readonly nowMs: () => number;
}

/** Between the 30 seconds and 3 minutes that are asked for. */
const RESEND_MS = 60_000;
/** An alert that is over when it comes tells nobody: it is held up for so long at least. */
const LEAST_LIFE_MS = 300_000;

/** What tells one alert from another; values that change while it is active are no labels. */
const IDENTIFYING = [
  'purser.budget',
  'purser.budget.key',
  'purser.budget.threshold',
  'purser.budget.limit',
  'purser.store',
  'purser.rule',
  'purser.service',
  'fingerprint',
  'gen_ai.provider.name',
  'gen_ai.request.model',
];

const labelName = (name: string): string => name.replace(/^purser\./, '').replaceAll(/\W/g, '_');

const labelsOf = ({ name, severity, attributes }: GovernanceEvent): Readonly<Record<string, string>> => {
  const labels: Record<string, string> = { alertname: labelName(name), severity };
  for (const attribute of IDENTIFYING) {
    const value = attributes[attribute];
    if (value !== undefined && value !== '') labels[labelName(attribute)] = String(value);
  }
  const start = attributes['purser.budget.window.start'];
  if (typeof start === 'number') labels['window'] = new Date(start * 1000).toISOString();
  return labels;
};

/**
 * Posts alerts to Alertmanager, and again every minute until the budget's window ends, at least for five minutes.
 * @source https://prometheus.io/docs/alerting/latest/alerts_api/ (v2; v1 is gone since 0.27)
 */
export const createAlertmanager = ({ url, headers, labels, nowMs }: AlertmanagerSettings, { title, text }: Templates): Channel => ({
  resendMs: RESEND_MS,
  send(alert) {
    const one = {
      labels: { ...labels, ...labelsOf(alert) },
      annotations: { summary: fill(title, alert), description: fill(text, alert) },
      startsAt: new Date(alert.atMs).toISOString(),
      endsAt: new Date(Math.max(endOf(alert), nowMs() + LEAST_LIFE_MS)).toISOString(),
    };
    return post({ url: `${url.replace(/\/+$/, '')}/api/v2/alerts`, body: JSON.stringify([one]), headers });
  },
});
