import type { Clock } from '../base/clock.ts';
import { fault, guard, notice } from '../base/diag.ts';
import type { Call } from '../call/call.ts';
import type { Meter } from '../call/event.ts';
import type { Outcome } from '../call/outcome.ts';
import type { Sink } from '../call/sink.ts';
import { RecordEncoder } from './encode-record.ts';
import { deleteOldSegments } from './retention.ts';
import { SegmentFile } from './segment-file.ts';
import { wholeLines } from './whole-lines.ts';

/** What a ledger is made with. */
export interface LedgerSettings {
  /** A folder of this host's own disk; it is made where there is none. Several processes may share it. */
  readonly directory: string;
  /** How long records are kept, in milliseconds; whole days go at once. */
  readonly retentionMs: number;
  readonly clock: Clock;
  readonly meter: Meter;
  /** Takes secrets and personal data out of labels and names. */
  readonly clean: (text: string) => string;
  /** The size at which another file is begun. @default 64 MiB */
  readonly segmentBytes?: number;
}

/** The ledger of this process. */
export interface Ledger extends Sink {
  /** Writes what waits for a disk that was full, and lets go of the file. */
  stop(): void;
}

const MOST_WAITING = 10_000;
const RETRY_MS = 1_000;
const LOST = { 'purser.reason': 'disk' } as const;

class FileLedger implements Ledger {
  readonly name = 'ledger';
  readonly #settings: LedgerSettings;
  readonly #encoder: RecordEncoder;
  readonly #file: SegmentFile;
  /** Lines that could not be written yet, oldest first; each stands by itself. */
  #waiting: string[] = [];
  #retryAtMs = 0;

  constructor(settings: LedgerSettings) {
    this.#settings = settings;
    this.#encoder = new RecordEncoder(settings.clean);
    this.#file = new SegmentFile(settings.directory, settings.segmentBytes);
  }

  callEnded(call: Call, outcome: Outcome): void {
    if (this.#waiting.length > 0) return this.#wait(call, outcome);
    try {
      this.#begin();
      this.#file.append(this.#encoder.lines(call, outcome));
      this.#settings.meter.add('purser.ledger.records', 1);
    } catch (error) {
      this.#failed(error);
      this.#keep(call, outcome);
    }
  }

  stop(): void {
    if (this.#waiting.length > 0) this.#retry();
    if (this.#waiting.length > 0) this.#settings.meter.add('purser.ledger.failures', this.#waiting.length, LOST);
    guard('ledger.close', () => this.#file.close());
  }

  #begin(): void {
    const { directory, retentionMs, clock } = this.#settings;
    const nowMs = clock.nowMs();
    if (!this.#file.isDue(nowMs)) return;
    this.#file.begin(nowMs);
    this.#encoder.reset();
    deleteOldSegments(directory, nowMs - retentionMs).catch((error: unknown) => fault('ledger.retention', error));
  }

  #failed(error: unknown): void {
    const { directory, clock } = this.#settings;
    this.#retryAtMs = clock.nowMs() + RETRY_MS;
    guard('ledger.close', () => this.#file.close());
    const reason = error instanceof Error ? error.message : String(error);
    notice('ledger', `the ledger in ${directory} cannot be written (${reason}); up to ${MOST_WAITING} calls wait in memory`);
  }

  #keep(call: Call, outcome: Outcome): void {
    this.#encoder.reset();
    this.#waiting.push(this.#encoder.lines(call, outcome));
  }

  #wait(call: Call, outcome: Outcome): void {
    if (this.#waiting.length < MOST_WAITING) this.#keep(call, outcome);
    else this.#settings.meter.add('purser.ledger.failures', 1, LOST);
    if (this.#settings.clock.nowMs() >= this.#retryAtMs) this.#retry();
  }

  #retry(): void {
    try {
      this.#begin();
      this.#file.append(this.#waiting.join(''));
      this.#written(this.#waiting.length);
      this.#encoder.reset();
    } catch (error) {
      this.#written(wholeLines(this.#waiting, this.#file.stuckBytes));
      this.#failed(error);
    }
  }

  #written(count: number): void {
    if (count === 0) return;
    this.#settings.meter.add('purser.ledger.records', count);
    this.#waiting = this.#waiting.slice(count);
  }
}

/** Opens the ledger of this process. Nothing is touched before the first call ends; it never throws. */
export const createLedger = (settings: LedgerSettings): Ledger => new FileLedger(settings);
