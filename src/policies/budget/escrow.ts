import { timers } from '../../base/timers.ts';
import type { Clock } from '../../base/clock.ts';
import type { BudgetLine, HeldLine } from '../../call/budget-store.ts';
import type { LinePlan } from './line-plan.ts';
import type { StoreClient } from './store-client.ts';
import { ownSlot } from './own-slot.ts';

/** A part of a budget that this process has set aside in the store, to live on while the store is away. */
interface Slice {
  readonly id: string;
  readonly line: HeldLine;
  /** What calls drew from it, in the budget's unit. */
  used: number;
  /** Calls that drew from it and still run. */
  open: number;
  renewAtMs: number;
}

const LEASE_MS = 60_000;
const TICK_MS = 1000;
/** Budgets split by user are many: so many are set aside for at most, and one that was not used for so long makes room. */
const MOST_SLICES = 100;
const IDLE_MS = 600_000;

interface Wanted {
  readonly line: BudgetLine;
  readonly share: number;
  readonly usedAtMs: number;
}

/**
 * The slices of budgets whose `onStoreUnavailable` is `local`. They are reserved in the store like a call, so that no process can spend
 * them twice; a process that is killed has its slices charged when their lease runs out.
 */
export class Escrow {
  readonly #client: StoreClient;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #slices = new Map<string, Slice>();
  readonly #wanted = new Map<string, Wanted>();
  readonly #drawn = new Map<string, readonly { readonly slice: Slice; readonly amount: number }[]>();
  #timer: NodeJS.Timeout | undefined;
  #made = 0;
  #busy = false;

  /** @param name names this process among all that share the store */
  constructor(client: StoreClient, clock: Clock, name: string) {
    this.#client = client;
    this.#clock = clock;
    this.#name = name;
  }

  /** Takes note that a budget is in use, so that a slice of it is set aside in the background. */
  want(plan: LinePlan): void {
    const { line } = plan;
    if (this.#wanted.size < MOST_SLICES || this.#wanted.has(line.key))
      this.#wanted.set(line.key, { line, share: plan.budget.config.localShare, usedAtMs: this.#clock.monotonicMs() });
    this.#timer ??= timers.setInterval(() => void this.tick(), TICK_MS).unref();
  }

  /** Draws a call's amounts from the slices of its budgets: from all, or from none. */
  draw(id: string, plans: readonly LinePlan[]): boolean {
    const nowMs = this.#clock.nowMs();
    const draws: { readonly slice: Slice; readonly amount: number }[] = [];
    for (const { line } of plans) {
      const slice = this.#slices.get(line.key);
      if (slice === undefined || slice.line.slotMs !== ownSlot(line.slots, nowMs) || slice.used + line.amount > slice.line.amount) return false;
      draws.push({ slice, amount: line.amount });
    }
    for (const { slice, amount } of draws) {
      slice.used += amount;
      slice.open += 1;
    }
    this.#drawn.set(id, draws);
    return true;
  }

  /** Gives back what a call drew too much. `amountOf`: what it is charged by budget key. */
  settled(id: string, amountOf: (key: string) => number): void {
    const draws = this.#drawn.get(id);
    if (draws === undefined) return;
    this.#drawn.delete(id);
    for (const { slice, amount } of draws) {
      slice.used += amountOf(slice.line.key) - amount;
      slice.open -= 1;
    }
  }

  /** Sets slices aside, renews them and replaces those that were drawn from. Runs by itself every second. */
  async tick(): Promise<void> {
    if (this.#busy || !this.#client.isUp) return;
    this.#busy = true;
    try {
      for (const [key, wanted] of this.#wanted) {
        if (this.#clock.monotonicMs() - wanted.usedAtMs > IDLE_MS) this.#wanted.delete(key);
        else if (!this.#slices.has(key)) await this.#acquire(key, wanted);
      }
      for (const [key, slice] of this.#slices) await this.#tend(key, slice);
    } finally {
      this.#busy = false;
    }
  }

  /** Gives all slices back. */
  async stop(): Promise<void> {
    timers.clearInterval(this.#timer);
    this.#timer = undefined;
    for (const [key, slice] of this.#slices) if (slice.open === 0 && this.#client.waiting === 0) await this.#release(key, slice);
  }

  async #acquire(key: string, { line, share }: Wanted): Promise<void> {
    const id = `escrow-${this.#name}-${(this.#made += 1)}`;
    const wanted = { ...line, amount: Math.floor(line.limit * share), thresholds: [] };
    const answer = await this.#client.ask(
      (store) => store.reserve({ id, leaseMs: LEASE_MS, lines: [wanted] }),
      () => undefined,
    );
    const state = answer?.kind === 'reserved' ? answer.lines[0] : undefined;
    if (state === undefined) return;
    this.#slices.set(key, { id, line: { ...wanted, slotMs: state.slotMs }, used: 0, open: 0, renewAtMs: this.#clock.monotonicMs() + LEASE_MS / 3 });
  }

  async #tend(key: string, slice: Slice): Promise<void> {
    const idle = slice.open === 0 && this.#client.waiting === 0;
    const over = !this.#wanted.has(key) || slice.line.slotMs !== ownSlot(slice.line.slots, this.#clock.nowMs());
    // What was drawn has been charged call by call, so the slice makes room for it and a full one takes its place.
    if (idle && (over || slice.used > 0)) return this.#release(key, slice);
    if (this.#clock.monotonicMs() < slice.renewAtMs) return;
    const answer = await this.#client.ask(
      (store) => store.extend({ id: slice.id, leaseMs: LEASE_MS, lines: [slice.line] }),
      () => undefined,
    );
    if (answer !== undefined) slice.renewAtMs = this.#clock.monotonicMs() + LEASE_MS / 3;
    if (answer?.kind === 'unknown' && idle) this.#slices.delete(key);
  }

  async #release(key: string, slice: Slice): Promise<void> {
    this.#slices.delete(key);
    await this.#client.settle({ id: slice.id, lines: [{ ...slice.line, amount: 0 }] }, () => undefined);
  }
}
