import type { BudgetLine, LineState, SlotChoice, StateQuestion } from '../call/budget-store.ts';
import type { Cells } from './cells.ts';

const NO_CELL = { committed: 0, reserved: 0 };

/** Picks the slot that is charged now, or `undefined` when the clock is outside all candidates. */
export const pickSlot = (slots: SlotChoice, nowMs: number): number | undefined => {
  if (slots.kind === 'rolling') return Math.floor(nowMs / slots.widthMs) * slots.widthMs;
  for (const slot of slots.candidates) if (nowMs >= slot.startMs && nowMs < slot.endMs) return slot.startMs;
  return undefined;
};

/** Gives when a slot ends, or its start where it is none of the candidates. */
export const endOf = (slots: SlotChoice, slotMs: number): number =>
  slots.kind === 'rolling' ? slotMs + slots.widthMs : (slots.candidates.find((slot) => slot.startMs === slotMs)?.endMs ?? slotMs);

/**
 * Reads how a budget stands: in one slot, or in the slots of a rolling window that ends with `slotMs`.
 * `untilMs` adds later slots that share a rolling window with it, for calls that were admitted a while ago.
 */
export const stateOf = (cells: Cells, question: StateQuestion, slotMs: number, untilMs: number): LineState => {
  const { key, slots } = question;
  const limit = cells.limit(key) ?? question.limit;
  const endMs = endOf(slots, slotMs);
  if (slots.kind === 'fixed') {
    const { committed, reserved } = cells.cell(key, slotMs) ?? NO_CELL;
    return { committed, reserved, limit, slotMs, endMs };
  }
  let committed = 0;
  let reserved = 0;
  // A clock that stepped back may be before the slot.
  const last = Math.max(slotMs, Math.min(untilMs, slotMs + slots.count * slots.widthMs));
  const all = cells.sum?.(key, slotMs - slots.count * slots.widthMs, last);
  if (all !== undefined) return { ...all, limit, slotMs, endMs };
  for (let at = slotMs - slots.count * slots.widthMs; at <= last; at += slots.widthMs) {
    const cell = cells.cell(key, at);
    if (cell === undefined) continue;
    committed += cell.committed;
    reserved += cell.reserved;
  }
  return { committed, reserved, limit, slotMs, endMs };
};

/** Reckons in how many milliseconds so much of a rolling window will have lapsed that a line fits; `undefined` when it never does, or does now. */
export const roomInMs = (
  cells: Cells,
  { key, slots, amount }: BudgetLine,
  { committed, reserved, limit, slotMs }: LineState,
  nowMs: number,
): number | undefined => {
  if (slots.kind === 'fixed' || amount > limit) return undefined;
  let over = committed + reserved + amount - limit;
  if (over <= 0) return undefined;
  for (let at = slotMs - slots.count * slots.widthMs; at <= slotMs; at += slots.widthMs) {
    const cell = cells.cell(key, at);
    over -= cell === undefined ? 0 : cell.committed + cell.reserved;
    if (over <= 0) return at + (slots.count + 1) * slots.widthMs - nowMs;
  }
  return undefined;
};
