import { timers } from '../../base/timers.ts';
import type { Clock } from '../../base/clock.ts';
import { type Crossing, type LineState, NO_END, type Side, type SlotChoice } from '../../call/budget-store.ts';
import type { EmitEvent, GovernanceEvent, Meter } from '../../call/event.ts';
import type { Refusal } from '../../call/policy.ts';
import { amountInUnit, formatAmount } from './amount.ts';
import type { BudgetConfig } from './budget-config.ts';
import type { LinePlan } from './line-plan.ts';
import { shownKey } from './match.ts';
import { resetsWords } from './refusal.ts';
import { spanWords } from './window.ts';
import { type BudgetSnapshot, snapshotOf } from './snapshot.ts';

interface Seen {
  config: BudgetConfig;
  slots: SlotChoice;
  state: LineState;
  /** Whether the gauges have yet to follow. */
  moved: boolean;
  /** Under which attributes the gauges were set last. */
  told?: GaugeAttributes;
}

type GaugeAttributes = Readonly<Record<'purser.budget' | 'purser.budget.key' | 'purser.budget.unit', string>>;

const GAUGES = ['limit', 'committed', 'reserved', 'window.start', 'window.end', 'window.duration'].map((name) => `purser.budget.${name}`);

// What is told once for each window and limit of a budget is known by this and what it is.
const tellingOf = ({ budget, line }: LinePlan, { slotMs, limit }: LineState): string => `${line.key}/${slotMs}/${amountInUnit(budget.config.unit, limit)}`;

const KEPT = 1000;
const PUBLISH_MS = 500;

/** Tells metrics and alerts what the budgets do. */
export class Reporter {
  readonly #meter: Meter;
  readonly #emit: EmitEvent;
  readonly #clock: Clock;
  readonly #seen = new Map<string, Seen>();
  /** Budgets by their ids, as they are in force now. */
  #inForce = new Map<string, BudgetConfig>();
  #timer: NodeJS.Timeout | undefined;

  constructor(meter: Meter, emit: EmitEvent, clock: Clock) {
    this.#meter = meter;
    this.#emit = emit;
    this.#clock = clock;
  }

  /** Says which budgets are in force from now on: of others nothing is told any more. */
  use(configs: readonly BudgetConfig[]): void {
    this.#inForce = new Map(configs.map((config) => [config.id, config]));
    for (const [key, seen] of this.#seen) {
      const now = this.#inForce.get(seen.config.id);
      // Counted in another unit, or split in another way, it has other keys.
      if (now?.unit !== seen.config.unit || String(now.per) !== String(seen.config.per)) this.#forget(key, seen);
    }
  }

  /** Takes note of how budgets stand after an operation, and reports what it caused. */
  saw(plans: readonly LinePlan[], side: Side): void {
    for (const [index, plan] of plans.entries()) {
      const state = side.lines[index];
      if (state !== undefined) this.#stands(plan, state);
    }
    for (const key of side.expired) this.#meter.add('purser.budget.leases_expired', 1, { 'purser.budget': key.split('/', 1)[0] ?? key });
    for (const crossing of side.crossings) this.#crossed(plans[crossing.line], side.lines[crossing.line], crossing);
    this.#timer ??= timers.setTimeout(() => this.publish(), PUBLISH_MS).unref();
  }

  /** Counts what a policy answered about one budget. */
  decided({ budget }: LinePlan, decision: 'admitted' | 'refused' | 'would_refuse', reason: string): void {
    this.#meter.add('purser.policy.decisions', 1, {
      'purser.policy': 'budget',
      'purser.rule': budget.config.id,
      'purser.decision': decision,
      'purser.reason': reason,
      'purser.mode': budget.config.mode,
    });
  }

  /** Counts a refusal; `firsts` are the budgets that refused for the first time in their window. */
  refused(plan: LinePlan, refusal: Refusal, firsts: readonly { readonly plan: LinePlan; readonly state: LineState }[]): void {
    this.decided(plan, 'refused', refusal.code);
    if (plan.budget.config.unit === 'usd') this.#meter.add('purser.budget.blocked_cost', plan.line.amount / 1e9, { 'purser.budget': plan.budget.config.id });
    for (const first of firsts) {
      const { key } = first.plan.line;
      const message = `The budget "${shownKey(first.plan.budget.config, key)}" now refuses calls: ${this.#standing(first.plan, first.state)}.`;
      this.#say('purser.budget.exhausted', 'error', message, `${tellingOf(first.plan, first.state)}/exhausted`, first.plan, first.state, {});
    }
  }

  /** Counts a charge, in the budget's unit, and what was unusual about it. */
  charged({ budget, line }: LinePlan, amount: number, corrected: boolean): void {
    const { id, unit } = budget.config;
    const attributes = { 'purser.budget': id, 'purser.budget.key': shownKey(budget.config, line.key), 'purser.budget.unit': unit };
    this.#meter.add('purser.budget.spend', amountInUnit(unit, amount), attributes);
    if (corrected) this.#meter.add('purser.budget.settle_corrections', 1, { 'purser.budget': id });
  }

  /** Sends an event of the policy's own. */
  event(event: GovernanceEvent): void {
    this.#emit(event);
  }

  /** The budgets seen so far, by key. */
  list(): readonly BudgetSnapshot[] {
    const nowMs = this.#clock.nowMs();
    const list = [...this.#seen].map(([key, seen]) => snapshotOf(seen.config, key, seen.slots, seen.state, nowMs));
    return list.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Brings the gauges of budgets that have moved up to date. */
  publish(): void {
    timers.clearTimeout(this.#timer);
    this.#timer = undefined;
    const nowMs = this.#clock.nowMs();
    for (const [key, seen] of this.#seen) {
      if (!seen.moved) continue;
      seen.moved = false;
      seen.told = this.#gauge(snapshotOf(seen.config, key, seen.slots, seen.state, nowMs));
    }
  }

  #stands({ budget: { config }, line: { key, slots } }: LinePlan, state: LineState): void {
    const seen = this.#seen.get(key);
    const isInForce = this.#inForce.get(config.id) === config;
    if (seen === undefined) {
      if (isInForce) this.#see(key, { config, slots, state, moved: true });
      return;
    }
    const isChanged = seen.config !== config;
    // What a call that began under other settings is charged in another window says nothing of the present one.
    if (isChanged && !isInForce && state.endMs - state.slotMs !== seen.state.endMs - seen.state.slotMs) return;
    // A late settlement of an older window must not hide how the present one stands; under new settings the window itself may have begun earlier.
    if (state.slotMs < seen.state.slotMs && !(isChanged && isInForce)) return;
    if (isInForce) Object.assign(seen, { config, slots });
    seen.state = state;
    seen.moved = true;
  }

  // Of budgets split by many values the one that was met first makes room; those that are not split are few, and stay.
  #see(key: string, seen: Seen): void {
    if (this.#seen.size >= KEPT)
      for (const oldest of this.#seen) {
        if (oldest[1].config.per.length === 0) continue;
        this.#forget(...oldest);
        break;
      }
    this.#seen.set(key, seen);
  }

  #forget(key: string, { told }: Seen): void {
    this.#seen.delete(key);
    if (told !== undefined) for (const gauge of GAUGES) this.#meter.set(gauge, undefined, told);
  }

  #gauge(shot: BudgetSnapshot): GaugeAttributes {
    const attributes = { 'purser.budget': shot.id, 'purser.budget.key': shot.key, 'purser.budget.unit': shot.unit };
    this.#meter.set('purser.budget.limit', shot.limit, attributes);
    this.#meter.set('purser.budget.committed', shot.spent, attributes);
    this.#meter.set('purser.budget.reserved', shot.reserved, attributes);
    const { windowStartMs, windowEndMs } = shot;
    const duration = windowEndMs && windowEndMs - (windowStartMs ?? 0);
    this.#meter.set('purser.budget.window.start', windowStartMs && windowStartMs / 1000, attributes);
    this.#meter.set('purser.budget.window.end', windowEndMs && windowEndMs / 1000, attributes);
    this.#meter.set('purser.budget.window.duration', duration && duration / 1000, attributes);
    return attributes;
  }

  #crossed(plan: LinePlan | undefined, state: LineState | undefined, { threshold }: Crossing): void {
    if (plan === undefined || state === undefined) return;
    this.#meter.add('purser.budget.thresholds_crossed', 1, { 'purser.budget': plan.budget.config.id, 'purser.budget.threshold': threshold });
    const message = `The budget "${shownKey(plan.budget.config, plan.line.key)}" has passed ${Math.round(threshold * 1000) / 10} % of its limit: ${this.#standing(plan, state)}.`;
    const severity = threshold >= 1 ? 'error' : 'warning';
    this.#say('purser.budget.threshold', severity, message, `${tellingOf(plan, state)}/${threshold}`, plan, state, { 'purser.budget.threshold': threshold });
  }

  #standing({ budget }: LinePlan, state: LineState): string {
    const { unit, window } = budget.config;
    // A window that rolls has no end at which the budget would start over.
    const when = window.kind === 'rolling' ? ` in the last ${spanWords(window.everyMs)}` : resetsWords(state.endMs);
    return `${formatAmount(unit, state.committed)} of ${formatAmount(unit, state.limit)} spent${when}`;
  }

  #say(
    name: string,
    severity: GovernanceEvent['severity'],
    message: string,
    dedupeKey: string,
    { budget, line }: LinePlan,
    state: LineState,
    more: Readonly<Record<string, number>>,
  ): void {
    const { id, unit, mode } = budget.config;
    this.#emit({
      name,
      severity,
      message,
      atMs: this.#clock.nowMs(),
      dedupeKey,
      attributes: {
        'purser.budget': id,
        'purser.budget.key': shownKey(budget.config, line.key),
        'purser.budget.unit': unit,
        'purser.budget.mode': mode,
        'purser.budget.limit': amountInUnit(unit, state.limit),
        'purser.budget.committed': amountInUnit(unit, state.committed),
        'purser.budget.reserved': amountInUnit(unit, state.reserved),
        'purser.budget.used_ratio': state.limit === 0 ? 1 : state.committed / state.limit,
        'purser.budget.window.start': state.slotMs / 1000,
        ...(state.endMs === NO_END ? {} : { 'purser.budget.window.end': state.endMs / 1000 }),
        ...more,
      },
    });
  }
}
