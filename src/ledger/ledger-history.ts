import { timers } from '../base/timers.ts';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { guard } from '../base/diag.ts';
import type { DaySums, UsageHistory } from '../call/usage-history.ts';
import { DayCounter } from './day-counter.ts';
import { readDay, writeDay } from './day-file.ts';
import { dayOf, segmentDay } from './segment-names.ts';
import { slimContexts } from './slim-context.ts';
import { SegmentTail } from './tail-segment.ts';
import { WatchLease } from './watch-lease.ts';

/** What a history is made with. */
export interface HistorySettings {
  /** The folder of the ledger. */
  readonly directory: string;
  readonly clock: Clock;
  /** Lets others have their turn between two pieces of a file. @default an unref'd timer of 5 ms */
  readonly pause?: () => Promise<void>;
}

const DAY_MS = 86_400_000;
/** How many days before today are looked at. */
const DAYS = 14;
/** A day is over when nobody can be in the middle of writing its last line. */
const GRACE_MS = 120_000;

const shortPause = (): Promise<void> =>
  new Promise((resolve) => {
    timers.setTimeout(resolve, 5).unref();
  });

/**
 * What the ledger says about how models were used until now, over all processes that write to its folder. One of them reads it, in small pieces
 * with pauses; a day that is over is read once and its sums are kept beside it.
 */
export class LedgerHistory {
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #pause: () => Promise<void>;
  readonly #lease: WatchLease;
  readonly #slim = slimContexts();
  readonly #days = new Map<string, DaySums>();
  #today: DayCounter | undefined;
  #tails = new Map<string, SegmentTail>();
  #stopped = false;

  constructor({ directory, clock, pause = shortPause }: HistorySettings) {
    this.#directory = directory;
    this.#clock = clock;
    this.#pause = pause;
    this.#lease = new WatchLease(directory);
  }

  /** Reads what is new. Gives `undefined` where another process of the folder does so. @throws when the folder cannot be read or written */
  async look(): Promise<UsageHistory | undefined> {
    const nowMs = this.#clock.nowMs();
    if (!existsSync(this.#directory) || !this.#lease.hold(nowMs)) {
      this.#forget();
      return undefined;
    }
    const day = dayOf(nowMs - GRACE_MS);
    if (this.#today?.day !== day) await this.#turn(day);
    const today = this.#today ?? new DayCounter(day);
    await this.#follow(today);
    // The lease may have run out in the middle of a long reading of what was there before the start.
    if (this.#stopped || !this.#lease.hold(this.#clock.nowMs())) return undefined;
    return { today: today.sums(), days: [...this.#days.values()].sort((a, b) => (a.day < b.day ? 1 : -1)) };
  }

  /** Reads nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#lease.release();
  }

  #forget(): void {
    this.#today = undefined;
    this.#tails = new Map();
  }

  async #turn(day: string): Promise<void> {
    if (this.#today !== undefined) {
      await this.#follow(this.#today);
      this.#keep(this.#today);
    }
    this.#forget();
    const startMs = Date.parse(`${day}T00:00:00Z`);
    const wanted = new Set(Array.from({ length: DAYS }, (_, at) => dayOf(startMs - (at + 1) * DAY_MS)));
    for (const known of this.#days.keys()) if (!wanted.has(known)) this.#days.delete(known);
    for (const past of wanted) if (!this.#days.has(past) && !this.#stopped) await this.#learn(past);
    // Last: where an earlier day cannot be read, it is tried again at the next look.
    this.#today = new DayCounter(day);
  }

  async #learn(day: string): Promise<void> {
    const known = readDay(this.#directory, day);
    if (known !== undefined) this.#days.set(day, known);
    else if (this.#filesOf(day).length > 0) {
      const counter = new DayCounter(day);
      for (const file of this.#filesOf(day)) await this.#read(this.#tailOf(file), counter);
      this.#keep(counter);
    }
  }

  #keep(counter: DayCounter): void {
    if (this.#stopped) return;
    const sums = counter.sums();
    this.#days.set(counter.day, sums);
    guard('ledger.day', () => writeDay(this.#directory, sums));
  }

  async #follow(counter: DayCounter): Promise<void> {
    for (const file of this.#filesOf(counter.day)) {
      const tail = this.#tails.get(file) ?? this.#tailOf(file);
      this.#tails.set(file, tail);
      await this.#read(tail, counter);
    }
  }

  async #read(tail: SegmentTail, counter: DayCounter): Promise<void> {
    if (this.#stopped) return;
    await tail.read(
      (record, context) => counter.add(record, context),
      async () => {
        await this.#pause();
        this.#lease.hold(this.#clock.nowMs());
        return !this.#stopped;
      },
    );
  }

  #tailOf(file: string): SegmentTail {
    return new SegmentTail(join(this.#directory, file), this.#slim);
  }

  #filesOf(day: string): readonly string[] {
    return readdirSync(this.#directory).filter((file) => segmentDay(file) === day);
  }
}
