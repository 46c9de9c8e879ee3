import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertHub } from '../alerts/alert-hub.ts';
import type * as HubModule from '../alerts/alert-hub.ts';
import type * as ParseModule from '../alerts/parse-channels.ts';
import type { Clock } from '../base/clock.ts';
import { notice } from '../base/diag.ts';
import { loadNow } from '../base/load.ts';
import type { EmitEvent, GovernanceEvent, Meter } from '../call/event.ts';
import type { Redactor } from '../call/redactor.ts';
import type { Config } from '../config/config.ts';

/** The alerts of the process; nothing of them is loaded while no channel is configured. */
export interface Alerts {
  /** Writes an event to the log and counts it first, then hands it to the channels. */
  readonly emit: EmitEvent;
  reload(config: Config): void;
  flush(timeoutMs: number): Promise<void>;
  stop(): void;
}

/** What tells first, whether or not there is a channel. */
const RAISED = { 'purser.channel': 'log', 'purser.result': 'raised' } as const;

/** Where alerts wait when the owner names no place: per user, so that two users of a host do not meet. */
export const outboxPath = ({ alerts }: Config): string => alerts.outbox ?? join(tmpdir(), `purser-${process.getuid?.() ?? 'user'}`, 'alerts');

const channelsOf = (config: Config, clock: Clock) => {
  const source = config.alerts.channels;
  if (source === undefined) return [];
  const { parseChannels } = loadNow<typeof ParseModule>('alerts/parse-channels');
  const { channels, problems } = parseChannels(source.value, { nowMs: () => clock.nowMs(), service: config.labels.service }, source.written);
  for (const { path, seen, wanted } of problems) notice(`config.${path}`, `${path} is ${seen}, wanted ${wanted}`);
  return channels;
};

const cleaner =
  (redactor: Redactor) =>
  (event: GovernanceEvent): GovernanceEvent => ({
    ...event,
    message: redactor.text(event.message, 'log_body'),
    attributes: Object.fromEntries(
      Object.entries(event.attributes).map(([name, value]) => [name, typeof value === 'string' ? redactor.text(value, 'log_attribute') : value]),
    ),
  });

/** Starts the alerts that are configured. */
export const createAlerts = (config: Config, redactor: Redactor, telemetry: { readonly meter: Meter; readonly emit: EmitEvent }, clock: Clock): Alerts => {
  let hub: AlertHub | undefined;
  const load = (next: Config): void => {
    const channels = channelsOf(next, clock);
    if (hub !== undefined) hub.setChannels(channels);
    else if (channels.length > 0) {
      const { createAlertHub } = loadNow<typeof HubModule>('alerts/alert-hub');
      const { maxAgeMs } = next.alerts;
      hub = createAlertHub({ channels, outbox: outboxPath(next), maxAgeMs, clock, meter: telemetry.meter, clean: cleaner(redactor) });
    }
  };
  load(config);
  return {
    emit: (event) => {
      telemetry.emit(event);
      telemetry.meter.add('purser.alerts', 1, RAISED);
      hub?.emit(event);
    },
    reload: load,
    flush: async (timeoutMs) => hub?.flush(timeoutMs),
    stop: () => hub?.stop(),
  };
};
