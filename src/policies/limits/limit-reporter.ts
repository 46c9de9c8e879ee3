import type { Clock } from '../../base/clock.ts';
import type { Call } from '../../call/call.ts';
import type { EmitEvent, Meter } from '../../call/event.ts';
import type { Wanted } from './compiled-limit.ts';

const MINUTE_MS = 60_000;

/** Tells metrics and alerts what the limits do. */
export class LimitReporter {
  readonly #meter: Meter;
  readonly #emit: EmitEvent;
  readonly #clock: Clock;

  constructor(meter: Meter, emit: EmitEvent, clock: Clock) {
    this.#meter = meter;
    this.#emit = emit;
    this.#clock = clock;
  }

  /** Counts what a limit answered. */
  decided({ limit: { config } }: Wanted, decision: 'admitted' | 'refused' | 'would_refuse', reason: string): void {
    this.#meter.add('purser.policy.decisions', 1, {
      'purser.policy': 'limits',
      'purser.rule': config.id,
      'purser.decision': decision,
      'purser.reason': reason,
      'purser.mode': config.mode,
    });
  }

  /** Counts that all limits of a call let it pass; `would`: one that only watches and had no room, `away`: the store was not asked. */
  admitted(wanted: readonly Wanted[], { would, away }: { readonly would: Wanted | undefined; readonly away: boolean }): void {
    for (const one of wanted)
      this.decided(one, one === would ? 'would_refuse' : 'admitted', one === would ? 'rate_limited' : away ? 'store_unavailable' : 'room');
  }

  /** Records how long a call has waited. */
  waited(rule: string, { provider }: Call, waitedMs: number): void {
    this.#meter.record('purser.queue.wait', waitedMs / 1000, { 'purser.rule': rule, 'gen_ai.provider.name': provider });
  }

  /** Tells how many calls wait for a limit now, in this process. */
  waiting(rule: string, length: number): void {
    this.#meter.set('purser.queue.length', length, { 'purser.rule': rule });
  }

  /** Tells that the store has stopped to answer, or answers again. */
  storeIs(store: string, up: boolean): void {
    const kind = up ? 'recovered' : 'unavailable';
    const nowMs = this.#clock.nowMs();
    this.#emit({
      name: `purser.store.${kind}`,
      severity: up ? 'info' : 'error',
      message: up ? 'The store of the limits answers again.' : 'The store of the limits does not answer: on_store_unavailable decides about calls.',
      atMs: nowMs,
      dedupeKey: `${store}/${kind}/${Math.floor(nowMs / MINUTE_MS)}`,
      attributes: { 'purser.store': store },
    });
  }
}
