import type { BudgetLine, HeldLine, LineState, SettleAnswer, Side } from '../../call/budget-store.ts';
import { ENTRY_NUMBERS, type SharedRing } from './shared-ring.ts';
import type { SqliteOperation, ToWorker } from './sqlite-operation.ts';

// The form in which the frequent operations go between the threads: as numbers in shared memory. What of a line is the same for every call,
// all but its amount, goes over once, in a message, and is named by a number from then on.

/** An operation as a message, which teaches the thread what its lines are called. */
export interface TeachingMessage extends ToWorker {
  readonly lines: readonly (readonly [name: number, line: BudgetLine])[];
}

const KINDS = ['reserve', 'extend', 'settle'] as const;
const ANSWERS = ['reserved', 'extended', 'settled', 'charged', 'corrected'] as const;
const NONE: readonly never[] = [];
const KEPT = 5000;
/** Number, kind, lease, clock, length of the id, count of lines. */
const OPERATION_HEAD = 6;
const PER_LINE = 3;
/** Number, kind, count of lines. */
const ANSWER_HEAD = 3;
const PER_STATE = 5;

interface Named {
  readonly name: number;
  line: BudgetLine;
}

type FrequentOperation = Extract<SqliteOperation, { readonly kind: (typeof KINDS)[number] }>;

// A turn is rare and says more than lines do.
const isFrequentOperation = (operation: SqliteOperation): operation is FrequentOperation => {
  if (operation.kind === 'reserve') return operation.request.turn === undefined;
  return operation.kind === 'extend' || operation.kind === 'settle';
};

const slotOf = (line: BudgetLine | HeldLine): number => ('slotMs' in line ? line.slotMs : 0);

const isSame = (a: BudgetLine, b: BudgetLine): boolean =>
  a.slots === b.slots && a.limit === b.limit && a.enforce === b.enforce && a.thresholds === b.thresholds && a.role === b.role;

/** Packs operations on their way to the thread. */
export class Packer {
  readonly #named = new Map<string, Named>();

  /** Writes an operation into the next place of a ring. Gives false for one that has to go as a message. */
  write(ring: SharedRing, { number, operation, nowMs }: ToWorker): boolean {
    if (!isFrequentOperation(operation)) return false;
    const { request } = operation;
    const { id, lines } = request;
    const from = ring.room;
    if (from === undefined || OPERATION_HEAD + lines.length * PER_LINE > ENTRY_NUMBERS || !ring.writeText(id)) return false;
    const { numbers } = ring;
    numbers[from] = number;
    numbers[from + 1] = KINDS.indexOf(operation.kind);
    numbers[from + 2] = 'leaseMs' in request ? request.leaseMs : 0;
    numbers[from + 3] = nowMs ?? 0;
    numbers[from + 4] = id.length;
    numbers[from + 5] = lines.length;
    let at = from + OPERATION_HEAD;
    for (const line of lines) {
      const named = this.#named.get(line.key);
      if (named === undefined || !isSame(named.line, line)) return false;
      numbers[at] = named.name;
      numbers[at + 1] = line.amount;
      numbers[at + 2] = slotOf(line);
      at += PER_LINE;
    }
    return true;
  }

  /** Names the lines of an operation that goes as a message. */
  teach(message: ToWorker): TeachingMessage {
    const { operation } = message;
    const lines = isFrequentOperation(operation) ? operation.request.lines : NONE;
    return { ...message, lines: lines.map((line) => [this.#name(line), line]) };
  }

  // Operations keep their order, so that a name may be given anew.
  #name(line: BudgetLine): number {
    const known = this.#named.get(line.key);
    if (known !== undefined) {
      known.line = line;
      return known.name;
    }
    if (this.#named.size >= KEPT) this.#named.clear();
    const name = this.#named.size;
    this.#named.set(line.key, { name, line });
    return name;
  }
}

/** Unpacks operations in the thread. */
export class Unpacker {
  readonly #lines = new Map<number, BudgetLine>();

  /** Takes in what lines are called. */
  learn({ lines }: TeachingMessage): void {
    for (const [name, line] of lines) this.#lines.set(name, line);
  }

  /** Reads the next operation of a ring. @throws when a line was never named, which cannot happen while operations keep their order */
  read(ring: SharedRing, from: number): ToWorker {
    const { numbers } = ring;
    const number = numbers[from] ?? 0;
    const kind = KINDS[numbers[from + 1] ?? 0] ?? 'settle';
    const leaseMs = numbers[from + 2] ?? 0;
    const nowMs = numbers[from + 3];
    const id = ring.readText(numbers[from + 4] ?? 0);
    const lines = this.#readLines(numbers, from + OPERATION_HEAD, numbers[from + 5] ?? 0);
    const operation: SqliteOperation = kind === 'settle' ? { kind, request: { id, lines } } : { kind, request: { id, leaseMs, lines } };
    return { number, operation, nowMs: nowMs === 0 ? undefined : nowMs };
  }

  #readLines(numbers: Float64Array, from: number, count: number): HeldLine[] {
    const lines: HeldLine[] = [];
    for (let at = from; at < from + count * PER_LINE; at += PER_LINE) lines.push(this.#line(numbers[at] ?? -1, numbers[at + 1] ?? 0, numbers[at + 2] ?? 0));
    return lines;
  }

  #line(name: number, amount: number, slotMs: number): HeldLine {
    const line = this.#lines.get(name);
    if (line === undefined) throw new Error('a line without a name');
    const { key, slots, limit, enforce, thresholds, role } = line;
    return role === undefined ? { key, slots, limit, amount, enforce, thresholds, slotMs } : { key, slots, limit, amount, enforce, thresholds, slotMs, role };
  }
}

type Frequent = { readonly kind: string; readonly duplicate?: boolean } & Side;

const isFrequent = (answer: unknown): answer is Frequent =>
  typeof answer === 'object' && answer !== null && 'crossings' in answer && !('refused' in answer) && !('duplicate' in answer && answer.duplicate === true);

/** Writes an answer into the next place of a ring. Gives false for one that says more than how its lines stand, which has to go as a message. */
export const writeAnswer = (ring: SharedRing, number: number, answer: unknown): boolean => {
  if (!isFrequent(answer) || answer.crossings.length > 0 || answer.expired.length > 0) return false;
  const { lines } = answer;
  const kind = ANSWERS.findIndex((name) => name === answer.kind);
  const from = ring.room;
  if (kind < 0 || from === undefined || ANSWER_HEAD + lines.length * PER_STATE > ENTRY_NUMBERS) return false;
  const { numbers } = ring;
  numbers[from] = number;
  numbers[from + 1] = kind;
  numbers[from + 2] = lines.length;
  let at = from + ANSWER_HEAD;
  for (const { committed, reserved, limit, slotMs, endMs, roomInMs } of lines) {
    if (roomInMs !== undefined) return false;
    numbers[at] = committed;
    numbers[at + 1] = reserved;
    numbers[at + 2] = limit;
    numbers[at + 3] = slotMs;
    numbers[at + 4] = endMs;
    at += PER_STATE;
  }
  return true;
};

/** Reads the next answer of a ring; its number is the first of its numbers. */
export const readAnswer = ({ numbers }: SharedRing, from: number): Frequent => {
  const kind = ANSWERS[numbers[from + 1] ?? 0] ?? 'settled';
  const end = from + ANSWER_HEAD + (numbers[from + 2] ?? 0) * PER_STATE;
  const lines: LineState[] = [];
  for (let at = from + ANSWER_HEAD; at < end; at += PER_STATE) {
    const [committed = 0, reserved = 0, limit = 0, slotMs = 0, endMs = 0] = [numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3], numbers[at + 4]];
    lines.push({ committed, reserved, limit, slotMs, endMs });
  }
  const side = { lines, crossings: NONE, expired: NONE };
  return kind === 'reserved' ? { kind, duplicate: false, ...side } : ({ kind, ...side } satisfies { readonly kind: string } & Omit<SettleAnswer, 'kind'>);
};
