import { timers } from '../../base/timers.ts';
import type { Clock } from '../../base/clock.ts';
import type { LineState, Maybe, ReserveAnswer } from '../../call/budget-store.ts';
import type { Call } from '../../call/call.ts';
import type { Admission, Caller, PolicyMarks } from '../../call/policy.ts';
import type { BudgetAction } from './budget-config.ts';
import { type BudgetGrant, firstsOf, type Granted } from './budget-grant.ts';
import type { CompiledBudget } from './compiled-budget.ts';
import { fallbackOf } from './fallback.ts';
import { type LinePlan, type Planner, planLine, type RequestShape } from './line-plan.ts';
import { shownKey } from './match.ts';
import { chain, isPromise } from './maybe.ts';
import { nothingOf, ownSlots } from './nothing-of.ts';
import type { Outage } from './outage.ts';
import { codeOf, refusalOf, unpricedRefusal } from './refusal.ts';
import type { Reporter } from './reporter.ts';
import type { StoreClient } from './store-client.ts';

/** A budget that counts the call, and under which key. */
export interface Matched {
  readonly budget: CompiledBudget;
  readonly key: string;
}

/** What admission works with. */
export interface AdmissionDeps {
  readonly client: StoreClient;
  readonly reporter: Reporter;
  readonly planner: Planner;
  readonly clock: Clock;
  readonly outage: Outage;
  /** Opens the grant of an admitted call. */
  readonly open: (granted: Granted) => BudgetGrant;
}

interface Try {
  readonly shape: RequestShape;
  readonly marks: PolicyMarks;
  readonly used: ReadonlySet<BudgetAction['kind']>;
  readonly waitedMs: number;
  readonly stale: boolean;
  readonly caller: Caller | undefined;
  /** Whether the call is counted only, since it is on its way already. */
  readonly counted: boolean;
}

/** The same for a call that is on its way already: it is counted, and not refused. */
const onlyCounted = (plan: LinePlan): LinePlan => ({ ...plan, blocked: false, line: { ...plan.line, enforce: false } });

const FIRST_WAIT_MS = 20;
const LAST_WAIT_MS = 500;

/** Waits, but no longer than somebody waits for us. */
const sleep = (ms: number, caller: Caller | undefined): Promise<void> =>
  new Promise((resolve) => {
    let off: (() => void) | undefined;
    const done = (): void => {
      timers.clearTimeout(timer);
      off?.();
      resolve();
    };
    const timer = timers.setTimeout(done, ms);
    off = caller?.onGone(done);
  });

/** Asks the budgets of a call whether it may go out. */
export class Admitter {
  readonly #deps: AdmissionDeps;
  /** How far the store's clock is ahead of ours. */
  #aheadMs = 0;

  constructor(deps: AdmissionDeps) {
    this.#deps = deps;
  }

  /** Reserves for a call in all its budgets, or in none. */
  admit(call: Call, matched: readonly Matched[], caller?: Caller): Maybe<Admission> {
    const { model, maxTokens } = call.request;
    return this.#try(call, matched, { shape: { model, maxTokens }, marks: {}, used: new Set(), waitedMs: 0, stale: false, caller, counted: false });
  }

  #try(call: Call, matched: readonly Matched[], now: Try): Maybe<Admission> {
    const nowMs = this.#deps.clock.nowMs() + this.#aheadMs;
    const planned = matched.map(({ budget, key }) => planLine(this.#deps.planner, budget, key, call, now.shape, nowMs));
    const plans = now.counted ? planned.map(onlyCounted) : planned;
    for (const plan of plans) {
      if (!plan.blocked) continue;
      const refusal = unpricedRefusal(plan, now.shape.model);
      this.#deps.reporter.refused(plan, refusal, []);
      return { kind: 'refused', refusal };
    }
    const leaseMs = Math.max(...plans.map((plan) => plan.budget.config.leaseMs));
    const request = { id: call.id, leaseMs, lines: plans.map((plan) => plan.line) };
    const answer = this.#deps.client.reserve(request, () => this.#leave(call, plans, leaseMs, now));
    return chain(answer, (came) => this.#answered(call, matched, plans, leaseMs, now, came));
  }

  /** The process ends, and nobody knows whether the store has reserved: what is on its way is charged, what was never sent is not. */
  #leave(call: Call, plans: readonly LinePlan[], leaseMs: number, now: Try): void {
    const { caller } = now;
    const slots = ownSlots(plans, this.#deps.clock.nowMs());
    if (caller?.onItsWay !== true) return caller?.gone === true ? this.#deps.client.forget(nothingOf(call, plans, slots)) : undefined;
    const { outcome } = caller;
    const admission = outcome === undefined ? undefined : this.#open(call, plans, slots, leaseMs, now);
    if (outcome === undefined || admission?.kind !== 'admitted') return undefined;
    const settled = admission.grant.settle(outcome);
    return isPromise(settled) ? void settled : undefined;
  }

  #answered(
    call: Call,
    matched: readonly Matched[],
    plans: readonly LinePlan[],
    leaseMs: number,
    now: Try,
    answer: ReserveAnswer | undefined,
  ): Maybe<Admission> {
    if (answer?.kind === 'stale_window' && !now.stale) {
      this.#aheadMs = answer.nowMs - this.#deps.clock.nowMs();
      return this.#try(call, matched, { ...now, stale: true });
    }
    if (answer === undefined || answer.kind === 'stale_window') {
      const lines = now.caller?.onItsWay === true ? plans.map(onlyCounted) : plans;
      return this.#deps.outage.admit(call, lines, (slots) => this.#open(call, plans, slots, leaseMs, now));
    }
    this.#deps.reporter.saw(plans, answer);
    if (answer.kind === 'refused') return this.#refused(call, matched, plans, now, answer);
    const would = this.#noteAdmitted(plans, answer.lines);
    const marked = would === undefined ? now : { ...now, marks: { ...now.marks, 'purser.budget.would_refuse': would } };
    return this.#open(
      call,
      plans,
      answer.lines.map((line) => line.slotMs),
      leaseMs,
      marked,
    );
  }

  #open(call: Call, plans: readonly LinePlan[], slots: readonly number[], leaseMs: number, { shape, marks, caller }: Try): Admission {
    const { request } = call;
    const rewrite = {
      ...(shape.model === undefined || shape.model === request.model ? {} : { model: shape.model }),
      ...(shape.maxTokens === undefined || shape.maxTokens === request.maxTokens ? {} : { maxTokens: shape.maxTokens }),
    };
    const changed = Object.keys(rewrite).length > 0;
    const grant = this.#deps.open({ call, model: shape.model, plans, slots, leaseMs, marks, rewrite: changed ? rewrite : undefined });
    // The call ends without having been sent.
    if (caller?.gone === true) grant.unsent();
    return { kind: 'admitted', grant };
  }

  // Gives the first budget that only watches and has no room left.
  #noteAdmitted(plans: readonly LinePlan[], states: readonly LineState[]): string | undefined {
    let would: string | undefined;
    for (const [index, plan] of plans.entries()) {
      const state = states[index];
      const over = plan.refusable && !plan.line.enforce && state !== undefined && state.committed + state.reserved > state.limit;
      if (over) {
        would ??= shownKey(plan.budget.config, plan.line.key);
        const before = { ...state, reserved: state.reserved - plan.line.amount };
        this.#deps.reporter.decided(plan, 'would_refuse', codeOf(before, plan.line.amount));
      } else this.#deps.reporter.decided(plan, 'admitted', plan.rates === undefined && plan.budget.config.unit === 'usd' ? 'unknown_price' : 'room');
    }
    return would;
  }

  #refused(
    call: Call,
    matched: readonly Matched[],
    plans: readonly LinePlan[],
    now: Try,
    answer: Extract<ReserveAnswer, { kind: 'refused' }>,
  ): Maybe<Admission> {
    if (now.caller?.onItsWay === true && !now.counted) return this.#try(call, matched, { ...now, counted: true });
    const fallback = fallbackOf(plans, answer, call, now.shape, now.used);
    if (fallback?.kind === 'reshape') {
      return this.#try(call, matched, {
        ...now,
        shape: fallback.shape,
        marks: { ...now.marks, ...fallback.marks },
        used: new Set([...now.used, fallback.used]),
      });
    }
    if (fallback?.kind === 'wait' && now.waitedMs < fallback.maxWaitMs) {
      const waitMs = Math.min(LAST_WAIT_MS, Math.max(FIRST_WAIT_MS, now.waitedMs / 2), fallback.maxWaitMs - now.waitedMs);
      const waitedMs = now.waitedMs + waitMs;
      const marks = { ...now.marks, 'purser.policy.throttled': true, 'purser.policy.throttled.wait_ms': Math.round(waitedMs) };
      return sleep(waitMs, now.caller).then(() =>
        now.caller?.gone === true ? { kind: 'admitted', grant: { marks, settle: () => undefined } } : this.#try(call, matched, { ...now, marks, waitedMs }),
      );
    }
    const refusal = this.#wordRefusal(plans, answer);
    return { kind: 'refused', refusal: Object.keys(now.marks).length === 0 ? refusal : { ...refusal, marks: now.marks } };
  }

  // Of several that refuse, the one that takes longest to change its mind speaks.
  #wordRefusal(plans: readonly LinePlan[], answer: Extract<ReserveAnswer, { kind: 'refused' }>): ReturnType<typeof refusalOf> {
    const order = ['request_exceeds_budget', 'budget_exhausted', 'budget_in_flight'] as const;
    const ranked = answer.refused.flatMap((index) => {
      const plan = plans[index];
      const state = answer.lines[index];
      return plan === undefined || state === undefined ? [] : [{ plan, state, rank: order.indexOf(codeOf(state, plan.line.amount)) }];
    });
    const nowMs = this.#deps.clock.nowMs();
    const worst = ranked.sort((a, b) => a.rank - b.rank)[0];
    if (worst === undefined) throw new Error('a refusal without a line');
    const refusal = refusalOf(worst.plan, worst.state, worst.plan.line.amount, nowMs);
    this.#deps.reporter.refused(worst.plan, refusal, firstsOf(plans, answer));
    return refusal;
  }
}
