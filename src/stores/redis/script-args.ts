import type { BudgetLine, Crossing, LineState, SlotChoice } from '../../call/budget-store.ts';

/** A line as the scripts read it. Slots are texts, since they become parts of names. */
export interface ScriptLine {
  readonly k: string;
  readonly l: number;
  readonly a: number;
  readonly e: boolean;
  readonly t: readonly number[];
  /** Starts and ends of the candidates. */
  readonly c?: readonly string[];
  readonly z?: readonly number[];
  /** Width and number of a rolling window's sub-buckets. */
  readonly w?: number;
  readonly n?: number;
  /** `r` for a rate, `s` for slots. */
  readonly x?: 'r' | 's';
}

/** Writes a line for the scripts. */
export const scriptLine = ({ key, limit, amount, enforce, thresholds, slots, role }: BudgetLine): ScriptLine => {
  const plain = {
    k: key,
    l: limit,
    a: amount,
    e: enforce,
    t: thresholds,
    ...(role === undefined ? {} : { x: role === 'rate' ? ('r' as const) : ('s' as const) }),
  };
  if (slots.kind === 'rolling') return { ...plain, w: slots.widthMs, n: slots.count };
  return { ...plain, c: slots.candidates.map((slot) => String(slot.startMs)), z: slots.candidates.map((slot) => slot.endMs) };
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

const NONE: readonly never[] = [];

/** Reads a list of numbers; an empty one where there is none. */
export const readNumbers = (raw: unknown): readonly number[] => (Array.isArray(raw) ? raw.map(Number) : NONE);

const endOf = (slots: SlotChoice, slotMs: number): number =>
  slots.kind === 'rolling' ? slotMs + slots.widthMs : (slots.candidates.find((slot) => slot.startMs === slotMs)?.endMs ?? slotMs);

const limitsIn = (raw: unknown): ReadonlyMap<number, number> => {
  const pairs = readNumbers(raw);
  const limits = new Map<number, number>();
  for (let at = 0; at + 1 < pairs.length; at += 2) limits.set(pairs[at] ?? 0, pairs[at + 1] ?? 0);
  return limits;
};

const readStates = (raw: unknown, rawLimits: unknown, lines: readonly BudgetLine[]): readonly LineState[] => {
  const flat = readNumbers(raw);
  const limits = limitsIn(rawLimits);
  return lines.map((line, index) => {
    const slotMs = flat[index * 3 + 2] ?? 0;
    return {
      committed: flat[index * 3] ?? 0,
      reserved: flat[index * 3 + 1] ?? 0,
      limit: limits.get(index) ?? line.limit,
      slotMs,
      endMs: endOf(line.slots, slotMs),
    };
  });
};

/** Reads crossings, which come as pairs: the line, and which of its thresholds. */
export const readCrossings = (raw: unknown, lines: readonly BudgetLine[]): readonly Crossing[] => {
  const pairs = readNumbers(raw);
  const crossings: Crossing[] = [];
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const line = pairs[at] ?? 0;
    crossings.push({ line, threshold: lines[line]?.thresholds[pairs[at + 1] ?? 0] ?? 0 });
  }
  return crossings;
};

const withRoom = (states: readonly LineState[], refused: readonly number[], rooms: readonly number[]): readonly LineState[] => {
  if (!rooms.some((roomInMs) => roomInMs > 0)) return states;
  return states.map((state, index) => {
    const roomInMs = rooms[refused.indexOf(index)] ?? 0;
    return roomInMs > 0 ? { ...state, roomInMs } : state;
  });
};

/** Reads a script's answer about `lines`. */
export const readAnswer = (raw: readonly unknown[], lines: readonly BudgetLine[]): ScriptAnswer => ({
  kind: String(raw[0]),
  lines: withRoom(readStates(raw[1], raw[2], lines), readNumbers(raw[5]), readNumbers(raw[7])),
  crossings: readCrossings(raw[3], lines),
  expired: Array.isArray(raw[4]) ? raw[4].map(String) : NONE,
  refused: readNumbers(raw[5]),
  first: readNumbers(raw[6]),
});
