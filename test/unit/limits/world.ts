/** A small world for tests of limits: timers and clocks by hand, processes that share one store, callers who may go. */
import { vi } from 'vitest';
import type { Clock } from '../../../src/base/clock.ts';
import type { BudgetStore } from '../../../src/call/budget-store.ts';
import type { Call } from '../../../src/call/call.ts';
import type { GovernanceEvent, Meter } from '../../../src/call/event.ts';
import type { Admission, Caller, Refusal } from '../../../src/call/policy.ts';
import { createLimitPolicy, type LimitPolicy } from '../../../src/policies/limits/limit-policy.ts';
import { parseLimits } from '../../../src/policies/limits/parse-limits.ts';
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts';
import { callOf } from '../budget/world.ts';
import { useFakeTimers } from '../../support/fake-timers.ts';

/** The clock of the fake timers. */
export const clock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

export const useHandTimers = (): void => {
  useFakeTimers({ now: Date.UTC(2026, 10, 20, 12), toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] });
};

/** Lets time go by, and everything that it sets off come to its end. */
export const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
};

/** A store that processes share: it answers later, as one elsewhere does, and may be away. */
export class SharedStore {
  readonly store = new MemoryStore({ clock });
  isAway = false;
  asked = 0;

  /** What one process sees of it. */
  get view(): BudgetStore {
    const { store } = this;
    const later = async <T>(work: () => T): Promise<T> => {
      this.asked += 1;
      await Promise.resolve();
      if (this.isAway) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
      return work();
    };
    return {
      name: 'redis',
      reserve: (request) => later(() => store.reserve(request)),
      extend: (request) => later(() => store.extend(request)),
      settle: (request) => later(() => store.settle(request)),
      read: (questions) => later(() => store.read(questions)),
      keys: (budget) => later(() => store.keys(budget)),
      change: (change) => later(() => store.change(change)),
      changes: () => later(() => store.changes()),
      close: () => Promise.resolve(),
    };
  }
}

export interface Metric {
  readonly name: string;
  readonly value: number;
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface Process {
  readonly policy: LimitPolicy;
  readonly metrics: Metric[];
  readonly events: GovernanceEvent[];
}

/** One process with these limits. */
export const processOf = (limits: readonly object[], store: BudgetStore = new MemoryStore({ clock })): Process => {
  const parsed = parseLimits(limits);
  if (parsed.problems.length > 0) throw new Error(JSON.stringify(parsed.problems));
  const metrics: Metric[] = [];
  const events: GovernanceEvent[] = [];
  const note = (name: string, value: number, attributes: Metric['attributes'] = {}): void => void metrics.push({ name, value, attributes });
  const meter: Meter = { add: note, record: note, set: note };
  const emit = (event: GovernanceEvent): void => void events.push(event);
  return { policy: createLimitPolicy({ limits: parsed.limits, store, local: () => new MemoryStore({ clock }), meter, emit, clock }), metrics, events };
};

/** A caller who goes when the test says so. */
export class HandCaller implements Caller {
  gone = false;
  onItsWay = false;
  readonly listeners = new Set<() => void>();
  onGone(listen: () => void): () => void {
    this.listeners.add(listen);
    return () => this.listeners.delete(listen);
  }
  /** Its request goes out whatever is answered. */
  goOn(): void {
    this.onItsWay = true;
    for (const listen of this.listeners) listen();
  }
  go(): void {
    this.gone = true;
    for (const listen of this.listeners) listen();
  }
}

export type Answer = { readonly kind: 'waiting' } | Admission;

/** A call and what has become of it so far. */
export interface Asked {
  readonly call: Call;
  readonly caller: HandCaller;
  answer: Answer;
}

export const ask = (policy: LimitPolicy, more: { readonly [K in keyof Call]?: Call[K] } = {}): Asked => {
  const asked: Asked = { call: callOf(more), caller: new HandCaller(), answer: { kind: 'waiting' } };
  const answer = policy.admit(asked.call, asked.caller);
  if (answer instanceof Promise) void answer.then((came) => (asked.answer = came));
  else asked.answer = answer;
  return asked;
};

export const byUser = (policy: LimitPolicy, user: string): Asked => ask(policy, { labels: { user } });

export const kinds = (asked: readonly Asked[]): readonly string[] => asked.map(({ answer }) => answer.kind);

export const refusalOf = ({ answer }: Asked): Refusal => {
  if (answer.kind !== 'refused') throw new Error(`the call is ${answer.kind}`);
  return answer.refusal;
};

export const grantOf = ({ answer }: Asked) => {
  if (answer.kind !== 'admitted') throw new Error(`the call is ${answer.kind}`);
  return answer.grant;
};
