import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertHub } from '../alerts/alert-hub.ts';
import type * as HubModule from '../alerts/alert-hub.ts';
import { Claims } from '../alerts/claims.ts';
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

/** What every process of a service finds by itself: one of them on a host tells of it. */
const FOUND_BY_EACH = ['purser.store.', 'purser.price_table.'];
const DAY_MS = 86_400_000;

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

// Names that a folder cannot have still lead to different ones.
const spaceOf = (service: string | undefined): string => {
  if (service === undefined) return 'purser';
  return /^[\w.-]{1,64}$/.test(service) ? `purser-${service}` : `purser-${service.replaceAll(/[^\w.-]/g, '_').slice(0, 64)}-${digestOf(service).slice(0, 8)}`;
};

/**
 * Where alerts wait when the owner names no place: per user, so that two users of a host do not meet, and per service, so that none
 * delivers the alerts of another to its own receivers.
 */
export const outboxPath = ({ alerts, labels: { service } }: Config): string =>
  alerts.outbox ?? join(tmpdir(), `purser-${process.getuid?.() ?? 'user'}`, 'alerts', spaceOf(service));

const channelsOf = (config: Config, redactor: Redactor, clock: Clock) => {
  const source = config.alerts.channels;
  if (source === undefined) return [];
  const { parseChannels } = loadNow<typeof ParseModule>('alerts/parse-channels');
  const { service: named } = config.labels;
  const service = named === undefined ? undefined : redactor.text(named, 'label');
  const { channels, problems } = parseChannels(source.value, { nowMs: () => clock.nowMs(), service }, source.written);
  for (const { path, seen, wanted } of problems) notice(`config.${path}`, `${path} is ${seen}, wanted ${wanted}`);
  return channels;
};

const decoded = (key: string): string => {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
};

// Receivers tell repetitions by the key: what a redactor would make of two users must not become one, and the same must stay the same.
const cleanKey = (redactor: Redactor, key: string): string =>
  [key, decoded(key)].every((text) => redactor.text(text, 'log_attribute') === text) ? key : `sha256-${digestOf(key)}`;

// To OpenTelemetry the resource says who tells; receivers get alerts of many services, whose budgets may have the same names.
const withService = (attributes: GovernanceEvent['attributes'], service: string | undefined): GovernanceEvent['attributes'] =>
  service === undefined || attributes['purser.service'] !== undefined ? attributes : { 'service.name': service, ...attributes };

const cleaner =
  (redactor: Redactor, service: () => string | undefined) =>
  (event: GovernanceEvent): GovernanceEvent => ({
    ...event,
    dedupeKey: cleanKey(redactor, event.dedupeKey),
    message: redactor.text(event.message, 'log_body'),
    attributes: Object.fromEntries(
      Object.entries(withService(event.attributes, service())).map(([name, value]) => [
        name,
        typeof value === 'string' ? redactor.text(value, 'log_attribute') : value,
      ]),
    ),
  });

/** Starts the alerts that are configured. */
export const createAlerts = (config: Config, redactor: Redactor, telemetry: { readonly meter: Meter; readonly emit: EmitEvent }, clock: Clock): Alerts => {
  let hub: AlertHub | undefined;
  let { service } = config.labels;
  const load = (next: Config): void => {
    service = next.labels.service;
    const channels = channelsOf(next, redactor, clock);
    if (hub !== undefined) hub.setChannels(channels);
    else if (channels.length > 0) {
      const { createAlertHub } = loadNow<typeof HubModule>('alerts/alert-hub');
      const { maxAgeMs } = next.alerts;
      hub = createAlertHub({ channels, outbox: outboxPath(next), maxAgeMs, clock, meter: telemetry.meter, clean: cleaner(redactor, () => service) });
    }
  };
  load(config);
  const claims = new Claims(outboxPath(config));
  // Some of these have keys without a time: they are told of again the next day.
  const isOurs = ({ name, dedupeKey }: GovernanceEvent, nowMs: number): boolean =>
    !FOUND_BY_EACH.some((prefix) => name.startsWith(prefix)) || claims.take(`${config.labels.service ?? ''} ${dedupeKey} ${Math.floor(nowMs / DAY_MS)}`, nowMs);
  return {
    emit: (event) => {
      telemetry.emit(event);
      telemetry.meter.add('purser.alerts', 1, RAISED);
      if (hub !== undefined && isOurs(event, clock.nowMs())) hub.emit(event);
    },
    reload: load,
    flush: async (timeoutMs) => hub?.flush(timeoutMs),
    stop: () => hub?.stop(),
  };
};
