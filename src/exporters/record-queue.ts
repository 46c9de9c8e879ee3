import { timers } from '../base/timers.ts';
import { fault } from '../base/diag.ts';
import type { BatchSettings } from './exporter-settings.ts';

/** One batch on its way out. */
export interface Delivery {
  /** Resolves when the batch arrived or is given up. Never rejects. */
  readonly done: Promise<void>;
  /** True once the batch is out of our hands, so that it must not be sent a second time at the end of the process. */
  gone(): boolean;
}

/** What a queue needs to know. */
export interface QueueSettings<T> {
  readonly batch: BatchSettings;
  /** Takes a batch of at most `maxBatch` records. Must not throw. */
  readonly deliver: (records: readonly T[]) => Delivery;
  /** Told of each record that found the queue full. */
  readonly onOverflow: () => void;
  /** Told how many records wait. */
  readonly onSize: (size: number) => void;
}

/** Gathers records and gives them away in batches, one batch at a time. Its timer never keeps the process alive. */
export class RecordQueue<T> {
  readonly #settings: QueueSettings<T>;
  #waiting: T[] = [];
  #timer: NodeJS.Timeout | undefined;
  #flying: { readonly records: readonly T[]; readonly delivery: Delivery } | undefined;
  #closed = false;
  /** How many records were taken out to be delivered. */
  #taken = 0;

  /** @param settings batch sizes and where batches go */
  constructor(settings: QueueSettings<T>) {
    this.#settings = settings;
  }

  /** Takes a record; what finds the queue full is dropped. */
  push(record: T): void {
    const { batch, onOverflow, onSize } = this.#settings;
    if (this.#closed || this.#waiting.length >= batch.maxQueue) return onOverflow();
    this.#waiting.push(record);
    onSize(this.#waiting.length);
    if (this.#waiting.length === batch.maxBatch) this.#schedule(0);
    else this.#timer ??= this.#after(batch.delayMs);
  }

  /** Gives all that waits now away, and resolves when it arrived or is given up. What comes meanwhile is not waited for: with a busy app there would be no end. */
  async flush(): Promise<void> {
    const wanted = this.#taken + this.#waiting.length;
    let isLast: boolean;
    do {
      if (this.#flying === undefined) this.#send();
      isLast = this.#taken >= wanted;
      await this.#flying?.delivery.done.catch(() => undefined);
    } while (!isLast);
  }

  /** Takes out all that is not out of our hands yet, for the end of the process. */
  drain(): readonly T[] {
    const flying = this.#flying !== undefined && !this.#flying.delivery.gone() ? this.#flying.records : [];
    const all = [...flying, ...this.#waiting];
    this.#waiting = [];
    this.#closed = true;
    return all;
  }

  /** Takes nothing more. */
  close(): void {
    this.#closed = true;
    timers.clearTimeout(this.#timer);
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== undefined) timers.clearTimeout(this.#timer);
    this.#timer = this.#after(delayMs);
  }

  #after(delayMs: number): NodeJS.Timeout {
    return timers
      .setTimeout(() => {
        this.#timer = undefined;
        if (this.#flying === undefined) this.#send();
      }, delayMs)
      .unref();
  }

  #send(): void {
    const records = this.#waiting.splice(0, this.#settings.batch.maxBatch);
    if (records.length === 0) return;
    this.#taken += records.length;
    this.#settings.onSize(this.#waiting.length);
    const delivery = this.#settings.deliver(records);
    this.#flying = { records, delivery };
    void delivery.done.then(
      () => this.#landed(),
      (error: unknown) => {
        fault('export_batch', error);
        this.#landed();
      },
    );
  }

  #landed(): void {
    this.#flying = undefined;
    if (this.#waiting.length === 0 || this.#closed) return;
    if (this.#waiting.length >= this.#settings.batch.maxBatch) this.#schedule(0);
    else this.#timer ??= this.#after(this.#settings.batch.delayMs);
  }
}
