/**
 * How much of a small budget is used before it refuses most calls: streams that may answer with 64,000 tokens and mostly answer with some hundred.
 * Time is simulated, the policy and its store are the real ones.
 */
import { createBudgetPolicy } from '../../src/policies/budget/budget-policy.ts';
import type { Meter } from '../../src/call/event.ts';
import type { Grant } from '../../src/call/policy.ts';
import { parseBudgets } from '../../src/policies/budget/parse-budgets.ts';
import { MemoryStore } from '../../src/stores/memory/memory-store.ts';
import { callOf, completed, ended, HandClock, price, usageOf } from '../unit/budget/world.ts';

const silent: Meter = { add: () => undefined, record: () => undefined, set: () => undefined };

const MAX_TOKENS = 64_000;
const INPUT = 1000;
const PER_SECOND = 8;
const TOKENS_PER_SECOND = 80;
const TICK_MS = 125;

/** Numbers from 0 to 1 that are the same in every run. */
const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

interface Running {
  readonly grant: Grant;
  readonly output: number;
  seen: number;
}

const billOf = (output: number): number => (INPUT * 3 + output * 15) / 1e6;

const oneRun = (dollars: number, seed: number): { readonly billed: number; readonly calls: number; readonly stopped: number } => {
  const random = seeded(seed);
  const clock = new HandClock();
  const { budgets } = parseBudgets([{ id: 'b', limit: dollars, mode: 'enforce', window: 'total' }]);
  const policy = createBudgetPolicy({ budgets, store: new MemoryStore({ clock }), price, meter: silent, emit: () => undefined, clock });
  let billed = 0;
  let calls = 0;
  let stopped = 0;
  let running: Running[] = [];
  // Long enough to spend the budget three times over.
  const ticks = ((dollars * 3) / 0.02 / PER_SECOND) * (1000 / TICK_MS);
  for (let tick = 0; tick < ticks; tick += 1) {
    clock.now += TICK_MS;
    const spread = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const output = Math.min(MAX_TOKENS, Math.max(1, Math.round(800 * Math.exp(spread))));
    const answer = policy.admit(callOf({ request: { model: 'big', maxTokens: MAX_TOKENS, promptChars: INPUT - 64, stream: true } }));
    if (!(answer instanceof Promise) && answer.kind === 'admitted') {
      calls += 1;
      running.push({ grant: answer.grant, output, seen: 0 });
    }
    const still: Running[] = [];
    for (const call of running) {
      call.seen = Math.min(call.output, call.seen + (TOKENS_PER_SECOND * TICK_MS) / 1000);
      const refusal = call.grant.progress?.(usageOf(INPUT, call.seen));
      if (refusal !== undefined && !(refusal instanceof Promise)) {
        stopped += 1;
        billed += billOf(call.seen);
        void call.grant.settle({ ...ended('cancelled', usageOf(INPUT, call.seen)), kind: 'blocked', refusal });
      } else if (call.seen >= call.output) {
        billed += billOf(call.output);
        void call.grant.settle(completed(INPUT, call.output));
      } else still.push(call);
    }
    running = still;
  }
  for (const call of running) billed += billOf(call.seen);
  return { billed, calls, stopped };
};

/** The median share that was billed, the largest share over the limit, and the share of calls that were cut short. */
export const usableShare = (dollars: number): { readonly share: number; readonly overshoot: number; readonly stopped: number } => {
  const runs = Array.from({ length: 10 }, (_, seed) => oneRun(dollars, seed + 1));
  const shares = runs.map((run) => run.billed / dollars).sort((a, b) => a - b);
  return {
    share: Math.round((shares[Math.floor(shares.length / 2)] ?? 0) * 10_000) / 10_000,
    overshoot: Math.max(0, Math.round(((shares.at(-1) ?? 0) - 1) * 10_000) / 10_000),
    stopped: runs.reduce((sum, run) => sum + run.stopped, 0) / runs.reduce((sum, run) => sum + run.calls, 0),
  };
};
