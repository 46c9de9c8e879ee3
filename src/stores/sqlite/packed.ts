import type { BudgetLine, HeldLine, LineState, SettleAnswer, Side } from '../../call/budget-store.ts';
import type { SqliteOperation } from './sqlite-operation.ts';

/**
 * The form in which the frequent operations go between the threads. What of a line is the same for every call, all but its amount, goes
 * over once and is named by a number from then on.
 */
export type PackedOperation = readonly [number: number, kind: PackedKind, id: string, leaseMs: number, nowMs: number, ...lines: number[]];

/** Which operation: 0 reserves, 1 extends, 2 settles. */
type PackedKind = 0 | 1 | 2;

/** A packed operation, with what it is the first to speak of. */
export interface PackedMessage {
  readonly lines: readonly (readonly [name: number, line: BudgetLine])[];
  readonly packed: PackedOperation;
}

/** The usual answers: the operation's number, which answer, and five numbers for each line. */
export type PackedAnswer = readonly number[];

const KINDS = ['reserve', 'extend', 'settle'] as const;
const ANSWERS = ['reserved', 'extended', 'settled', 'charged', 'corrected'] as const;
const NONE: readonly never[] = [];
const KEPT = 5000;
const LINE_AT = 5;
const PER_LINE = 3;
const STATE_AT = 2;
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

  /** Writes an operation as a text; `undefined` for one that is not packed. `nowMs` stands in for the thread's clock in tests. */
  pack(number: number, operation: SqliteOperation, nowMs: number | undefined): string | undefined {
    if (!isFrequentOperation(operation)) return undefined;
    const { request } = operation;
    const packed: (number | string)[] = [number, KINDS.indexOf(operation.kind), request.id, 'leaseMs' in request ? request.leaseMs : 0, nowMs ?? 0];
    let fresh: (readonly [number, BudgetLine])[] | undefined;
    for (const line of request.lines) {
      let named = this.#named.get(line.key);
      if (named === undefined || !isSame(named.line, line)) {
        named = this.#name(named, line);
        (fresh ??= []).push([named.name, line]);
      }
      packed.push(named.name, line.amount, slotOf(line));
    }
    return JSON.stringify(fresh === undefined ? packed : { lines: fresh, packed });
  }

  // Messages keep their order, so that a name may be given anew.
  #name(known: Named | undefined, line: BudgetLine): Named {
    if (known !== undefined) {
      known.line = line;
      return known;
    }
    if (this.#named.size >= KEPT) this.#named.clear();
    const named = { name: this.#named.size, line };
    this.#named.set(line.key, named);
    return named;
  }
}

/** Unpacks operations in the thread. */
export class Unpacker {
  readonly #lines = new Map<number, BudgetLine>();

  /** Takes in what an operation is the first to speak of. */
  learn({ lines }: PackedMessage): void {
    for (const [name, line] of lines) this.#lines.set(name, line);
  }

  /** Gives the operation. @throws when a line was never named, which cannot happen while messages keep their order */
  unpack(packed: PackedOperation): SqliteOperation {
    const [, kind, id, leaseMs] = packed;
    const lines: HeldLine[] = [];
    for (let at = LINE_AT; at < packed.length; at += PER_LINE) {
      const line = this.#lines.get(Number(packed[at]));
      if (line === undefined) throw new Error('a line without a name');
      const { key, slots, limit, enforce, thresholds, role } = line;
      const amount = Number(packed[at + 1]);
      const slotMs = Number(packed[at + 2]);
      lines.push(
        role === undefined ? { key, slots, limit, amount, enforce, thresholds, slotMs } : { key, slots, limit, amount, enforce, thresholds, slotMs, role },
      );
    }
    return kind === 2 ? { kind: 'settle', request: { id, lines } } : { kind: kind === 0 ? 'reserve' : 'extend', request: { id, leaseMs, lines } };
  }
}

type Frequent = { readonly kind: string; readonly duplicate?: boolean } & Side;

const isFrequent = (answer: unknown): answer is Frequent =>
  typeof answer === 'object' && answer !== null && 'crossings' in answer && !('refused' in answer) && !('duplicate' in answer && answer.duplicate === true);

/** Packs an answer; `undefined` for one that says more than how its lines stand. */
export const packAnswer = (number: number, answer: unknown): PackedAnswer | undefined => {
  if (!isFrequent(answer) || answer.crossings.length > 0 || answer.expired.length > 0) return undefined;
  const kind = ANSWERS.findIndex((name) => name === answer.kind);
  if (kind < 0) return undefined;
  const packed = [number, kind];
  for (const { committed, reserved, limit, slotMs, endMs, roomInMs } of answer.lines) {
    if (roomInMs !== undefined) return undefined;
    packed.push(committed, reserved, limit, slotMs, endMs);
  }
  return packed;
};

/** Unpacks an answer. */
export const unpackAnswer = (packed: PackedAnswer): Frequent => {
  const lines: LineState[] = [];
  for (let at = STATE_AT; at < packed.length; at += PER_STATE) {
    const [committed = 0, reserved = 0, limit = 0, slotMs = 0, endMs = 0] = [packed[at], packed[at + 1], packed[at + 2], packed[at + 3], packed[at + 4]];
    lines.push({ committed, reserved, limit, slotMs, endMs });
  }
  const kind = ANSWERS[packed[1] ?? 0] ?? 'settled';
  const side = { lines, crossings: NONE, expired: NONE };
  return kind === 'reserved' ? { kind, duplicate: false, ...side } : ({ kind, ...side } satisfies { readonly kind: string } & Omit<SettleAnswer, 'kind'>);
};
