import { createHmac } from 'node:crypto';
import type { Channel } from '../channel.ts';
import { post } from '../post.ts';

/** A receiver of the owner's own. */
export interface WebhookSettings {
  readonly url: string;
  /** The key of the signature: plain, or `whsec_` and base64; unsigned when unset. */
  readonly secret: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The time now in milliseconds since the epoch, for the signature. */
  readonly nowMs: () => number;
}

const keyOf = (secret: string): Buffer => (secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret));

/**
 * Signs a message.
 * @source Standard Webhooks 1.0.0, https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const signatureOf = (secret: string, id: string, seconds: number, body: string): string =>
  `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.${body}`).digest('base64')}`;

/** Posts alerts as JSON, signed as Standard Webhooks says. `webhook-id` is the same for every try, so that a receiver can tell a repetition. */
export const createWebhook = ({ url, secret, headers, nowMs }: WebhookSettings): Channel => ({
  send(alert) {
    const { name, severity, message, atMs, dedupeKey, attributes } = alert;
    const body = JSON.stringify({ type: name, timestamp: new Date(atMs).toISOString(), data: { id: dedupeKey, severity, message, attributes } });
    const seconds = Math.floor(nowMs() / 1000);
    const id = encodeURIComponent(dedupeKey);
    const signed: Record<string, string> = { 'webhook-id': id, 'webhook-timestamp': String(seconds) };
    if (secret !== undefined) signed['webhook-signature'] = signatureOf(secret, id, seconds, body);
    return post({ url, body, headers: { ...headers, ...signed } });
  },
});
