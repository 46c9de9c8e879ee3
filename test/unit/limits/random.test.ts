/** Whatever calls come, end, give up and die over three processes: bounds hold, nobody is forgotten, nothing is left behind. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NO_END } from '../../../src/call/budget-store.ts';
import { completed } from '../budget/world.ts';
import { ask, type Asked, grantOf, pass, type Process, processOf, SharedStore, useHandTimers } from './world.ts';
import { useRealTimers } from '../../support/fake-timers.ts';

beforeEach(useHandTimers);
afterEach(() => useRealTimers());

const LIMITS = [
  { id: 'slots', unit: 'concurrency', limit: 3, maxWait: '4s' },
  { id: 'own', unit: 'concurrency', limit: 2, per: 'user', maxWait: '4s' },
  { id: 'rate', limit: 8, window: '5s', maxWait: '4s' },
];

type Step =
  | { readonly kind: 'ask'; readonly process: number; readonly user: string }
  | { readonly kind: 'end' | 'leave'; readonly which: number }
  | { readonly kind: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('ask' as const), process: fc.nat(2), user: fc.constantFrom('a', 'b', 'c') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('end' as const, 'end' as const, 'leave' as const), which: fc.nat(100) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 700 }) }) },
);

/** One run: its calls, and when each was let through. */
class Run {
  readonly shared = new SharedStore();
  readonly processes: readonly Process[] = [0, 1, 2].map(() => processOf(LIMITS, this.shared.view));
  readonly calls: Asked[] = [];
  readonly ended = new Set<Asked>();
  readonly let: { readonly call: Asked; readonly atMs: number }[] = [];

  get running(): readonly Asked[] {
    return this.calls.filter((call) => call.answer.kind === 'admitted' && !call.caller.gone && !this.ended.has(call));
  }

  get waiting(): readonly Asked[] {
    return this.calls.filter((call) => call.answer.kind === 'waiting' && !call.caller.gone);
  }

  end(call: Asked | undefined): void {
    if (call === undefined) return;
    this.ended.add(call);
    void grantOf(call).settle(completed(1, 1));
  }

  async take(one: Step): Promise<void> {
    if (one.kind === 'ask') {
      const policy = this.processes[one.process]?.policy;
      if (policy !== undefined) this.calls.push(ask(policy, { labels: { user: one.user } }));
    } else if (one.kind === 'end') this.end(this.running[one.which % Math.max(1, this.running.length)]);
    else if (one.kind === 'leave') this.waiting[one.which % Math.max(1, this.waiting.length)]?.caller.go();
    await pass(one.kind === 'wait' ? one.ms : 1);
    for (const call of this.running) if (!this.let.some((each) => each.call === call)) this.let.push({ call, atMs: Date.now() });
  }

  /** What must stay within the limits of 3, 2 and 8; a call may have been let through up to 700 ms before it was seen. */
  get most(): readonly [number, number, number] {
    const { running } = this;
    const since = Date.now() - 5000 + 800;
    const byUser = ['a', 'b', 'c'].map((user) => running.filter(({ call }) => call.labels.user === user).length);
    return [running.length, Math.max(...byUser), this.let.filter(({ atMs }) => atMs > since).length];
  }
}

const within = ([all, own, rate]: readonly [number, number, number]): boolean => all <= 3 && own <= 2 && rate <= 8;

test('bounds hold at every step, every call is answered by its deadline, and at the end nothing is held', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 120 }), async (steps) => {
      // What a run that failed left behind.
      vi.clearAllTimers();
      const run = new Run();
      for (const one of steps) {
        await run.take(one);
        expect(run.most).toSatisfy(within);
      }
      // Nobody comes any more: whoever waits is let through or refused.
      for (let left = 0; left < 60; left += 1) {
        for (const call of run.running) run.end(call);
        await pass(100);
      }
      expect(run.waiting).toEqual([]);
      expect(run.processes.flatMap(({ metrics }) => metrics.filter(({ name }) => name === 'purser.queue.length')).at(-1)?.value ?? 0).toBe(0);
      const keys = ['limit:slots', 'limit:own/a', 'limit:own/b', 'limit:own/c'];
      const slots = { kind: 'fixed', candidates: [{ startMs: 0, endMs: NO_END }] } as const;
      for (const state of run.shared.store.read(keys.map((key) => ({ key, slots, limit: 3 })))) expect(state).toMatchObject({ reserved: 0, committed: 0 });
      await Promise.all(run.processes.map(({ policy }) => policy.stop()));
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 60 },
  );
});
