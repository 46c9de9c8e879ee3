import type { Meter } from '../call/event.ts';
import type { SignalHealth } from '../call/export.ts';

/** The three signals. */
export type Signal = 'traces' | 'metrics' | 'logs';

/** Counts how one signal fares, for `purser status` and as metrics. */
export class SignalStats {
  readonly #signal: Signal;
  #meter: Meter | undefined;
  #exported = 0;
  #dropped = 0;
  #failures = 0;
  #queued = 0;
  #lastError: string | undefined;

  /** @param signal the signal that is counted */
  constructor(signal: Signal) {
    this.#signal = signal;
  }

  /** Counts as metrics from now on, each from 0. */
  connect(meter: Meter): void {
    this.#meter = meter;
    const labels = { 'purser.signal': this.#signal };
    meter.add('purser.telemetry.exported', 0, labels);
    meter.add('purser.telemetry.export_failures', 0, labels);
    meter.set('purser.telemetry.queue', 0, labels);
  }

  /** Counts items that arrived. */
  exported(items: number): void {
    this.#exported += items;
    this.#meter?.add('purser.telemetry.exported', items, { 'purser.signal': this.#signal });
  }

  /** Counts items that are lost; `reason` is one fixed word. */
  dropped(items: number, reason: string): void {
    if (items === 0) return;
    this.#dropped += items;
    this.#meter?.add('purser.telemetry.dropped', items, { 'purser.signal': this.#signal, 'purser.reason': reason });
  }

  /** Counts an export that failed after its retries; `error` is free of secrets. */
  failed(error: string): void {
    this.#failures += 1;
    this.#lastError = error;
    this.#meter?.add('purser.telemetry.export_failures', 1, { 'purser.signal': this.#signal });
  }

  /** Says how many items wait. */
  queued(items: number): void {
    this.#queued = items;
  }

  /** How the signal fares now. */
  health(): SignalHealth {
    return { exported: this.#exported, dropped: this.#dropped, failures: this.#failures, queued: this.#queued, lastError: this.#lastError };
  }
}
