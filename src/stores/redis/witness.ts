import type { BudgetLine, LineState } from '../../call/budget-store.ts';
import { scriptLine } from './script-args.ts';

interface Mark {
  readonly line: BudgetLine;
  readonly state: LineState;
}

interface Open {
  readonly leaseMs: number;
  readonly lines: readonly BudgetLine[];
  /** How they stood, which says in which slots they are held. */
  readonly states: readonly LineState[];
}

const KEPT = 1000;

/** What this process knows of the server's state, in case the server forgets it: the highest marks it saw, and its own open calls. */
export class Witness {
  /** The latest so many, by key, the oldest first: budgets and limits split by users are many. */
  readonly #marks = new Map<string, Mark>();
  readonly #open = new Map<string, Open>();

  /** Whether there is anything to tell. */
  get isEmpty(): boolean {
    return this.#marks.size === 0 && this.#open.size === 0;
  }

  /** Takes note of how budgets stand. */
  saw(lines: readonly BudgetLine[], states: readonly LineState[]): void {
    for (const [index, line] of lines.entries()) {
      const state = states[index];
      if (state === undefined) continue;
      const before = this.#marks.get(line.key);
      // A late settlement of an older window must not hide what the present one stands at.
      if (before !== undefined && before.state.slotMs > state.slotMs) continue;
      this.#marks.delete(line.key);
      this.#marks.set(line.key, { line, state });
      if (this.#marks.size > KEPT) this.#forgetOldest();
    }
  }

  #forgetOldest(): void {
    for (const oldest of this.#marks.keys()) {
      this.#marks.delete(oldest);
      return;
    }
  }

  /** Takes note of a call that is open. */
  opened(id: string, leaseMs: number, lines: readonly BudgetLine[], states: readonly LineState[]): void {
    this.#open.set(id, { leaseMs, lines, states });
  }

  /** Takes note that a call is settled. */
  closed(id: string): void {
    this.#open.delete(id);
  }

  /** Writes all of it for the script that brings it back. */
  seed(): object {
    const marks = [...this.#marks.values()];
    const open = [...this.#open].map(([id, { leaseMs, lines, states }]) => ({
      id,
      leaseMs,
      lines: lines.map((line, index) => [line.key, String(states[index]?.slotMs ?? 0), line.amount, ...(line.role === 'slots' ? [true] : [])]),
    }));
    return {
      lines: marks.map(({ line }) => scriptLine(line)),
      slots: marks.map(({ state }) => String(state.slotMs)),
      marks: marks.map(({ state }) => state.committed),
      open,
    };
  }
}
