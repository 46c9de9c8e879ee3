import { timers } from '../base/timers.ts';
import type { Clock } from '../base/clock.ts';
import { fault, guard, notice } from '../base/diag.ts';
import { Lru } from '../base/lru.ts';
import type { EmitEvent, GovernanceEvent, Meter } from '../call/event.ts';
import type { ChannelSettings, Severity } from './channel.ts';
import { Delivery, type DeliveryParts, type LetterKeeper } from './delivery.ts';
import { type Letter, Outbox } from './outbox.ts';

/** What alerts are made with. */
export interface AlertSettings {
  readonly channels: readonly ChannelSettings[];
  /** The folder in which alerts wait; several processes may share it. */
  readonly outbox: string;
  readonly maxAgeMs: number;
  readonly clock: Clock;
  readonly meter: Meter;
  /** Takes secrets and personal data out of what is sent. */
  readonly clean: (event: GovernanceEvent) => GovernanceEvent;
  /** @default an unref'd timer */
  readonly later?: DeliveryParts['later'];
  /** @default Math.random */
  readonly chance?: () => number;
}

/** The alerts of a process. */
export interface AlertHub {
  /** Takes an event to every channel that wants it. On disk when this returns; delivered later. */
  readonly emit: EmitEvent;
  /** Goes on with other channels, for a config that was loaded again. */
  setChannels(channels: readonly ChannelSettings[]): void;
  /** Tries to deliver what waits; resolves when that was tried, or after `timeoutMs`. */
  flush(timeoutMs: number): Promise<void>;
  /** Delivers nothing more; what waits stays on disk for the next process. */
  stop(): void;
}

const ADOPT_MS = 15_000;
const REMEMBERED = 1_000;
const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

const matches = (patterns: readonly string[], name: string): boolean =>
  patterns.length === 0 || patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));

const laterUnref = (ms: number, work: () => void): (() => void) => {
  const timer = timers.setTimeout(work, ms).unref();
  return () => timers.clearTimeout(timer);
};

class Hub implements AlertHub {
  readonly #settings: AlertSettings;
  readonly #outbox: Outbox | undefined;
  readonly #seen = new Lru<string, true>(REMEMBERED);
  readonly #parts: DeliveryParts;
  #deliveries: readonly Delivery[];
  /** Letters of channels that were taken out of the config: they may come back until their alerts are too old. */
  #stranded: readonly Letter[] = [];
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(settings: AlertSettings) {
    this.#settings = settings;
    this.#outbox = this.#open();
    const { clock, meter, maxAgeMs, later = laterUnref, chance = Math.random } = settings;
    this.#parts = { keeper: this.#keeper(), clock, meter, maxAgeMs, later, chance };
    this.#deliveries = settings.channels.map((channel) => new Delivery(channel, this.#parts));
    // Not before the app has started.
    this.#cancel = later(0, () => this.#adopt());
  }

  readonly emit = (event: GovernanceEvent): void => {
    if (this.#stopped || this.#seen.get(event.dedupeKey) !== undefined) return;
    this.#seen.set(event.dedupeKey, true);
    const wanting = this.#deliveries.filter(({ settings }) => RANK[event.severity] >= RANK[settings.severity] && matches(settings.events, event.name));
    if (wanting.length === 0) return;
    const clean = guard('alerts.clean', () => this.#settings.clean(event));
    if (clean === undefined) return;
    for (const delivery of wanting) delivery.add([this.#keep(delivery.settings.name, clean)]);
  };

  setChannels(channels: readonly ChannelSettings[]): void {
    for (const delivery of this.#deliveries) delivery.stop();
    const before = this.#deliveries;
    this.#deliveries = channels.map((channel) => new Delivery(channel, this.#parts));
    // What is on its way may still arrive: it is told first, and never sent by two.
    Promise.all(before.map((delivery) => delivery.settled()))
      .then(() => this.#distribute(before.flatMap((delivery) => delivery.letters())))
      .catch((error: unknown) => fault('alerts.channels', error));
  }

  async flush(timeoutMs: number): Promise<void> {
    if (this.#deliveries.every(({ depth }) => depth === 0)) return;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = timers.setTimeout(resolve, timeoutMs)));
    await Promise.race([Promise.all(this.#deliveries.map((delivery) => delivery.flush())), limit]);
    timers.clearTimeout(timer);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    for (const delivery of this.#deliveries) delivery.stop();
    this.#outbox?.close();
  }

  #open(): Outbox | undefined {
    try {
      return new Outbox(this.#settings.outbox);
    } catch (error) {
      notice('alerts.outbox', `the folder ${this.#settings.outbox} cannot be written (${String(error)}): alerts that wait are lost when the process ends`);
      return undefined;
    }
  }

  #keep(channel: string, alert: GovernanceEvent): Letter {
    return guard('alerts.keep', () => this.#outbox?.add(channel, alert)) ?? { path: undefined, channel, alert };
  }

  // A disk that fails must not keep an alert from being sent.
  #keeper(): LetterKeeper {
    return {
      activate: (letter, untilMs) => guard('alerts.keep', () => this.#outbox?.activate(letter, untilMs)),
      remove: (letter) => guard('alerts.keep', () => this.#outbox?.remove(letter)),
      bury: (letter, reason) => guard('alerts.keep', () => this.#outbox?.bury(letter, reason)),
    };
  }

  #distribute(letters: readonly Letter[]): void {
    const all = [...this.#stranded, ...letters];
    if (all.length === 0) return;
    for (const delivery of this.#deliveries) {
      const own = all.filter(({ channel }) => channel === delivery.settings.name);
      if (own.length > 0) delivery.add(own);
    }
    const others = all.filter(({ channel }) => !this.#has(channel));
    for (const letter of others) if (this.#isOver(letter.alert.atMs)) this.#parts.keeper.bury(letter, 'no such channel');
    this.#stranded = others.filter(({ alert }) => !this.#isOver(alert.atMs));
  }

  #has(channel: string): boolean {
    return this.#deliveries.some(({ settings }) => settings.name === channel);
  }

  #isOver(atMs: number): boolean {
    return atMs < this.#settings.clock.nowMs() - this.#settings.maxAgeMs;
  }

  #adopt(): void {
    const { clock } = this.#settings;
    try {
      const held = [...this.#deliveries.flatMap((delivery) => delivery.letters()), ...this.#stranded];
      // What no process has a channel for waits where it is, until somebody buries it.
      this.#distribute(this.#outbox?.adopt(clock.nowMs(), held, (channel, atMs) => this.#has(channel) || this.#isOver(atMs)) ?? []);
    } catch (error) {
      fault('alerts.adopt', error);
    }
    if (!this.#stopped) this.#cancel = this.#parts.later(ADOPT_MS, () => this.#adopt());
  }
}

/** Starts the alerts of this process. Never throws, never keeps the process alive. */
export const createAlertHub = (settings: AlertSettings): AlertHub => new Hub(settings);
