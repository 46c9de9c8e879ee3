import type { SlotChoice } from '../../call/budget-store.ts';

/** Gives the slot that is charged now by our own clock, while the store's cannot be asked. */
export const ownSlot = (slots: SlotChoice, nowMs: number): number => {
  if (slots.kind === 'rolling') return Math.floor(nowMs / slots.widthMs) * slots.widthMs;
  return (slots.candidates.find((slot) => nowMs >= slot.startMs && nowMs < slot.endMs) ?? slots.candidates[0])?.startMs ?? 0;
};
