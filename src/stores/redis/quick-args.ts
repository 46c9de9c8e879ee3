import type { BudgetLine, HeldLine, LineState, Slot } from '../../call/budget-store.ts';
import { readCrossings, readNumbers } from './script-args.ts';

/** What a quick script answered; `undefined` in its place means that it left the call to the others. */
export interface QuickAnswer {
  readonly kind: string;
  readonly lines: readonly LineState[];
  readonly crossings: ReturnType<typeof readCrossings>;
  readonly refused: readonly number[];
  readonly first: readonly number[];
}

const PER_LINE = 4;
const NONE: readonly never[] = [];

const texts = new WeakMap<readonly number[], string>();

const sharesOf = (thresholds: readonly number[]): string => {
  let text = texts.get(thresholds);
  if (text === undefined) {
    text = thresholds.length === 0 ? ',' : thresholds.join(',');
    texts.set(thresholds, text);
  }
  return text;
};

/** The slot that holds by our own clock; the server says whether it does by its own. */
const presentSlot = ({ slots, role }: BudgetLine, nowMs: number): Slot | undefined => {
  if (slots.kind === 'rolling' || role !== undefined) return undefined;
  for (const slot of slots.candidates) if (nowMs >= slot.startMs && nowMs < slot.endMs) return slot;
  return undefined;
};

/** Writes the lines of a reservation; `undefined` when they are not all usual ones. */
export const quickReserve = (lines: readonly BudgetLine[], nowMs: number): string[] | undefined => {
  const args: string[] = [];
  for (const line of lines) {
    const slot = presentSlot(line, nowMs);
    if (slot === undefined) return undefined;
    const { key, limit, amount, enforce, thresholds } = line;
    args.push(`${key} ${limit} ${amount} ${enforce ? 1 : 0} ${sharesOf(thresholds)} ${slot.startMs} ${slot.endMs}`);
  }
  return args;
};

/** Writes the lines of a settlement; `undefined` when they are not all usual ones. */
export const quickSettle = (lines: readonly HeldLine[]): string[] | undefined => {
  const args: string[] = [];
  for (const { key, limit, amount, thresholds, slots, role } of lines) {
    if (slots.kind === 'rolling' || role !== undefined) return undefined;
    args.push(`${key} ${limit} ${amount} ${sharesOf(thresholds)} ${thresholds[0] ?? 1e9}`);
  }
  return args;
};

const endOf = (line: BudgetLine, slotMs: number): number => {
  if (line.slots.kind === 'fixed') for (const slot of line.slots.candidates) if (slot.startMs === slotMs) return slot.endMs;
  return slotMs;
};

/** Reads what a quick script answered about `lines`. */
export const readQuick = (raw: readonly unknown[], lines: readonly BudgetLine[]): QuickAnswer | undefined => {
  if (raw[0] === 'slow') return undefined;
  const flat = Array.isArray(raw[1]) ? (raw[1] as readonly (number | string)[]) : NONE;
  const states = lines.map((line, index): LineState => {
    const at = index * PER_LINE;
    const slotMs = Number(flat[at + 2]);
    return { committed: Number(flat[at]), reserved: Number(flat[at + 1]), limit: Number(flat[at + 3]), slotMs, endMs: endOf(line, slotMs) };
  });
  return { kind: String(raw[0]), lines: states, crossings: readCrossings(raw[2], lines), refused: readNumbers(raw[3]), first: readNumbers(raw[4]) };
};
