import { NO_END } from '../../call/budget-store.ts';
import type { CallRecord, Cell, Cells, Waiter } from '../cells.ts';
import { LeaseHeap } from '../lease-heap.ts';

/** How long things are kept that no window counts any more, in milliseconds. */
export interface Retention {
  /** For slots without reservations, unless their window is longer. */
  readonly slotMs: number;
  /** For the records of calls that ended or whose lease ran out. */
  readonly recordMs: number;
  /** At most so many records of ended calls. */
  readonly records: number;
  /** Keys that hold nothing, count nothing and were not used for so long are forgotten; kept for good when unset. */
  readonly idleMs?: number;
}

/** Two days of slots, an hour of ended calls, at most 50,000 of them. */
export const DEFAULT_RETENTION: Retention = { slotMs: 2 * 86_400_000, recordMs: 3_600_000, records: 50_000 };

/** Told of every change to what must outlive the process. */
export interface CellsObserver {
  added(key: string, slotMs: number, committed: number, reserved: number): void;
  marked(key: string, slotMs: number, name: string, atMs: number): void;
  limited(key: string, limit: number | undefined): void;
}

interface MutableCell {
  committed: number;
  reserved: number;
}

interface Account {
  readonly slots: Map<number, MutableCell>;
  readonly marks: Map<string, number>;
  limit: number | undefined;
  /** 0 for one that was read from a journal and not used since. */
  usedAtMs: number;
  /** When the last of its windows ends that do not roll; 0 when there is none. */
  endMs: number;
  /** For how long its slots count at least. */
  lastsMs: number;
}

/** With fewer keys those that are idle are not looked for; with more when they have doubled. */
const SWEEP_FROM = 4096;
/** No window of the calendar is longer: what is read from a journal does not say how long it counts. */
const LONGEST_CALENDAR_MS = 32 * 86_400_000;
const NOBODY: readonly never[] = [];

const markName = (slotMs: number, name: string): string => `${slotMs}:${name}`;

/** Budgets in maps of this process. */
export class MemoryCells implements Cells {
  readonly #accounts = new Map<string, Account>();
  readonly #records = new Map<string, CallRecord>();
  readonly #leases = new LeaseHeap();
  readonly #ended: { readonly id: string; readonly atMs: number }[] = [];
  #endedFrom = 0;
  readonly #waiters = new Map<string, Map<string, Waiter>>();
  #sweepAt = SWEEP_FROM;
  /** The longest that slots of any key count. */
  #longestMs = 0;
  readonly #retention: Retention;
  readonly #observer: CellsObserver | undefined;
  #nowMs = 0;

  /** @param observer is told of every change */
  constructor(retention: Retention, observer?: CellsObserver) {
    this.#retention = retention;
    this.#observer = observer;
  }

  /** Says what time it is, for what is forgotten: before that, while a journal is read of which nobody knows how long it counts, nothing is. */
  at(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  lasts(key: string, ms: number): void {
    const account = this.#account(key);
    account.lastsMs = Math.max(account.lastsMs, ms);
    this.#longestMs = Math.max(this.#longestMs, ms);
  }

  ends(key: string, endMs: number): void {
    const account = this.#account(key);
    account.endMs = Math.max(account.endMs, endMs);
  }

  cell(key: string, slotMs: number): Cell | undefined {
    return this.#accounts.get(key)?.slots.get(slotMs);
  }

  add(key: string, slotMs: number, committed: number, reserved: number): void {
    const account = this.#account(key);
    account.usedAtMs = this.#nowMs;
    const cell = account.slots.get(slotMs);
    if (cell === undefined) {
      this.#prune(account);
      account.slots.set(slotMs, { committed, reserved });
      if (this.#nowMs === 0) account.endMs = Math.max(account.endMs, slotMs === 0 ? NO_END : slotMs + LONGEST_CALENDAR_MS);
    } else {
      cell.committed += committed;
      cell.reserved += reserved;
    }
    this.#observer?.added(key, slotMs, committed, reserved);
  }

  limit(key: string): number | undefined {
    return this.#accounts.get(key)?.limit;
  }

  /** Sets a limit by hand; `undefined` goes back to the configured one. */
  setLimit(key: string, limit: number | undefined): void {
    this.#account(key).limit = limit;
    this.#observer?.limited(key, limit);
  }

  mark(key: string, slotMs: number, name: string): number | undefined {
    return this.#accounts.get(key)?.marks.get(markName(slotMs, name));
  }

  setMark(key: string, slotMs: number, name: string, atMs: number): void {
    this.#account(key).marks.set(markName(slotMs, name), atMs);
    this.#observer?.marked(key, slotMs, name, atMs);
  }

  clearMarks(key: string, slotMs: number): void {
    const marks = this.#account(key).marks;
    for (const name of marks.keys()) if (name.startsWith(`${slotMs}:`)) marks.delete(name);
  }

  record(id: string): CallRecord | undefined {
    return this.#records.get(id);
  }

  save(id: string, record: CallRecord): void {
    this.#records.set(id, record);
    if (record.state === 'reserved') this.#leases.push(id, record.leaseEndMs);
    else this.#end(id);
  }

  dueLeases(nowMs: number, max: number): readonly string[] {
    if (this.#leases.firstEndMs > nowMs) return [];
    const due: string[] = [];
    while (due.length < max && this.#leases.firstEndMs <= nowMs) {
      const lease = this.#leases.pop();
      if (lease === undefined) break;
      const record = this.#records.get(lease.id);
      // A renewed lease has another entry further back.
      if (record?.state === 'reserved' && record.leaseEndMs === lease.endMs) due.push(lease.id);
    }
    return due;
  }

  forget(key: string, beforeMs: number): void {
    const slots = this.#accounts.get(key)?.slots;
    if (slots === undefined) return;
    for (const [slotMs, cell] of slots) if (slotMs < beforeMs && cell.reserved === 0) slots.delete(slotMs);
  }

  waiters(key: string): readonly Waiter[] {
    const waiters = this.#waiters.get(key);
    return waiters === undefined ? NOBODY : [...waiters.values()];
  }

  setWaiter(key: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(key) ?? new Map<string, Waiter>();
    this.#waiters.set(key, waiters.set(waiter.who, waiter));
  }

  dropWaiter(key: string, who: string): void {
    const waiters = this.#waiters.get(key);
    waiters?.delete(who);
    if (waiters?.size === 0) this.#waiters.delete(key);
  }

  /** The keys that are known. */
  keys(): IterableIterator<string> {
    return this.#accounts.keys();
  }

  /** Tells an observer all that must outlive the process, as if it had just happened. */
  replay(observer: CellsObserver): void {
    for (const [key, account] of this.#accounts) {
      for (const [slotMs, cell] of account.slots) observer.added(key, slotMs, cell.committed, cell.reserved);
      for (const [name, atMs] of account.marks) {
        const cut = name.indexOf(':');
        observer.marked(key, Number(name.slice(0, cut)), name.slice(cut + 1), atMs);
      }
      if (account.limit !== undefined) observer.limited(key, account.limit);
    }
  }

  /** Charges all that is held: nobody is left who could settle it. Gives how many cells held something. */
  chargeAll(): number {
    let charged = 0;
    for (const account of this.#accounts.values()) {
      for (const cell of account.slots.values()) {
        if (cell.reserved === 0) continue;
        cell.committed += cell.reserved;
        cell.reserved = 0;
        charged += 1;
      }
    }
    return charged;
  }

  #account(key: string): Account {
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const made: Account = { slots: new Map(), marks: new Map(), limit: undefined, usedAtMs: this.#nowMs, endMs: 0, lastsMs: 0 };
    const { idleMs } = this.#retention;
    if (idleMs !== undefined && this.#accounts.size >= this.#sweepAt) this.#sweep(idleMs);
    this.#accounts.set(key, made);
    return made;
  }

  #sweep(idleMs: number): void {
    for (const [key, account] of this.#accounts) {
      const beforeMs = this.#nowMs - Math.max(idleMs, account.usedAtMs === 0 ? this.#longestMs : account.lastsMs);
      if (Math.max(account.usedAtMs, account.endMs) >= beforeMs || account.limit !== undefined) continue;
      if (![...account.slots.values()].some((cell) => cell.reserved !== 0)) this.#accounts.delete(key);
    }
    this.#sweepAt = Math.max(SWEEP_FROM, 2 * this.#accounts.size);
  }

  #prune(account: Account): void {
    const before = this.#nowMs - Math.max(this.#retention.slotMs, account.lastsMs);
    // The slot that began last is kept whatever its age: it may be a total, or a month.
    const newest = Math.max(...account.slots.keys());
    for (const [slotMs, cell] of account.slots) {
      if (slotMs >= before || slotMs === newest || cell.reserved !== 0) continue;
      account.slots.delete(slotMs);
      for (const name of account.marks.keys()) if (name.startsWith(`${slotMs}:`)) account.marks.delete(name);
    }
  }

  #end(id: string): void {
    const ended = this.#ended;
    ended.push({ id, atMs: this.#nowMs });
    const before = this.#nowMs - this.#retention.recordMs;
    for (let last = ended[this.#endedFrom]; last !== undefined; last = ended[this.#endedFrom]) {
      if (last.atMs > before && ended.length - this.#endedFrom <= this.#retention.records) break;
      if (this.#records.get(last.id)?.state !== 'reserved') this.#records.delete(last.id);
      this.#endedFrom += 1;
    }
    if (this.#endedFrom < 1024 || this.#endedFrom * 2 < ended.length) return;
    ended.splice(0, this.#endedFrom);
    this.#endedFrom = 0;
  }
}
