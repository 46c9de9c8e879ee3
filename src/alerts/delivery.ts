import type { Clock } from '../base/clock.ts';
import { fault, notice } from '../base/diag.ts';
import type { Meter } from '../call/event.ts';
import { backoffMs } from './backoff.ts';
import { type ChannelSettings, endOf, type SendResult } from './channel.ts';
import type { Letter } from './outbox.ts';

/** What becomes of letters on disk. */
export interface LetterKeeper {
  activate(letter: Letter, untilMs: number): void;
  remove(letter: Letter): void;
  bury(letter: Letter, reason: string): void;
}

/** What deliveries are made with. */
export interface DeliveryParts {
  readonly keeper: LetterKeeper;
  readonly clock: Clock;
  readonly meter: Meter;
  /** Runs work later without keeping the process alive; gives its cancellation. */
  readonly later: (ms: number, work: () => void) => () => void;
  /** A number from 0 to 1, each time another. */
  readonly chance: () => number;
  readonly maxAgeMs: number;
}

/** How often a receiver may turn down one alert before those behind it go first. */
const MOST_REJECTIONS = 3;
const MOST_WAITING = 1_000;

/** Delivers the alerts of one channel one after the other, in their order: the next goes out when the one before it is through or dead. */
export class Delivery {
  readonly settings: ChannelSettings;
  readonly #parts: DeliveryParts;
  #waiting: Letter[] = [];
  /** Delivered to a receiver that forgets. */
  readonly #active = new Set<Letter>();
  #failures = 0;
  #rejections = 0;
  #sending: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #cancelResend: (() => void) | undefined;
  #stopped = false;

  constructor(settings: ChannelSettings, parts: DeliveryParts) {
    this.settings = settings;
    this.#parts = parts;
  }

  /** How many alerts wait. */
  get depth(): number {
    return this.#waiting.length;
  }

  /** All letters that it holds, delivered ones that are still active included. */
  letters(): readonly Letter[] {
    return [...this.#waiting, ...this.#active];
  }

  /** Takes letters in; those of another process find their place by time. */
  add(letters: readonly Letter[]): void {
    for (const letter of letters) {
      if (letter.activeUntilMs === undefined) this.#enqueue(letter);
      else this.#keepActive(letter);
    }
    this.#gauge();
    if (this.#cancel === undefined) this.#pump();
  }

  /** Tries what waits at once, and resolves when the try is over. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#pump();
    await this.settled();
  }

  /** Resolves when nothing is on its way. */
  async settled(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
  }

  /** Sends nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#cancelResend?.();
  }

  #enqueue(letter: Letter): void {
    const last = this.#waiting.at(-1);
    this.#waiting.push(letter);
    // The head may be on its way at this moment and keeps its place.
    if (last !== undefined && last.alert.atMs > letter.alert.atMs) {
      const [head, ...rest] = this.#waiting;
      if (head !== undefined) this.#waiting = [head, ...rest.sort((a, b) => a.alert.atMs - b.alert.atMs)];
    }
    if (this.#waiting.length > MOST_WAITING) this.#bury(this.#waiting.splice(1, 1)[0], 'too many alerts waited');
  }

  #pump(): void {
    const [letter] = this.#waiting;
    if (this.#stopped || this.#sending !== undefined || letter === undefined) return;
    if (this.#parts.clock.nowMs() - letter.alert.atMs > this.#parts.maxAgeMs) {
      this.#waiting.shift();
      this.#bury(letter, 'too old');
      return this.#pump();
    }
    this.#sending = this.#send(letter)
      .catch((error: unknown): SendResult => {
        fault('alerts.send', error);
        return { kind: 'failed', reason: 'a fault' };
      })
      .then((result) => {
        this.#sending = undefined;
        this.#sent(letter, result);
      })
      .catch((error: unknown) => fault('alerts.delivery', error));
  }

  async #send({ alert }: Letter): Promise<SendResult> {
    return this.settings.channel.send(alert);
  }

  #sent(letter: Letter, result: SendResult): void {
    if (result.kind === 'delivered') {
      this.#waiting = this.#waiting.filter((waiting) => waiting !== letter);
      this.#count('delivered');
      this.#failures = 0;
      this.#rejections = 0;
      this.#delivered(letter);
    } else if (result.rejected === true && ++this.#rejections >= MOST_REJECTIONS) {
      this.#waiting = this.#waiting.filter((waiting) => waiting !== letter);
      this.#rejections = 0;
      this.#bury(letter, result.reason);
    } else {
      this.#failures += 1;
      this.#count('retried');
      notice(`alerts.${this.settings.name}`, `the alert channel "${this.settings.name}" fails (${result.reason}); alerts wait and are tried again`);
      const { chance, maxAgeMs } = this.#parts;
      this.#again(backoffMs(this.#failures, result.retryAfterMs, chance(), maxAgeMs));
      return;
    }
    this.#gauge();
    this.#pump();
  }

  #again(ms: number): void {
    this.#gauge();
    if (this.#stopped) return;
    this.#cancel = this.#parts.later(ms, () => {
      this.#cancel = undefined;
      this.#pump();
    });
  }

  #delivered(letter: Letter): void {
    const untilMs = endOf(letter.alert);
    if (this.settings.channel.resendMs === undefined || untilMs <= this.#parts.clock.nowMs()) return this.#parts.keeper.remove(letter);
    this.#parts.keeper.activate(letter, untilMs);
    this.#keepActive(letter);
  }

  #keepActive(letter: Letter): void {
    this.#active.add(letter);
    const { resendMs } = this.settings.channel;
    if (resendMs !== undefined) this.#cancelResend ??= this.#parts.later(resendMs, () => this.#resend());
  }

  #resend(): void {
    this.#cancelResend = undefined;
    const nowMs = this.#parts.clock.nowMs();
    for (const letter of this.#active) {
      if ((letter.activeUntilMs ?? 0) <= nowMs) {
        this.#active.delete(letter);
        this.#parts.keeper.remove(letter);
        // One that fails is sent again in a minute anyway.
      } else this.#send(letter).catch((error: unknown) => fault('alerts.send', error));
    }
    const { resendMs } = this.settings.channel;
    if (this.#active.size > 0 && resendMs !== undefined && !this.#stopped) this.#cancelResend = this.#parts.later(resendMs, () => this.#resend());
  }

  #bury(letter: Letter | undefined, reason: string): void {
    if (letter === undefined) return;
    this.#count('dead');
    notice(`alerts.dead.${this.settings.name}`, `an alert could not be delivered to "${this.settings.name}" (${reason}); see purser alerts`);
    this.#parts.keeper.bury(letter, reason);
    this.#gauge();
  }

  #count(result: 'delivered' | 'retried' | 'dead'): void {
    this.#parts.meter.add('purser.alerts', 1, { 'purser.channel': this.settings.name, 'purser.result': result });
  }

  #gauge(): void {
    this.#parts.meter.set('purser.alerts.outbox', this.#waiting.length, { 'purser.channel': this.settings.name });
  }
}
