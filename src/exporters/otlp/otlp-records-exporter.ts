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

/** How many records are cleaned before the app gets its turn. */
const SLICE = 32;

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

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
    return sender.encode(message(records.map(clean)));
  }

  /** Sends a batch. */
  deliver(records: readonly T[]): Delivery {
    let posting: Posting | undefined;
    let held = false;
    const done = this.#run(records, (next) => {
      posting = next;
      next.hold(held);
    });
    return {
      done,
      gone: () => posting?.handedOver() ?? false,
      hold: (on) => {
        held = on;
        posting?.hold(on);
      },
    };
  }

  async #run(records: readonly T[], started: (posting: Posting) => void): Promise<void> {
    const { sender, stats, onFailure } = this.#settings;
    const body = await this.#encode(records);
    const result = await sender.send(body, started);
    if (result.kind === 'delivered') {
      stats.exported(records.length - result.rejected);
      return stats.dropped(result.rejected, 'rejected');
    }
    stats.failed(result.reason);
    stats.dropped(records.length, 'export_failed');
    onFailure(result.reason);
  }

  async #encode(records: readonly T[]): Promise<Buffer> {
    const { sender, message, clean, startBatch } = this.#settings;
    startBatch();
    const cleaned: T[] = [];
    for (const record of records) {
      cleaned.push(clean(record));
      if (cleaned.length % SLICE === 0) await turn();
    }
    return sender.encode(message(cleaned));
  }
}
