import type { Clock } from '../../base/clock.ts';
import type { ExtendAnswer, HeldLine, Maybe, SettleAnswer } from '../../call/budget-store.ts';
import type { Call } from '../../call/call.ts';
import type { Outcome } from '../../call/outcome.ts';
import type { Grant, PolicyMarks, Refusal } from '../../call/policy.ts';
import { totalOutput, type Usage } from '../../call/usage.ts';
import { type Billing, billingOf, unknownAttempts } from './billing.ts';
import { chargeOf } from './charge.ts';
import { canShrink, isNear, isUsedUp, type Reach, stretch } from './grant-step.ts';
import type { History } from './history.ts';
import { kindOf, type LinePlan } from './line-plan.ts';
import { chain, isPromise } from './maybe.ts';
import { refusalOf } from './refusal.ts';
import type { Reporter } from './reporter.ts';
import type { StoreClient } from './store-client.ts';

/** What a grant works with. */
export interface GrantDeps {
  readonly client: StoreClient;
  readonly reporter: Reporter;
  readonly history: History;
  readonly clock: Clock;
  /** Told when the grant has been settled. */
  readonly ended: (grant: BudgetGrant, amountOf: (key: string) => number) => void;
}

/** What was granted. */
export interface Granted {
  readonly call: Call;
  readonly model: string | undefined;
  readonly plans: readonly LinePlan[];
  /** The slots that are charged, in the order of the plans. */
  readonly slots: readonly number[];
  readonly leaseMs: number;
  readonly marks: PolicyMarks;
  readonly rewrite: Grant['rewrite'];
}

const SHRINK = 4;

type Stop = Refusal | undefined;

/** What one call holds of its budgets until it ends. */
export class BudgetGrant implements Grant {
  readonly marks: PolicyMarks;
  readonly rewrite?: { readonly model?: string; readonly maxTokens?: number };
  readonly id: string;
  readonly #deps: GrantDeps;
  readonly #granted: Granted;
  #reaches: readonly Reach[];
  #seen: Usage | undefined;
  #renewAtMs: number;
  #asking = false;
  #settled = false;
  #sent = true;
  /** Below this many output tokens no more is asked for: a smaller step was refused already. */
  #quietUntil = 0;

  constructor(deps: GrantDeps, granted: Granted) {
    this.#deps = deps;
    this.#granted = granted;
    this.marks = granted.marks;
    if (granted.rewrite !== undefined) this.rewrite = granted.rewrite;
    this.id = granted.call.id;
    this.#renewAtMs = deps.clock.monotonicMs() + granted.leaseMs / 3;
    this.#reaches = granted.plans.map((plan) => ({ plan, granted: plan.granted, amount: plan.line.amount }));
  }

  /** Takes note that the call will not be sent: nothing is charged for it. */
  unsent(): void {
    this.#sent = false;
  }

  /** Asks for more before what is reserved is used up. A refusal stops the stream. */
  progress(soFar: Usage): Maybe<Stop> {
    this.#seen = soFar;
    if (this.#settled || this.#asking) return undefined;
    const near = totalOutput(soFar.buckets) >= this.#quietUntil && this.#reaches.some((reach) => isNear(reach, soFar));
    if (near) return this.#extend(soFar, 1);
    if (this.#deps.clock.monotonicMs() >= this.#renewAtMs) return this.#renew();
    return undefined;
  }

  /** Shows the store that the call still runs, where its lease is getting old. Always worth trying again. */
  renew(): boolean {
    if (this.#settled || this.#asking || this.#deps.clock.monotonicMs() < this.#renewAtMs) return true;
    const told = this.#renew();
    if (isPromise(told)) void told;
    return true;
  }

  /** Charges the call, once. */
  settle(outcome: Outcome): Maybe<void> {
    if (this.#settled) return undefined;
    this.#settled = true;
    const { call, model } = this.#granted;
    const billing: Billing = this.#sent ? billingOf(outcome, this.#seen) : { kind: 'unbilled' };
    if (billing.kind === 'exact') this.#deps.history.add(kindOf(call, model), totalOutput(billing.usage.buckets));
    const unknown = unknownAttempts(outcome.attempts);
    // An SDK may count the try that it gave up before it sent anything as an attempt; it is no request all the same.
    const amounts = this.#reaches.map(({ plan, amount }) =>
      this.#sent ? chargeOf({ plan, billing, outcome, reserved: amount - plan.spare, unknownAttempts: unknown }) : 0,
    );
    const lines = this.#lines(this.#reaches).map((line, index) => ({ ...line, amount: amounts[index] ?? line.amount }));
    this.#deps.ended(this, (key) => lines.find((line) => line.key === key)?.amount ?? 0);
    return this.#deps.client.settle({ id: call.id, lines }, (answer) => this.#charged(answer, amounts));
  }

  #charged(answer: SettleAnswer, amounts: readonly number[]): void {
    const { reporter } = this.#deps;
    reporter.saw(this.#granted.plans, answer);
    // Heard once, also where it is a duplicate: then the first answer was lost.
    for (const [index, plan] of this.#granted.plans.entries()) reporter.charged(plan, amounts[index] ?? 0, answer.kind === 'corrected');
  }

  #lines(reaches: readonly Reach[]): readonly HeldLine[] {
    return reaches.map(({ plan, amount }, index) => ({ ...plan.line, amount, slotMs: this.#granted.slots[index] ?? 0 }));
  }

  #ask(reaches: readonly Reach[]): Maybe<ExtendAnswer> {
    const { call, leaseMs } = this.#granted;
    this.#asking = true;
    this.#renewAtMs = this.#deps.clock.monotonicMs() + leaseMs / 3;
    const request = { id: call.id, leaseMs, lines: this.#lines(reaches) };
    // A stream that was admitted goes on while the store is away, and is charged for what it used.
    const answer = this.#deps.client.ask<ExtendAnswer>(
      (store) => store.extend(request),
      () => ({ kind: 'unknown' }),
    );
    return chain(answer, (came) => {
      this.#asking = false;
      if (came.kind !== 'unknown') this.#deps.reporter.saw(this.#granted.plans, came);
      return came;
    });
  }

  #renew(): Maybe<Stop> {
    return chain(this.#ask(this.#reaches), () => undefined);
  }

  #extend(soFar: Usage, divisor: number): Maybe<Stop> {
    const wanted = this.#reaches.map((reach) => (isNear(reach, soFar) ? stretch(reach, soFar, divisor) : reach));
    return chain(this.#ask(wanted), (answer) => {
      if (answer.kind === 'extended') this.#reaches = wanted;
      return answer.kind === 'refused' ? this.#refusedMore(answer, wanted, soFar, divisor) : undefined;
    });
  }

  #refusedMore(answer: Extract<ExtendAnswer, { kind: 'refused' }>, wanted: readonly Reach[], soFar: Usage, divisor: number): Maybe<Stop> {
    if (this.#settled) return undefined;
    const index = answer.refused.find((at) => this.#reaches[at] !== undefined) ?? 0;
    const reach = this.#reaches[index];
    const state = answer.lines[index];
    if (reach === undefined || state === undefined) return undefined;
    if (canShrink(reach, divisor)) return this.#extend(soFar, divisor * SHRINK);
    const spent = answer.refused.some((at) => {
      const refusing = this.#reaches[at];
      return refusing !== undefined && isUsedUp(refusing, this.#seen ?? soFar);
    });
    if (!spent) {
      // What is reserved is not yet used up: the stream goes on to its end.
      this.#quietUntil = Math.min(...answer.refused.map((at) => this.#reaches[at]?.granted ?? 0));
      return undefined;
    }
    // What this very call holds is used, and no retry would find it free.
    const own = { ...state, committed: state.committed + reach.amount, reserved: state.reserved - reach.amount };
    const refusal = refusalOf(reach.plan, own, (wanted[index]?.amount ?? reach.amount) - reach.amount, this.#deps.clock.nowMs());
    this.#deps.reporter.refused(reach.plan, refusal, firstsOf(this.#granted.plans, answer));
    return refusal;
  }
}

/** The budgets that refused for the first time in their window, each with how it stands. */
export const firstsOf = (
  plans: readonly LinePlan[],
  answer: { readonly first: readonly number[]; readonly lines: SettleAnswer['lines'] },
): readonly { readonly plan: LinePlan; readonly state: SettleAnswer['lines'][number] }[] =>
  answer.first.flatMap((index) => {
    const plan = plans[index];
    const state = answer.lines[index];
    return plan === undefined || state === undefined || plan.budget.config.mode === 'shadow' ? [] : [{ plan, state }];
  });
