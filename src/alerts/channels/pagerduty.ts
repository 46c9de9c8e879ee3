import { createHash } from 'node:crypto';
import type { Channel, Templates } from '../channel.ts';
import { post } from '../post.ts';
import { cut, fill } from '../template.ts';

/** A service of PagerDuty. */
export interface PagerDutySettings {
  /** The integration key of the service. */
  readonly routingKey: string;
  /** @default https://events.pagerduty.com/v2/enqueue */
  readonly url: string;
  /** What the incident is about: the name of the service or host. */
  readonly source: string;
}

const LONGEST_KEY = 255;

const keyOf = (dedupeKey: string): string => (dedupeKey.length <= LONGEST_KEY ? dedupeKey : `sha256-${createHash('sha256').update(dedupeKey).digest('hex')}`);

/**
 * Triggers incidents. The same alert twice is one incident, by its key.
 * @source https://developer.pagerduty.com/docs/send-alert-event (Events API v2): summary 1024, answers 202
 */
export const createPagerDuty = ({ routingKey, url, source }: PagerDutySettings, { text }: Templates): Channel => ({
  send(alert) {
    const body = {
      routing_key: routingKey,
      event_action: 'trigger',
      dedup_key: keyOf(alert.dedupeKey),
      client: 'purser',
      payload: {
        summary: cut(fill(text, alert), 1024),
        source,
        severity: alert.severity === 'error' ? 'critical' : alert.severity,
        timestamp: new Date(alert.atMs).toISOString(),
        component: String(alert.attributes['purser.budget'] ?? 'purser'),
        class: alert.name,
        custom_details: alert.attributes,
      },
    };
    return post({ url, body: JSON.stringify(body) });
  },
});
