import { timers } from '../../base/timers.ts';
import { fault, guard, notice } from '../../base/diag.ts';
import type { Clock } from '../../base/clock.ts';
import type { GovernanceEvent } from '../../call/event.ts';
import type { PricerSettings } from '../settings.ts';
import { bundledTable } from '../table/bundled-table.ts';
import type { PriceTable } from '../table/price-table.ts';
import { createTableCache, type TableCache } from './table-cache.ts';
import { fetchTable, type Fetched } from './fetch-table.ts';
import { looksNewer } from './newer-model.ts';
import { implausibleChange } from './sanity-gate.ts';

/** How a look for a newer table ended. */
export type RefreshResult = 'unchanged' | 'updated' | 'refused' | 'failed';

/** Which table is in use, and how it is kept fresh. */
export interface Freshness {
  /** The table in use; read from disk at the first call. */
  readonly table: () => PriceTable;
  readonly ageMs: (nowMs: number) => number;
  /** Takes the kept table and begins to look for newer ones, where that is configured. */
  readonly start: () => void;
  readonly refresh: () => Promise<RefreshResult>;
  readonly report: () => void;
  /** Told of a name that the table does not know. */
  readonly sawUnknown: (provider: string, model: string) => void;
  readonly stop: () => void;
}

const DAY = 86_400_000;
const STALE_AFTER = 30 * DAY;
const SHORTEST_INTERVAL = 60_000;
/** How often the age is set anew, so that a gauge that was set once does not stand still. */
const REPORT_EVERY = 3_600_000;
const DEFAULT_TIMEOUT = 10_000;

/** A moment of `table.asOf` counts from its start, so a table of today is less than a day old. */
const ageOf = (table: PriceTable, nowMs: number): number => Math.max(0, nowMs - Date.parse(table.asOf));

/** One process's view of the price table. */
class FreshTable implements Freshness {
  readonly #settings: PricerSettings;
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #cache: TableCache | undefined;
  #current: PriceTable | undefined;
  #etag: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #reporting: NodeJS.Timeout | undefined;
  #running: Promise<RefreshResult> | undefined;
  #warnedDay: number | undefined;
  #warnedNewer = false;
  #stopped = false;

  constructor(settings: PricerSettings, clock: Clock, changed: () => void) {
    this.#settings = settings;
    this.#clock = clock;
    this.#changed = changed;
    this.#cache = settings.cacheDir === undefined ? undefined : createTableCache(settings.cacheDir);
  }

  readonly table = (): PriceTable => (this.#current ??= this.#firstTable());
  readonly ageMs = (nowMs: number): number => ageOf(this.table(), nowMs);

  #firstTable(): PriceTable {
    const bundled = this.#settings.table ?? bundledTable();
    const kept = this.#cache?.read();
    if (kept === undefined || kept.table.asOf <= bundled.asOf) return bundled;
    this.#etag = kept.etag;
    return kept.table;
  }

  readonly start = (): void => {
    if (this.#stopped) return;
    this.report();
    this.#reporting = timers.setInterval(this.report, REPORT_EVERY);
    this.#reporting.unref();
    if (this.#settings.refresh !== undefined) this.#schedule(0);
  };

  #schedule(delayMs: number): void {
    // Many processes that start together must not all ask at the same moment.
    const jittered = delayMs + Math.random() * (delayMs === 0 ? 30_000 : delayMs / 10);
    this.#timer = timers.setTimeout(() => {
      void this.refresh().then(() => {
        if (!this.#stopped) this.#schedule(Math.max(SHORTEST_INTERVAL, this.#settings.refresh?.intervalMs ?? DAY));
      });
    }, jittered);
    this.#timer.unref();
  }

  readonly refresh = (): Promise<RefreshResult> => {
    this.#running ??= this.#look()
      .catch((error: unknown): RefreshResult => {
        fault('prices.refresh', error);
        return 'failed';
      })
      .then((result) => {
        this.#running = undefined;
        guard('prices.report', () => this.#settings.meter?.add('purser.price_table.refreshes', 1, { 'purser.result': result }));
        this.report();
        return result;
      });
    return this.#running;
  };

  async #look(): Promise<RefreshResult> {
    const { refresh } = this.#settings;
    if (refresh === undefined) return 'failed';
    const ask = (): Promise<Fetched> => fetchTable(refresh.url, this.#etag, refresh.timeoutMs ?? DEFAULT_TIMEOUT);
    const answer = await (this.#settings.untraced === undefined ? ask() : this.#settings.untraced(ask));
    if (answer.kind === 'unchanged') return 'unchanged';
    if (answer.kind === 'failed') {
      notice('prices.refresh_failed', `The price table could not be fetched: ${answer.reason}. The one in use stays.`);
      return 'failed';
    }
    const reason = answer.kind === 'bad' ? answer.reason : this.#objection(answer.table);
    if (reason !== undefined) return this.#refuse(reason);
    if (answer.kind !== 'table') return 'failed';
    this.#etag = answer.etag;
    if (answer.table.sha256 === this.table().sha256) return 'unchanged';
    this.#take(answer.table);
    return 'updated';
  }

  /** Why a well-formed table is not taken all the same. */
  #objection(next: PriceTable): string | undefined {
    if (next.asOf < this.table().asOf) return `it is of ${next.asOf}, older than the one in use`;
    return implausibleChange(this.table(), next);
  }

  #take(table: PriceTable): void {
    const before = this.table().version;
    this.#current = table;
    this.#changed();
    this.#cache?.write(table, this.#etag);
    this.#emit('purser.price_table.updated', 'info', `The price table is now ${table.version}; it was ${before}.`, table.version, { version: table.version });
  }

  #refuse(reason: string): RefreshResult {
    notice('prices.refresh_refused', `A fetched price table was refused: ${reason}. The one in use stays.`);
    this.#emit('purser.price_table.refused', 'error', `A fetched price table was refused: ${reason}.`, reason, { reason });
    return 'refused';
  }

  readonly report = (): void => guard('prices.report', () => this.#report());

  #report(): void {
    const nowMs = this.#clock.nowMs();
    const table = this.table();
    const ageMs = ageOf(table, nowMs);
    this.#settings.meter?.set('purser.price_table.age', ageMs / 1000, { 'purser.price_table.version': table.version });
    const day = Math.floor(nowMs / DAY);
    if (ageMs < (this.#settings.staleAfterMs ?? STALE_AFTER) || this.#warnedDay === day) return;
    this.#warnedDay = day;
    const days = Math.floor(ageMs / DAY);
    const text = `The price table is ${days} days old; prices that changed since are wrong. Update Purser, or set a refresh address.`;
    notice('prices.stale', text);
    this.#emit('purser.price_table.stale', 'warning', text, String(day), { days, version: table.version });
  }

  readonly sawUnknown = (provider: string, model: string): void => {
    if (this.#warnedNewer || !looksNewer(this.table(), provider, model)) return;
    this.#warnedNewer = true;
    const text = `The model ${model} of ${provider} is newer than the price table of ${this.table().asOf}: its calls have no price. Update Purser, or write a price for it.`;
    notice('prices.newer_model', text);
    this.#emit('purser.price_table.newer_model', 'warning', text, `${provider}/${model}`, { provider, model });
  };

  #emit(name: string, severity: GovernanceEvent['severity'], message: string, key: string, attributes: GovernanceEvent['attributes']): void {
    guard('prices.emit', () => this.#settings.emit?.({ name, severity, message, atMs: this.#clock.nowMs(), dedupeKey: `${name}/${key}`, attributes }));
  }

  readonly stop = (): void => {
    this.#stopped = true;
    timers.clearTimeout(this.#timer);
    timers.clearInterval(this.#reporting);
  };
}

/** Makes the view of the table. `changed` is told when another table came into use. */
export const createFreshness = (settings: PricerSettings, clock: Clock, changed: () => void): Freshness => new FreshTable(settings, clock, changed);
