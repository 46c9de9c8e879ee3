import type { DaySums, HourSums, ModelSums, ServiceSums } from '../call/usage-history.ts';
import type { LedgerContext, LedgerRecord } from './ledger-record.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Service {
  nano: number;
  readonly hours: readonly Mutable<HourSums>[];
  readonly models: Map<string, Mutable<ModelSums>>;
  readonly keys: Map<string, number>;
}

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** Bounds for labels that somebody fills with ids: what is beyond them is counted under the last name of all. */
const MOST_SERVICES = 200;
const MOST_NAMES = 1_000;
const REST = '…';

const tokensOf = (usage: LedgerRecord['usage']): number => {
  let sum = 0;
  for (const count of Object.values(usage ?? {})) sum += count ?? 0;
  return sum;
};

const bounded = <V>(map: ReadonlyMap<string, V>, name: string, most: number): string => (map.has(name) || map.size < most ? name : REST);

/** Adds the calls of one day up, by service. */
export class DayCounter {
  readonly day: string;
  readonly #startMs: number;
  readonly #services = new Map<string, Service>();

  /** @param day `YYYY-MM-DD` */
  constructor(day: string) {
    this.day = day;
    this.#startMs = Date.parse(`${day}T00:00:00Z`);
  }

  /** Counts a call that ended on this day. */
  add({ t, ms, outcome, nano = 0, usage, attempts = 1 }: LedgerRecord, { labels, model, provider, key }: LedgerContext): void {
    const service = this.#service(labels?.['service'] ?? '-');
    service.nano += nano;
    // A call that waited for a full disk may stand in the file of a later day.
    const at = Math.min(HOURS - 1, Math.max(0, Math.floor((t + ms - this.#startMs) / HOUR_MS)));
    const hour = service.hours[at];
    if (hour !== undefined) {
      hour.calls += 1;
      hour.retries += attempts - 1;
      if (outcome === 'failed' || outcome === 'abandoned') hour.failed += 1;
    }
    this.#model(service, model ?? provider, usage);
    if (key === undefined) return;
    const name = bounded(service.keys, key, MOST_NAMES);
    service.keys.set(name, (service.keys.get(name) ?? 0) + 1);
  }

  /** What was counted so far. */
  sums(): DaySums {
    const services = [...this.#services].map(([name, { nano, hours, models, keys }]): readonly [string, ServiceSums] => [
      name,
      { nano, hours: hours.map((hour) => ({ ...hour })), models: Object.fromEntries(models), keys: Object.fromEntries(keys) },
    ]);
    return { day: this.day, services: Object.fromEntries(services) };
  }

  #service(label: string): Service {
    const name = bounded(this.#services, label, MOST_SERVICES);
    let service = this.#services.get(name);
    if (service === undefined) {
      service = { nano: 0, hours: Array.from({ length: HOURS }, () => ({ calls: 0, failed: 0, retries: 0 })), models: new Map(), keys: new Map() };
      this.#services.set(name, service);
    }
    return service;
  }

  #model({ models }: Service, name: string, usage: LedgerRecord['usage']): void {
    const known = bounded(models, name, MOST_NAMES);
    const sums = models.get(known) ?? { calls: 0, metered: 0, tokens: 0 };
    models.set(known, sums);
    sums.calls += 1;
    if (usage === undefined) return;
    sums.metered += 1;
    sums.tokens += tokensOf(usage);
  }
}
