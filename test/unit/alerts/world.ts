import type { Clock } from '../../../src/base/clock.ts';
import type { AlertSettings } from '../../../src/alerts/alert-hub.ts';
import type { Channel, ChannelSettings } from '../../../src/alerts/channel.ts';

/** A time that only moves when a test says so, with the timers in it. */
export class VirtualTime {
  nowMs: number;
  #timers: { readonly atMs: number; readonly work: () => void }[] = [];
  /** What is on its way through the real network. */
  readonly #sending = new Set<Promise<unknown>>();

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  readonly clock: Clock = { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs };

  readonly later = (ms: number, work: () => void): (() => void) => {
    const timer = { atMs: this.nowMs + ms, work };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((one) => one !== timer));
  };

  /** Wraps a channel so that time stands still while it sends. */
  watch(settings: ChannelSettings): ChannelSettings {
    const channel: Channel = {
      ...settings.channel,
      send: (alert) => {
        const sent = settings.channel.send(alert);
        this.#sending.add(sent);
        void sent.finally(() => this.#sending.delete(sent));
        return sent;
      },
    };
    return { ...settings, channel };
  }

  async settle(): Promise<void> {
    do {
      await Promise.all(this.#sending);
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#sending.size > 0);
  }

  /** Lets so much time pass, timer by timer. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    for (;;) {
      await this.settle();
      const next = this.#timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.work();
    }
    this.nowMs = endMs;
  }
}

/** Counts by channel and result. */
export class Counts {
  readonly counts: Record<string, number> = {};
  readonly meter: AlertSettings['meter'] = {
    add: (metric, value, attributes) => {
      const key = [metric, ...Object.values(attributes ?? {})].join(' ');
      this.counts[key] = (this.counts[key] ?? 0) + value;
    },
    record: () => undefined,
    set: (metric, value, attributes) => void (this.counts[[metric, ...Object.values(attributes ?? {})].join(' ')] = value ?? 0),
  };
}
