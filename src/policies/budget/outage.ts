import type { Clock } from '../../base/clock.ts';
import type { Maybe } from '../../call/budget-store.ts';
import type { Call } from '../../call/call.ts';
import type { Admission } from '../../call/policy.ts';
import type { LinePlan } from './line-plan.ts';
import { unavailableRefusal } from './refusal.ts';
import type { Reporter } from './reporter.ts';
import type { StoreClient } from './store-client.ts';
import type { Escrow } from './escrow.ts';
import { nothingOf, ownSlots } from './nothing-of.ts';

/** Decides about calls while the store is away, as the budgets' owner chose. */
export class Outage {
  readonly #client: StoreClient;
  readonly #reporter: Reporter;
  readonly #clock: Clock;
  readonly #escrow: Escrow | undefined;

  constructor(client: StoreClient, reporter: Reporter, clock: Clock, escrow: Escrow | undefined) {
    this.#client = client;
    this.#reporter = reporter;
    this.#clock = clock;
    this.#escrow = escrow;
  }

  /** Admits or refuses without the store. `open` makes the grant, which is charged when the store is back. */
  admit(call: Call, plans: readonly LinePlan[], open: (slots: readonly number[]) => Admission): Maybe<Admission> {
    const nowMs = this.#clock.nowMs();
    const slots = ownSlots(plans, nowMs);
    const strict = plans.filter((plan) => plan.line.enforce && plan.budget.config.onStoreUnavailable !== 'allow');
    const blocking = strict.find((plan) => plan.budget.config.onStoreUnavailable === 'block');
    if (blocking !== undefined) return this.#refuse(call, plans, slots, blocking);
    if (strict.length > 0 && this.#escrow?.draw(call.id, strict) !== true) return this.#refuse(call, plans, slots, strict[0]);
    for (const plan of plans) this.#reporter.decided(plan, 'admitted', 'store_unavailable');
    return open(slots);
  }

  #refuse(call: Call, plans: readonly LinePlan[], slots: readonly number[], plan: LinePlan | undefined): Admission {
    if (plan === undefined) return { kind: 'indifferent' };
    // The reservation may have reached the store all the same: nothing is charged for it, since the call was never sent.
    this.#client.forget(nothingOf(call, plans, slots));
    const refusal = unavailableRefusal(plan, this.#clock.nowMs());
    this.#reporter.refused(plan, refusal, []);
    return { kind: 'refused', refusal };
  }
}
