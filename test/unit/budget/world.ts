/** A small world for budget tests: a price, a clock and calls, all by hand. */
import type { Clock } from '../../../src/base/clock.ts';
import type { Call } from '../../../src/call/call.ts';
import type { Cost, PriceCall } from '../../../src/call/cost.ts';
import type { GovernanceEvent, Meter } from '../../../src/call/event.ts';
import type { Outcome } from '../../../src/call/outcome.ts';
import type { Grant, Refusal } from '../../../src/call/policy.ts';
import { epochMs, picoUsd } from '../../../src/call/units.ts';
import { NO_TOKENS, totalInput, totalOutput, type Usage } from '../../../src/call/usage.ts';
import { type BudgetDeps, type BudgetPolicy, createBudgetPolicy } from '../../../src/policies/budget/budget-policy.ts';
import { parseBudgets } from '../../../src/policies/budget/parse-budgets.ts';
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts';

/** Dollars per million tokens in and out; a model that is not here has no price. */
export const PRICES: Readonly<Record<string, readonly [number, number]>> = { big: [3, 15], small: [0.3, 1.5], free: [0, 0] };

export const price: PriceCall = ({ requestModel, responseModel, usage }): Cost => {
  const rates = PRICES[responseModel ?? requestModel ?? ''];
  if (rates === undefined) return { kind: 'unpriced', reason: 'unknown_model', unpriced: [], tableVersion: 'test' };
  if (usage === undefined) return { kind: 'unpriced', reason: 'usage_missing', unpriced: [], tableVersion: 'test' };
  const amount = BigInt(totalInput(usage.buckets)) * BigInt(rates[0] * 1e6) + BigInt(totalOutput(usage.buckets)) * BigInt(rates[1] * 1e6);
  return {
    kind: 'priced',
    amount: picoUsd(amount),
    source: 'local',
    lines: [],
    match: 'exact',
    confidence: 'exact',
    matchedModel: requestModel,
    tableVersion: 'test',
    effectiveFrom: undefined,
    unpriced: [],
  };
};

export class HandClock implements Clock {
  now: number;
  constructor(now = Date.UTC(2026, 10, 20, 12)) {
    this.now = now;
  }
  nowMs(): number {
    return this.now;
  }
  monotonicMs(): number {
    return this.now;
  }
}

export const usageOf = (input: number, output: number): Usage => ({ buckets: { ...NO_TOKENS, input, output }, flags: [] });

let made = 0;
export const callOf = (more: { readonly [K in keyof Call]?: Call[K] } = {}): Call => ({
  id: `call-${(made += 1)}`,
  operation: 'chat',
  dialect: 'openai.chat',
  provider: 'openai',
  serverAddress: 'localhost',
  serverPort: 443,
  baseUrl: 'http://localhost',
  labels: {},
  startedAt: epochMs(Date.UTC(2026, 10, 20, 12)),
  source: { name: 'test', version: '1' },
  ...more,
  // Prompts of 936 characters and 64 tokens of overhead are a bound of 1,000 input tokens.
  request: { model: 'big', maxTokens: 1000, promptChars: 936, ...more.request },
});

const ending = {
  response: {},
  attempts: [{ number: 1, status: 200, errorType: undefined, durationMs: 1, requestId: undefined, retryAfterMs: undefined }],
  durationMs: 1,
  firstChunkMs: undefined,
  chunks: 0,
} as const;

export const completed = (input: number, output: number, model = 'big'): Outcome => {
  const usage = usageOf(input, output);
  const cost = price({ provider: 'openai', requestModel: model, responseModel: undefined, at: epochMs(0), usage, context: {} });
  return { ...ending, kind: 'completed', usage, cost };
};

export const ended = (kind: 'completed' | 'cancelled', usage?: Usage): Outcome => ({ ...ending, kind, usage, cost: undefined, chunks: 1 });

export const failed = (status: number | undefined, type = String(status), attempts: readonly (number | string)[] = []): Outcome => ({
  ...ending,
  kind: 'failed',
  usage: undefined,
  cost: undefined,
  response: status === undefined ? {} : { httpStatus: status },
  attempts: [...attempts, status ?? type].map((what, index) => ({
    number: index + 1,
    status: typeof what === 'number' ? what : undefined,
    errorType: typeof what === 'string' ? what : undefined,
    durationMs: 1,
    requestId: undefined,
    retryAfterMs: undefined,
  })),
  failure: { type, message: undefined, error: undefined },
});

export interface World {
  readonly policy: BudgetPolicy;
  readonly clock: HandClock;
  readonly events: GovernanceEvent[];
  readonly counts: Map<string, number>;
  readonly gauges: Map<string, number>;
  /** Admits a call that is expected to pass. */
  readonly pass: (call?: Call) => Grant;
  /** Admits a call that is expected to be refused. */
  readonly no: (call?: Call) => Refusal;
  readonly spent: (key: string) => number;
}

export const world = (budgets: readonly object[], more: Partial<BudgetDeps> = {}): World => {
  const parsed = parseBudgets(budgets);
  if (parsed.problems.length > 0) throw new Error(JSON.stringify(parsed.problems));
  const clock = new HandClock();
  const events: GovernanceEvent[] = [];
  const counts = new Map<string, number>();
  const gauges = new Map<string, number>();
  const meter: Meter = {
    add: (name, value, attributes) => {
      for (const key of [name, `${name}{${attributes?.['purser.decision'] ?? attributes?.['purser.budget'] ?? ''}}`])
        counts.set(key, (counts.get(key) ?? 0) + value);
    },
    record: () => undefined,
    set: (name, value, attributes) => {
      const key = `${name}{${attributes?.['purser.budget.key'] ?? attributes?.['purser.store'] ?? ''}}`;
      if (value === undefined) gauges.delete(key);
      else gauges.set(key, value);
    },
  };
  const policy = createBudgetPolicy({
    budgets: parsed.budgets,
    store: new MemoryStore({ clock }),
    price,
    meter,
    emit: (event) => void events.push(event),
    clock,
    ...more,
  });
  const admit = (call: Call) => {
    const answer = policy.admit(call);
    if (answer instanceof Promise) throw new Error('expected an answer at once');
    return answer;
  };
  return {
    policy,
    clock,
    events,
    counts,
    gauges,
    pass: (call = callOf()) => {
      const answer = admit(call);
      if (answer.kind !== 'admitted') throw new Error(`expected to pass: ${answer.kind === 'refused' ? answer.refusal.message : 'indifferent'}`);
      return answer.grant;
    },
    no: (call = callOf()) => {
      const answer = admit(call);
      if (answer.kind !== 'refused') throw new Error(`expected a refusal, got ${answer.kind}`);
      return answer.refusal;
    },
    spent: (key) => policy.listBudgets().find((budget) => budget.key === key)?.spent ?? 0,
  };
};
