import type { GovernanceEvent } from '../call/event.ts';

/** What became of one try to deliver an alert. */
export type SendResult =
  | { readonly kind: 'delivered' }
  | {
      readonly kind: 'failed';
      /** For people; free of secrets and of the receiver's address. */
      readonly reason: string;
      /** What the receiver asked for, in milliseconds from now. */
      readonly retryAfterMs?: number;
      /** True when the receiver dislikes this very alert, so that only it would fail again. */
      readonly rejected?: boolean;
    };

/** A way to tell somebody. One file each in `channels/`. */
export interface Channel {
  /** Delivers one alert. Must not throw; a rejected promise counts as failed. */
  send(alert: GovernanceEvent): Promise<SendResult>;
  /** For receivers that forget: every so many milliseconds the alert is sent again until it ends. */
  readonly resendMs?: number;
}

/** The least severity that a channel wants. */
export type Severity = GovernanceEvent['severity'];

/** Texts of the owner's own; `{message}`, `{name}`, `{severity}`, `{key}`, `{time}` and `{ATTRIBUTE}` are filled in. */
export interface Templates {
  readonly title: string;
  readonly text: string;
}

/** A channel as it was configured, checked and complete. */
export interface ChannelSettings {
  /** Letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  readonly severity: Severity;
  /** Names of events, each exact or with a `*` at its end; all when empty. */
  readonly events: readonly string[];
  readonly channel: Channel;
}

/** How long an alert without a window of its own is taken to hold, in milliseconds. */
const DEFAULT_LIFE_MS = 3_600_000;

/** When what an alert tells of is over: the end of the budget's window, or an hour after it was raised. */
export const endOf = ({ atMs, attributes }: GovernanceEvent): number => {
  const end = attributes['purser.budget.window.end'];
  return typeof end === 'number' ? Math.round(end * 1000) : atMs + DEFAULT_LIFE_MS;
};
