/**
 * The rules once more, as plainly as they can be said: a list of calls, and every figure a sum over it.
 * Slow, and without any of the stores' bookkeeping: where the two differ, one of them is wrong.
 */
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
} from '../../../src/call/budget-store.ts';

interface ModelCall {
  readonly id: string;
  state: 'reserved' | 'expired' | 'done';
  leaseEndMs: number;
  readonly lines: { readonly key: string; readonly slotMs: number; amount: number; readonly held?: boolean }[];
  crossings?: readonly Crossing[];
}

export class Model {
  readonly calls: ModelCall[] = [];
  readonly limits = new Map<string, number>();
  readonly #told = new Map<string, number>();

  reserve(request: ReserveRequest, nowMs: number): ReserveAnswer {
    const expired = this.#expire(nowMs);
    const known = this.calls.find((call) => call.id === request.id);
    if (known !== undefined) {
      const lines = request.lines.map((line, index) => this.#state(line, known.lines[index]?.slotMs ?? 0));
      return { kind: 'reserved', duplicate: true, lines, crossings: [], expired };
    }
    const slots = request.lines.map((line) => this.#pick(line.slots, nowMs));
    if (slots.includes(undefined)) return { kind: 'stale_window', nowMs };
    const before = request.lines.map((line, index) => this.#state(line, slots[index] ?? 0));
    const refused = request.lines.flatMap((line, index) => (line.enforce && this.#isOver(before[index], line.amount) ? [index] : []));
    const crossings = this.#crossings(request.lines, before, nowMs);
    if (refused.length > 0) {
      const first = this.#firsts(request.lines, before, refused, nowMs);
      const told = before.map((state, index) => (refused.includes(index) ? this.#withRoom(request.lines[index], state, nowMs) : state));
      return { kind: 'refused', lines: told, refused, first, crossings, expired };
    }
    const lines = request.lines.map(({ key, amount, role }, index) => ({ key, slotMs: slots[index] ?? 0, amount, held: role === 'slots' }));
    this.calls.push({ id: request.id, state: 'reserved', leaseEndMs: nowMs + request.leaseMs, lines });
    const after = request.lines.map((line, index) => this.#state(line, slots[index] ?? 0));
    return { kind: 'reserved', duplicate: false, lines: after, crossings, expired };
  }

  extend(request: ExtendRequest, nowMs: number): ExtendAnswer {
    const call = this.calls.find(({ id }) => id === request.id);
    if (call === undefined || call.state === 'done') return { kind: 'unknown' };
    const before = request.lines.map((line, index) => this.#state(line, call.lines[index]?.slotMs ?? 0, nowMs));
    const refused = request.lines.flatMap((line, index) => {
      const more = line.amount - (call.lines[index]?.amount ?? 0);
      return line.enforce && more > 0 && this.#isOver(before[index], more) ? [index] : [];
    });
    if (refused.length > 0) {
      return { kind: 'refused', lines: before, refused, first: this.#firsts(request.lines, before, refused, nowMs), crossings: [], expired: [] };
    }
    for (const [index, line] of call.lines.entries()) line.amount = Math.max(line.amount, request.lines[index]?.amount ?? 0);
    call.state = 'reserved';
    call.leaseEndMs = nowMs + request.leaseMs;
    return { kind: 'extended', lines: request.lines.map((line, index) => this.#state(line, call.lines[index]?.slotMs ?? 0)), crossings: [], expired: [] };
  }

  settle(request: SettleRequest, nowMs: number): SettleAnswer {
    const call = this.calls.find(({ id }) => id === request.id);
    const slots = call === undefined ? request.lines.map((line) => line.slotMs) : call.lines.map((line) => line.slotMs);
    const states = (): readonly LineState[] => request.lines.map((line, index) => this.#state(line, slots[index] ?? 0));
    if (call?.state === 'done') return { kind: 'duplicate', lines: states(), crossings: call.crossings ?? [], expired: [] };
    const kind = call === undefined ? 'charged' : call.state === 'expired' ? 'corrected' : 'settled';
    const done: ModelCall = call ?? { id: request.id, state: 'done', leaseEndMs: 0, lines: request.lines.map((line) => this.#held(line)) };
    if (call === undefined) this.calls.push(done);
    else for (const [index, line] of call.lines.entries()) line.amount = request.lines[index]?.amount ?? line.amount;
    done.state = 'done';
    const lines = states();
    done.crossings = this.#crossings(request.lines, lines, nowMs);
    return { kind, lines, crossings: done.crossings, expired: [] };
  }

  read(questions: readonly StateQuestion[], nowMs: number): readonly LineState[] {
    this.#expire(nowMs);
    return questions.map((question) => this.#state(question, this.#pick(question.slots, nowMs) ?? 0));
  }

  #held({ key, slotMs, amount }: HeldLine): ModelCall['lines'][number] {
    return { key, slotMs, amount };
  }

  #isOver(state: LineState | undefined, amount: number): boolean {
    return state !== undefined && state.committed + state.reserved + amount > state.limit;
  }

  #expire(nowMs: number): readonly string[] {
    const dead = this.calls.filter((call) => call.state === 'reserved' && call.leaseEndMs <= nowMs);
    for (const call of dead) {
      call.state = 'expired';
      for (const line of call.lines) if (line.held === true) line.amount = 0;
    }
    return dead.flatMap((call) => call.lines.map((line) => line.key));
  }

  #pick(slots: SlotChoice, nowMs: number): number | undefined {
    if (slots.kind === 'rolling') return nowMs - (nowMs % slots.widthMs);
    return slots.candidates.find(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs)?.startMs;
  }

  #state(question: StateQuestion, slotMs: number, untilMs = slotMs): LineState {
    const { key, slots } = question;
    const width = slots.kind === 'rolling' ? slots.widthMs : 0;
    const from = slots.kind === 'rolling' ? slotMs - slots.count * width : slotMs;
    const to = slots.kind === 'rolling' ? Math.max(slotMs, Math.min(untilMs, slotMs + slots.count * width)) : slotMs;
    const sum = (isIn: (call: ModelCall) => boolean): number =>
      this.calls
        .filter(isIn)
        .flatMap((call) => call.lines)
        .filter((line) => line.key === key && line.slotMs >= from && line.slotMs <= to)
        .reduce((total, line) => total + line.amount, 0);
    const endMs = slots.kind === 'rolling' ? slotMs + width : (slots.candidates.find((slot) => slot.startMs === slotMs)?.endMs ?? slotMs);
    return {
      committed: sum((call) => call.state !== 'reserved'),
      reserved: sum((call) => call.state === 'reserved'),
      limit: this.limits.get(key) ?? question.limit,
      slotMs,
      endMs,
    };
  }

  /** A rolling window says when enough of it will have lapsed, should nothing else happen. */
  #withRoom(line: BudgetLine | undefined, state: LineState, nowMs: number): LineState {
    if (line === undefined || line.slots.kind === 'fixed' || line.amount > state.limit) return state;
    const { widthMs, count } = line.slots;
    for (let waited = 1; waited <= count + 1; waited += 1) {
      const from = state.slotMs + (waited - count) * widthMs;
      const left = this.calls
        .flatMap((call) => call.lines)
        .filter((held) => held.key === line.key && held.slotMs >= from && held.slotMs <= state.slotMs)
        .reduce((total, held) => total + held.amount, 0);
      if (left + line.amount <= state.limit) return { ...state, roomInMs: state.slotMs + waited * widthMs - nowMs };
    }
    return state;
  }

  #tell(line: BudgetLine, { slotMs, limit }: LineState, what: string, nowMs: number): boolean {
    const { slots } = line;
    const name = `${line.key} ${slots.kind === 'rolling' ? 'rolling' : slotMs} ${limit} ${what}`;
    const before = this.#told.get(name);
    if (before !== undefined && (slots.kind === 'fixed' || nowMs - before < slots.widthMs * slots.count)) return false;
    this.#told.set(name, nowMs);
    return true;
  }

  #crossings(lines: readonly BudgetLine[], states: readonly LineState[], nowMs: number): readonly Crossing[] {
    return lines.flatMap((line, index) => {
      const state = states[index];
      if (state === undefined) return [];
      const passed = line.thresholds.filter((threshold) => state.committed >= Math.ceil(state.limit * threshold));
      return passed.filter((threshold) => this.#tell(line, state, String(threshold), nowMs)).map((threshold) => ({ line: index, threshold }));
    });
  }

  #firsts(lines: readonly BudgetLine[], states: readonly LineState[], refused: readonly number[], nowMs: number): readonly number[] {
    return refused.filter((index) => {
      const line = lines[index];
      const state = states[index];
      if (line === undefined || state === undefined || line.role !== undefined) return false;
      return line.amount <= state.limit && state.committed + line.amount > state.limit && this.#tell(line, state, 'refused', nowMs);
    });
  }
}
