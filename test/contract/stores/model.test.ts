/* oxlint-disable vitest/no-standalone-expect -- the steps of a run belong to a class */
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BudgetLine, BudgetStore, HeldLine, ReserveAnswer } from '../../../src/call/budget-store.ts';
import type { BudgetWindow } from '../../../src/policies/budget/budget-config.ts';
import { slotsOf } from '../../../src/policies/budget/window.ts';
import { Model } from './model.ts';
import { type OpenStore, storeKinds } from './open-stores.ts';
import { requireAll } from './redis-server.ts';

/** Each store does so many at least, and a quarter of them another way: a first look here, 20,000 in CI, and a nightly run may ask for a million. */
const LEAST_COMMANDS = Number(process.env['PURSER_MODEL_COMMANDS'] ?? (process.env['PURSER_REQUIRE_ALL'] === '1' ? 20_000 : 2000));
const SEED = 20_261_120;
const PER_RUN = 100;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const windows: readonly BudgetWindow[] = [
  { kind: 'calendar', every: 'day', tz: 'Europe/Berlin', anchorDay: 1 },
  { kind: 'calendar', every: 'month', tz: 'America/New_York', anchorDay: 31 },
  { kind: 'calendar', every: 'hour', tz: 'Asia/Kolkata', anchorDay: 1 },
  { kind: 'rolling', everyMs: HOUR, buckets: 6 },
  { kind: 'total' },
  { kind: 'total' },
];
const LIMITS = [400, 3000, 200, 250, 5000, 3] as const;
/** The last of them are places for calls in flight. */
const SLOTS = 5;

// The nights on which the clocks change, the ends of months of 28 to 31 days, and a leap day.
const STARTS = ['2026-03-28T22:10Z', '2026-10-24T21:00Z', '2026-01-29T04:00Z', '2028-02-28T20:00Z', '2026-08-30T23:59Z', '2026-11-01T03:30Z'].map(Date.parse);

const lease = fc.constantFrom(1000, 60_000, 2 * HOUR);
const which = fc.subarray([0, 1, 2, 3, 4, SLOTS], { minLength: 1 });
const amount = fc.oneof(fc.integer({ min: 0, max: 120 }), fc.constantFrom(0, 1, 399, 400, 401));
const call = fc.nat(7);
const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('reserve' as const), call, which, amount, lease, enforce: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stale' as const), call, which, amount }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('extend' as const), call, amount, lease }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('settle' as const), call, amount }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settle again' as const), call, amount }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 999, 1000, 59_999, 60_000, 10 * 60_000, HOUR) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('jump' as const), ms: fc.constantFrom(DAY - 1, DAY, 25 * HOUR, 28 * DAY, 31 * DAY) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('step back' as const), ms: fc.constantFrom(1, 1000, HOUR, DAY) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('limit' as const), which: fc.nat(4), to: fc.option(fc.integer({ min: 1, max: 600 })) }) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

interface Known {
  readonly id: string;
  lines: readonly HeldLine[];
  settled: boolean;
}

const plain = (answer: unknown): unknown =>
  JSON.parse(
    JSON.stringify(answer, (key, value: unknown) => (key === 'expired' && Array.isArray(value) ? value.map(String).sort((a, b) => a.localeCompare(b)) : value)),
  );

/** One run: the store and the model side by side, under one clock. */
class Run {
  readonly #store: BudgetStore;
  readonly #model = new Model();
  readonly #clock: { now: number };
  readonly #name: string;
  readonly #calls = new Map<number, Known>();
  readonly #slotsAt = windows.map((window) => slotsOf(window, 0));
  #made = 0;

  constructor(store: BudgetStore, clock: { now: number }, name: string) {
    this.#store = store;
    this.#clock = clock;
    this.#name = name;
  }

  async step(what: Command): Promise<void> {
    switch (what.kind) {
      case 'reserve':
        return this.#reserve(what.call, what.which, what.amount, what.lease, what.enforce, this.#clock.now);
      case 'stale':
        // A client whose clock is half a year behind.
        return this.#reserve(what.call, what.which, what.amount, 1000, true, this.#clock.now - 183 * DAY);
      case 'extend': {
        const known = this.#calls.get(what.call);
        if (known === undefined) return;
        const lines = known.lines.map((line) => ({ ...line, amount: line.role === 'slots' ? 1 : line.amount + what.amount }));
        const request = { id: known.id, leaseMs: what.lease, lines };
        const answer = await this.#store.extend(request);
        expect(plain(answer)).toEqual(plain(this.#model.extend(request, this.#clock.now)));
        if (answer.kind === 'extended') known.lines = lines;
        return;
      }
      case 'settle':
      case 'settle again': {
        const known = this.#calls.get(what.call);
        if (known === undefined || (known.settled && what.kind === 'settle')) return;
        await this.#settle(known, what.amount);
        return;
      }
      case 'wait':
      case 'jump':
        this.#clock.now += what.ms;
        return;
      case 'step back':
        this.#clock.now -= what.ms;
        return;
      case 'limit': {
        const key = this.#key(what.which);
        const limit = what.to ?? undefined;
        await this.#store.change({ key, slots: this.#slots(what.which, this.#clock.now), change: { kind: 'limit', limit }, by: 'model' });
        if (limit === undefined) this.#model.limits.delete(key);
        else this.#model.limits.set(key, limit);
      }
    }
  }

  async check(): Promise<void> {
    const questions = windows.map((_, index) => ({ key: this.#key(index), slots: this.#slots(index, this.#clock.now), limit: LIMITS[index] ?? 0 }));
    expect(plain(await this.#store.read(questions))).toEqual(plain(this.#model.read(questions, this.#clock.now)));
  }

  async end(): Promise<void> {
    for (const known of this.#calls.values()) await this.#settle(known, 0);
  }

  async #settle(known: Known, amount: number): Promise<void> {
    const request = { id: known.id, lines: known.lines.map((line) => ({ ...line, amount: line.role === 'slots' ? 0 : amount })) };
    expect(plain(await this.#store.settle(request))).toEqual(plain(this.#model.settle(request, this.#clock.now)));
    known.settled = true;
  }

  async #reserve(number: number, which: readonly number[], amount: number, leaseMs: number, enforce: boolean, atMs: number): Promise<void> {
    const known = this.#calls.get(number);
    const again = known !== undefined && !known.settled;
    const fresh = which.map((index): BudgetLine => ({
      key: this.#key(index),
      slots: this.#slots(index, atMs),
      limit: LIMITS[index] ?? 0,
      amount: index === SLOTS ? 1 : amount + index,
      enforce: enforce || index === 0 || index === SLOTS,
      thresholds: index === SLOTS ? [] : [0.5, 0.8, 1],
      ...(index === SLOTS ? { role: 'slots' as const } : {}),
    }));
    const lines: readonly BudgetLine[] = again ? known.lines : fresh;
    const id = again ? known.id : `${this.#name}-${(this.#made += 1)}`;
    const answer: ReserveAnswer = await this.#store.reserve({ id, leaseMs, lines });
    expect(plain(answer)).toEqual(plain(this.#model.reserve({ id, leaseMs, lines }, this.#clock.now)));
    if (answer.kind !== 'reserved' || again) return;
    this.#calls.set(number, { id, lines: fresh.map((line, index) => ({ ...line, slotMs: answer.lines[index]?.slotMs ?? 0 })), settled: false });
  }

  #key(index: number): string {
    return `${this.#name}/${index}`;
  }

  #slots(index: number, atMs: number): BudgetLine['slots'] {
    return this.#slotsAt[index]?.(atMs) ?? { kind: 'fixed', candidates: [] };
  }
}

for (const kind of storeKinds) {
  describe.skipIf(kind.missing !== undefined && !requireAll)(`${kind.name}${kind.missing === undefined ? '' : ` (${kind.missing})`}`, () => {
    const clock = { now: 0, nowMs: () => clock.now, monotonicMs: () => clock.now };
    let open: OpenStore;
    beforeAll(async () => {
      open = await kind.open(clock);
    });
    afterAll(() => open?.close());

    const least = kind.again === true ? LEAST_COMMANDS / 4 : LEAST_COMMANDS;
    test(`does what the model does over ${least} commands`, { timeout: least * 10 }, async () => {
      let done = 0;
      let runs = 0;
      const property = fc.asyncProperty(
        fc.constantFrom(...STARTS),
        fc.array(command, { minLength: PER_RUN, maxLength: PER_RUN }),
        async (startMs, commands) => {
          clock.now = startMs;
          const run = new Run(open.store, clock, `run${(runs += 1)}`);
          for (const what of commands) {
            await run.step(what);
            await run.check();
            done += 1;
          }
          await run.end();
        },
      );
      await fc.assert(property, { numRuns: least / PER_RUN, seed: SEED, endOnFailure: false });
      expect(done).toBeGreaterThanOrEqual(least);
    });
  });
}
