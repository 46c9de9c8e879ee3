import { timers } from '../../base/timers.ts';
import { fault } from '../../base/diag.ts';
import type { Clock } from '../../base/clock.ts';
import type { MetricFamily, MetricSource } from '../../call/export.ts';
import type { MetricPushSettings } from '../exporter-settings.ts';
import type { SignalStats } from '../signal-stats.ts';
import type { Posting } from './http-client.ts';
import type { OtlpMessage } from './otlp-message.ts';
import { OtlpMetrics } from './otlp-metrics.ts';
import type { Envelope } from './otlp-records.ts';
import type { OtlpSender } from './otlp-sender.ts';

/** What pushing metrics needs. */
export interface PusherSettings {
  readonly sender: OtlpSender;
  readonly stats: SignalStats;
  readonly envelope: Envelope;
  readonly push: MetricPushSettings;
  readonly clock: Clock;
  readonly onFailure: (reason: string) => void;
}

/** Whether anything happened: what a gauge says of a process that is about to end helps nobody. */
const hasCounted = (families: readonly MetricFamily[]): boolean =>
  families.some(({ kind, points }) => kind !== 'gauge' && points.some(({ value, histogram }) => (histogram?.count ?? value) !== 0));

/** Pushes the metrics every so often, and at the end. Its timer never keeps the process alive. */
export class MetricPusher {
  readonly #settings: PusherSettings;
  readonly #metrics: OtlpMetrics;
  #source: MetricSource | undefined;
  #timer: NodeJS.Timeout | undefined;
  #flying: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #posting: Posting | undefined;

  /** @param settings where and how often */
  constructor(settings: PusherSettings) {
    this.#settings = settings;
    this.#metrics = new OtlpMetrics(settings.envelope, settings.push.temporality);
  }

  /** Reads the metrics there from now on. */
  connect(source: MetricSource): void {
    this.#source = source;
    this.#timer = timers.setInterval(() => void this.push(), this.#settings.push.intervalMs).unref();
  }

  /** Pushes now; one push at a time, and all that ask while one is on its way share the next. Never rejects. */
  push(): Promise<void> {
    return (this.#next ??= this.#flying.then(() => {
      this.#next = undefined;
      return (this.#flying = this.#push().catch((error: unknown) => fault('metric_push', error)));
    }));
  }

  /** Gives the last state as it goes over the wire, for the end of the process; `undefined` when there is nothing to send, as in one that called no model. */
  encodeNow(): Buffer | undefined {
    // What the system delivers by itself is no part of a difference any more.
    if (this.#posting?.handedOver() === true) this.#metrics.commit();
    const message = this.#message(hasCounted);
    return message === undefined ? undefined : this.#settings.sender.encodeNow(message);
  }

  /** Pushes no more. */
  close(): void {
    timers.clearInterval(this.#timer);
  }

  #message(isWorthIt: (families: readonly MetricFamily[]) => boolean = () => true): OtlpMessage | undefined {
    const source = this.#source;
    if (source === undefined || source.byHost()) return undefined;
    const families = source.collect();
    return isWorthIt(families) ? this.#metrics.request(families, this.#settings.clock.nowMs()) : undefined;
  }

  async #push(): Promise<void> {
    const { sender, stats } = this.#settings;
    const message = this.#message();
    if (message === undefined) return;
    const result = await sender.send(sender.encode(message), (posting) => (this.#posting = posting));
    this.#posting = undefined;
    if (result.kind === 'failed') {
      stats.dropped(1, 'export_failed');
      return this.#failed(result.reason);
    }
    this.#metrics.commit();
    stats.exported(1);
    // The rest of the batch arrived.
    if (result.rejected > 0) this.#failed(`${result.rejected} data points were rejected`);
  }

  #failed(reason: string): void {
    const { stats, onFailure } = this.#settings;
    stats.failed(reason);
    onFailure(reason);
  }
}
