import { timers } from '../../base/timers.ts';
import type { Delivery } from '../record-queue.ts';
import type { SignalStats } from '../signal-stats.ts';
import type { Posting } from './http-client.ts';
import type { OtlpMessage } from './otlp-message.ts';
import type { OtlpSender } from './otlp-sender.ts';

/** What sending records over OTLP needs. */
export interface OtlpRecordsSettings<T> {
  readonly sender: OtlpSender;
  readonly stats: SignalStats;
  /** Told before each batch. */
  readonly startBatch: () => void;
  readonly clean: (record: T) => T;
  readonly message: (records: readonly T[]) => OtlpMessage;
  /** Told of an export that failed; `reason` is free of secrets. */
  readonly onFailure: (reason: string) => void;
}

/** How many records are cleaned and encoded before the app gets its turn: about a millisecond's work. */
const SLICE = 32;

const turn = (): Promise<void> => new Promise((resolve) => void timers.setImmediate(resolve));

/** Sends spans or log records over OTLP. */
export class OtlpRecordsExporter<T> {
  readonly #settings: OtlpRecordsSettings<T>;

  /** @param settings the sender and how records become a message */
  constructor(settings: OtlpRecordsSettings<T>) {
    this.#settings = settings;
  }

  /** Gives records as they go over the wire, cleaned, all at once: for the end of the process. */
  encodeNow(records: readonly T[]): Buffer {
    const { sender, message, clean, startBatch } = this.#settings;
    startBatch();
    return sender.encodeNow(message(records.map(clean)));
  }

  /** Sends a batch. */
  deliver(records: readonly T[]): Delivery {
    let posting: Posting | undefined;
    const done = this.#run(records, (next) => {
      posting = next;
    });
    return {
      done,
      gone: () => posting?.handedOver() ?? false,
    };
  }

  async #run(records: readonly T[], trying: (posting: Posting | undefined) => void): Promise<void> {
    const { sender, stats, onFailure } = this.#settings;
    const body = await this.#encode(records);
    const result = await sender.send(body, trying);
    if (result.kind === 'delivered') {
      // A receiver may say anything.
      const rejected = Math.min(result.rejected, records.length);
      stats.exported(records.length - rejected);
      return stats.dropped(rejected, 'rejected');
    }
    stats.failed(result.reason);
    stats.dropped(records.length, 'export_failed');
    onFailure(result.reason);
  }

  async #encode(records: readonly T[]): Promise<Buffer> {
    const { sender, message, clean, startBatch } = this.#settings;
    startBatch();
    // Protobuf messages that stand one after the other are one message with all their records, so that each slice is encoded by itself.
    const sliced = sender.settings.protocol !== 'http/json';
    const parts: Buffer[] = [];
    const cleaned: T[] = [];
    for (let at = 0; at < records.length; at += SLICE) {
      if (at > 0) await turn();
      const slice = records.slice(at, at + SLICE).map(clean);
      if (sliced) parts.push(sender.encode(message(slice)));
      else cleaned.push(...slice);
    }
    return sliced ? Buffer.concat(parts) : sender.encode(message(cleaned));
  }
}
