import type {
  BudgetLine,
  Crossing,
  ExtendAnswer,
  ExtendRequest,
  HeldLine,
  LineState,
  ReserveAnswer,
  ReserveRequest,
  SettleAnswer,
  SettleRequest,
  SlotChoice,
  StateQuestion,
} from '../call/budget-store.ts';
import type { CallRecord, Cells, RecordLine } from './cells.ts';
import { endOf, pickSlot, roomInMs, stateOf } from './slot.ts';
import { isBehind, keepTurns, leaveTurns } from './turns.ts';

/** How many dead leases one operation charges at most, so that none is slow. */
const LEASES_AT_ONCE = 10;

/** The name of the mark that a budget's first refusal leaves. */
const REFUSED_MARK = 'refused';

const NONE: readonly never[] = [];

/** Charges leases that have run out in full: the call may have been billed. Slots are given back. Gives the keys, one for each lease and budget. */
export const expireLeases = (cells: Cells, nowMs: number): readonly string[] => {
  const due = cells.dueLeases(nowMs, LEASES_AT_ONCE);
  if (due.length === 0) return NONE;
  const keys: string[] = [];
  for (const id of due) {
    const record = cells.record(id);
    if (record?.state !== 'reserved') continue;
    for (const line of record.lines) {
      cells.add(line.key, line.slotMs, line.held === true ? 0 : line.amount, -line.amount);
      keys.push(line.key);
    }
    const lines = record.lines.map((line) => (line.held === true ? { ...line, amount: 0 } : line));
    cells.save(id, { ...record, state: 'expired', lines }, nowMs);
  }
  return keys;
};

const lengthOf = (slots: SlotChoice): number => (slots.kind === 'rolling' ? slots.widthMs * slots.count : 0);

// A window of the calendar has marks of its own; a rolling one reports again when a whole window has gone by. So has each limit: who raised it
// wants to hear when the new one is reached, and services that share a budget may have limits of their own.
const markOnce = (cells: Cells, line: BudgetLine, { slotMs, limit }: LineState, what: string, nowMs: number): boolean => {
  const name = `${what}@${limit}`;
  const rolling = line.slots.kind === 'rolling';
  const markSlot = rolling ? 0 : slotMs;
  const before = cells.mark(line.key, markSlot, name);
  if (before !== undefined && (!rolling || nowMs - before < lengthOf(line.slots))) return false;
  cells.setMark(line.key, markSlot, name, nowMs);
  return true;
};

const crossingsOf = (cells: Cells, lines: readonly BudgetLine[], states: readonly LineState[], nowMs: number): readonly Crossing[] => {
  let crossings: Crossing[] | undefined;
  for (const [index, line] of lines.entries()) {
    const state = states[index];
    if (state === undefined) continue;
    for (const threshold of line.thresholds) {
      if (state.committed < Math.ceil(state.limit * threshold)) break;
      if (markOnce(cells, line, state, String(threshold), nowMs)) (crossings ??= []).push({ line: index, threshold });
    }
  }
  return crossings ?? NONE;
};

const firstRefusals = (
  cells: Cells,
  lines: readonly BudgetLine[],
  states: readonly LineState[],
  refused: readonly number[],
  nowMs: number,
): readonly number[] =>
  refused.filter((index) => {
    const line = lines[index];
    const state = states[index];
    // A call that only waits for others, or that is too large by itself, does not mean that the budget is used up.
    if (line === undefined || state === undefined || line.role !== undefined) return false;
    if (line.amount > state.limit || state.committed + line.amount <= state.limit) return false;
    return markOnce(cells, line, state, REFUSED_MARK, nowMs);
  });

const statesAt = (cells: Cells, questions: readonly StateQuestion[], slots: readonly number[], nowMs: number | undefined): readonly LineState[] =>
  questions.map((question, index) => stateOf(cells, question, slots[index] ?? 0, nowMs ?? slots[index] ?? 0));

const recordSlots = (record: CallRecord): readonly number[] => record.lines.map((line) => line.slotMs);

/** Tells lines whose window rolls in how long there will be room for them: what is held now is taken to stay. */
const withRoom = (cells: Cells, lines: readonly BudgetLine[], states: readonly LineState[], refused: readonly number[], nowMs: number): readonly LineState[] =>
  states.map((state, index) => {
    const line = lines[index];
    const roomMs = line !== undefined && line.role !== 'slots' && refused.includes(index) ? roomInMs(cells, line, state, nowMs) : undefined;
    return roomMs === undefined ? state : { ...state, roomInMs: roomMs };
  });

/** Says for how long a slot counts, before it is opened and old ones make room for it. What is only held counts while it is. */
const tellLength = (cells: Cells, { key, slots, role }: Pick<BudgetLine, 'key' | 'slots' | 'role'>, slotMs: number): void => {
  if (role === 'slots' || cells.cell(key, slotMs) !== undefined) return;
  if (slots.kind === 'fixed') return cells.ends(key, endOf(slots, slotMs));
  const countMs = (slots.count + 2) * slots.widthMs;
  cells.lasts(key, countMs);
  // A rate has many short slots, of which only those of its window say anything.
  if (role === 'rate') cells.forget(key, slotMs - countMs);
};

const hold = (cells: Cells, lines: readonly BudgetLine[], before: readonly LineState[]): { readonly held: RecordLine[]; readonly after: LineState[] } => {
  const held: RecordLine[] = [];
  const after: LineState[] = [];
  for (const [index, line] of lines.entries()) {
    const state = before[index];
    if (state === undefined) continue;
    const { key, amount, role } = line;
    tellLength(cells, line, state.slotMs);
    cells.add(key, state.slotMs, 0, amount);
    held.push(role === 'slots' ? { key, slotMs: state.slotMs, amount, held: true } : { key, slotMs: state.slotMs, amount });
    after.push({ committed: state.committed, reserved: state.reserved + amount, limit: state.limit, slotMs: state.slotMs, endMs: state.endMs });
  }
  return { held, after };
};

/** Reserves for all lines or for none. Only this and `extend` may refuse. */
export const reserve = (cells: Cells, request: ReserveRequest, nowMs: number): ReserveAnswer => {
  const expired = expireLeases(cells, nowMs);
  const { lines, turn } = request;
  const known = cells.record(request.id);
  if (known !== undefined) {
    const states = statesAt(cells, lines, recordSlots(known), undefined);
    return { kind: 'reserved', duplicate: true, lines: states, crossings: NONE, expired };
  }
  const before: LineState[] = [];
  const refused: number[] = [];
  for (const [index, line] of lines.entries()) {
    const slotMs = pickSlot(line.slots, nowMs);
    if (slotMs === undefined) return { kind: 'stale_window', nowMs };
    const state = stateOf(cells, line, slotMs, slotMs);
    before.push(state);
    const full = state.committed + state.reserved + line.amount > state.limit;
    if (line.enforce && (full || (turn !== undefined && isBehind(cells, line.key, turn, nowMs)))) refused.push(index);
  }
  const crossings = crossingsOf(cells, lines, before, nowMs);
  if (refused.length > 0) {
    if (turn !== undefined) keepTurns(cells, lines, refused, turn, nowMs);
    const first = firstRefusals(cells, lines, before, refused, nowMs);
    return { kind: 'refused', lines: withRoom(cells, lines, before, refused, nowMs), refused, first, crossings, expired };
  }
  if (turn !== undefined) leaveTurns(cells, lines, turn.who);
  const { held, after } = hold(cells, lines, before);
  cells.save(request.id, { state: 'reserved', leaseEndMs: nowMs + request.leaseMs, lines: held }, nowMs);
  return { kind: 'reserved', duplicate: false, lines: after, crossings, expired };
};

const grow = (cells: Cells, record: CallRecord, lines: readonly HeldLine[]): readonly RecordLine[] =>
  record.lines.map((held, index) => {
    const amount = Math.max(held.amount, lines[index]?.amount ?? 0);
    // A lease that had run out comes alive again: what was charged for it is held once more.
    const revived = record.state === 'expired' ? held.amount : 0;
    cells.add(held.key, held.slotMs, -revived, revived + amount - held.amount);
    return { ...held, amount };
  });

/** Holds more for a call that still runs, for all lines or for none, and renews its lease. */
export const extend = (cells: Cells, request: ExtendRequest, nowMs: number): ExtendAnswer => {
  const record = cells.record(request.id);
  if (record === undefined || record.state === 'done') return { kind: 'unknown' };
  const { lines } = request;
  const slots = recordSlots(record);
  const before = statesAt(cells, lines, slots, nowMs);
  const refused: number[] = [];
  for (const [index, line] of lines.entries()) {
    const state = before[index];
    const more = line.amount - (record.lines[index]?.amount ?? 0);
    if (state !== undefined && line.enforce && more > 0 && state.committed + state.reserved + more > state.limit) refused.push(index);
  }
  if (refused.length > 0) {
    return { kind: 'refused', lines: before, refused, first: firstRefusals(cells, lines, before, refused, nowMs), crossings: NONE, expired: NONE };
  }
  const held = grow(cells, record, lines);
  cells.save(request.id, { state: 'reserved', leaseEndMs: nowMs + request.leaseMs, lines: held }, nowMs);
  return { kind: 'extended', lines: statesAt(cells, lines, slots, undefined), crossings: NONE, expired: NONE };
};

const charge = (cells: Cells, record: CallRecord, lines: readonly HeldLine[]): void => {
  for (const [index, held] of record.lines.entries()) {
    const amount = lines[index]?.amount ?? held.amount;
    if (record.state === 'reserved') cells.add(held.key, held.slotMs, amount, -held.amount);
    else cells.add(held.key, held.slotMs, amount - held.amount, 0);
  }
};

/** Charges a call, always and once, in the window of its admission. The answer to a second request says again what the first one passed. */
export const settle = (cells: Cells, request: SettleRequest, nowMs: number): SettleAnswer => {
  const record = cells.record(request.id);
  const { lines } = request;
  const slots = record === undefined ? lines.map((line) => line.slotMs) : recordSlots(record);
  if (record?.state === 'done')
    return { kind: 'duplicate', lines: statesAt(cells, lines, slots, undefined), crossings: record.crossings ?? NONE, expired: NONE };
  if (record === undefined)
    for (const line of lines) {
      tellLength(cells, line, line.slotMs);
      cells.add(line.key, line.slotMs, line.amount, 0);
    }
  else charge(cells, record, lines);
  const done = lines.map(({ key, amount }, index) => ({ key, slotMs: slots[index] ?? 0, amount }));
  const states = statesAt(cells, lines, slots, undefined);
  const crossings = crossingsOf(cells, lines, states, nowMs);
  cells.save(request.id, { state: 'done', leaseEndMs: nowMs, lines: done, ...(crossings.length === 0 ? {} : { crossings }) }, nowMs);
  const kind = record === undefined ? 'charged' : record.state === 'expired' ? 'corrected' : 'settled';
  return { kind, lines: states, crossings, expired: NONE };
};

/** Reads how budgets stand now, after charging leases that have run out. */
export const read = (cells: Cells, questions: readonly StateQuestion[], nowMs: number): readonly LineState[] => {
  expireLeases(cells, nowMs);
  return questions.map((question) => {
    const slotMs = pickSlot(question.slots, nowMs) ?? (question.slots.kind === 'fixed' ? question.slots.candidates.at(-1)?.startMs : undefined) ?? 0;
    return stateOf(cells, question, slotMs, slotMs);
  });
};

/**
 * Sets by hand what is charged in the present window, and gives what was. The parts of a window that rolls are emptied each by itself: a part that
 * were less than empty would give room when those before it lapse.
 */
export const setCommitted = (cells: Cells, { key, slots }: Pick<StateQuestion, 'key' | 'slots'>, committed: number, nowMs: number): number => {
  const slotMs = pickSlot(slots, nowMs) ?? 0;
  const from = stateOf(cells, { key, slots, limit: 0 }, slotMs, slotMs).committed;
  if (slots.kind === 'rolling')
    for (let at = slotMs - lengthOf(slots); at < slotMs; at += slots.widthMs) {
      const before = cells.cell(key, at)?.committed ?? 0;
      if (before !== 0) cells.add(key, at, -before, 0);
    }
  tellLength(cells, { key, slots }, slotMs);
  cells.add(key, slotMs, committed - (cells.cell(key, slotMs)?.committed ?? 0), 0);
  cells.clearMarks(key, slots.kind === 'rolling' ? 0 : slotMs);
  return from;
};
