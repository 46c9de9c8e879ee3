import type { Crossing, LineState, SlotChoice, BudgetLine } from '../../call/budget-store.ts';

const pushSlots = (args: string[], slots: SlotChoice): void => {
  if (slots.kind === 'rolling') {
    args.push('r', String(slots.widthMs), String(slots.count));
    return;
  }
  args.push('f', String(slots.candidates.length));
  for (const slot of slots.candidates) args.push(String(slot.startMs), String(slot.endMs));
};

/** Writes a line as a script's arguments. */
export const pushLine = (args: string[], line: BudgetLine): void => {
  args.push(line.key, String(line.limit), String(line.amount), line.enforce ? '1' : '0', String(line.thresholds.length));
  for (const threshold of line.thresholds) args.push(String(threshold));
  pushSlots(args, line.slots);
};

/** Writes lines with their number before them. */
export const pushLines = (args: string[], lines: readonly BudgetLine[]): void => {
  args.push(String(lines.length));
  for (const line of lines) pushLine(args, line);
};

/** A script's answer, read. */
export interface ScriptAnswer {
  readonly kind: string;
  readonly lines: readonly LineState[];
  readonly crossings: readonly Crossing[];
  readonly expired: readonly string[];
  readonly refused: readonly number[];
  readonly first: readonly number[];
}

const numbers = (raw: unknown): readonly number[] => (Array.isArray(raw) ? raw.map(Number) : []);

const readStates = (raw: unknown): readonly LineState[] => {
  const flat = numbers(raw);
  const states: LineState[] = [];
  for (let at = 0; at + 4 < flat.length; at += 5) {
    const [committed = 0, reserved = 0, limit = 0, slotMs = 0, endMs = 0] = flat.slice(at, at + 5);
    states.push({ committed, reserved, limit, slotMs, endMs });
  }
  return states;
};

const readCrossings = (raw: unknown, lines: readonly BudgetLine[]): readonly Crossing[] => {
  const pairs = numbers(raw);
  const crossings: Crossing[] = [];
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const line = pairs[at] ?? 0;
    crossings.push({ line, threshold: lines[line]?.thresholds[pairs[at + 1] ?? 0] ?? 0 });
  }
  return crossings;
};

/** Reads a script's answer. `lines` gives the thresholds that crossings point at. */
export const readAnswer = (raw: readonly unknown[], lines: readonly BudgetLine[]): ScriptAnswer => ({
  kind: String(raw[0]),
  lines: readStates(raw[1]),
  crossings: readCrossings(raw[2], lines),
  expired: Array.isArray(raw[3]) ? raw[3].map(String) : [],
  refused: numbers(raw[4]),
  first: numbers(raw[5]),
});
