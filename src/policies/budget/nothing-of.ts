import type { SettleRequest } from '../../call/budget-store.ts';
import type { Call } from '../../call/call.ts';
import type { LinePlan } from './line-plan.ts';
import { ownSlot } from './own-slot.ts';

/** The slots that a call is charged in by our own clock, where the store has not said. */
export const ownSlots = (plans: readonly LinePlan[], nowMs: number): readonly number[] => plans.map((plan) => ownSlot(plan.line.slots, nowMs));

/** Settles a call that was never sent: its reservation may have reached the store, which did not answer. */
export const nothingOf = (call: Call, plans: readonly LinePlan[], slots: readonly number[]): SettleRequest => ({
  id: call.id,
  lines: plans.map(({ line }, index) => ({ ...line, amount: 0, slotMs: slots[index] ?? 0 })),
});
