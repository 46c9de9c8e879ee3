import type { Clock } from '../../base/clock.ts';
import type {
  BudgetStore,
  Change,
  ChangeRecord,
  ExtendAnswer,
  ExtendRequest,
  LineState,
  ReserveAnswer,
  ReserveRequest,
  SettleAnswer,
  SettleRequest,
  StateQuestion,
  StoreNotice,
} from '../../call/budget-store.ts';
import { extend, read, reserve, setCommitted, settle } from '../book.ts';
import { type Journal, type JournalOptions, openJournal } from './journal.ts';
import { DEFAULT_RETENTION, MemoryCells, type Retention } from './memory-cells.ts';

/** What a store in memory needs. */
export interface MemoryStoreOptions {
  readonly clock: Clock;
  /** Where the journal lies; without it what was spent is forgotten with the process. */
  readonly journal?: JournalOptions;
  readonly retention?: Retention;
}

/** Budgets of keys that nobody uses any more are forgotten two days after the end of their window, as in Redis. */
const BUDGET_RETENTION: Retention = { ...DEFAULT_RETENTION, idleMs: DEFAULT_RETENTION.slotMs };

const KEPT_CHANGES = 100;
const KEPT_KEYS = 1000;

/** A store in this process alone, which answers at once. */
export class MemoryStore implements BudgetStore {
  readonly name = 'memory';
  readonly #clock: Clock;
  readonly #cells: MemoryCells;
  readonly #journal: Journal | undefined;
  readonly #changes: ChangeRecord[] = [];
  #listen: ((notice: StoreNotice) => void) | undefined;

  /** Opens the journal, where one is asked for. Never throws: without a usable journal it goes on without, and says so. */
  constructor(options: MemoryStoreOptions) {
    this.#clock = options.clock;
    const say = (message: string): void => this.#listen?.({ kind: 'not_durable', message });
    this.#journal = options.journal && openJournal(options.journal, say);
    this.#cells = new MemoryCells(options.retention ?? BUDGET_RETENTION, this.#journal);
    this.#journal?.restore(this.#cells);
  }

  onNotice(listen: (notice: StoreNotice) => void): void {
    this.#listen = listen;
    const problem = this.#journal?.problem;
    if (problem !== undefined) listen({ kind: 'not_durable', message: problem });
  }

  reserve(request: ReserveRequest): ReserveAnswer {
    return this.#do((nowMs) => reserve(this.#cells, request, nowMs));
  }

  extend(request: ExtendRequest): ExtendAnswer {
    return this.#do((nowMs) => extend(this.#cells, request, nowMs));
  }

  settle(request: SettleRequest): SettleAnswer {
    return this.#do((nowMs) => settle(this.#cells, request, nowMs));
  }

  read(questions: readonly StateQuestion[]): readonly LineState[] {
    return this.#do((nowMs) => read(this.#cells, questions, nowMs));
  }

  keys(budget: string): readonly string[] {
    const found: string[] = [];
    for (const key of this.#cells.keys()) {
      if (key === budget || key.startsWith(`${budget}/`)) found.push(key);
      if (found.length === KEPT_KEYS) break;
    }
    return found;
  }

  change(request: Change): ChangeRecord {
    return this.#do((nowMs) => {
      const { key, change } = request;
      const record = change.kind === 'limit' ? this.#setLimit(request, change.limit, nowMs) : this.#setCommitted(request, change.committed, nowMs);
      this.#journal?.changed(key);
      this.#changes.unshift(record);
      this.#changes.length = Math.min(this.#changes.length, KEPT_CHANGES);
      return record;
    });
  }

  changes(): readonly ChangeRecord[] {
    return [...this.#changes];
  }

  close(): Promise<void> {
    this.#journal?.close();
    return Promise.resolve();
  }

  #do<T>(work: (nowMs: number) => T): T {
    const nowMs = this.#clock.nowMs();
    this.#cells.at(nowMs);
    const answer = work(nowMs);
    this.#journal?.flush(this.#cells);
    return answer;
  }

  #setLimit({ key, by }: Change, limit: number | undefined, atMs: number): ChangeRecord {
    const from = this.#cells.limit(key);
    this.#cells.setLimit(key, limit);
    return { atMs, by, key, what: 'limit', from, to: limit };
  }

  #setCommitted({ key, slots, by }: Change, committed: number, atMs: number): ChangeRecord {
    const from = setCommitted(this.#cells, { key, slots }, committed, atMs);
    return { atMs, by, key, what: 'committed', from, to: committed };
  }
}
