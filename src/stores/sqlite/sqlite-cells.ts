import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Retention } from '../memory/memory-cells.ts';
import type { CallRecord, Cell, Cells, RecordLine, Waiter } from '../cells.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS cells (key TEXT, slot INTEGER, committed INTEGER, reserved INTEGER, PRIMARY KEY (key, slot)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (key TEXT, slot INTEGER, name TEXT, at INTEGER, PRIMARY KEY (key, slot, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS limits (key TEXT PRIMARY KEY, amount INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS calls (id TEXT PRIMARY KEY, state TEXT, at INTEGER, lines TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS leases ON calls (at) WHERE state = 'reserved';
CREATE INDEX IF NOT EXISTS ended ON calls (at) WHERE state <> 'reserved';
CREATE TABLE IF NOT EXISTS changes (number INTEGER PRIMARY KEY, at INTEGER, by TEXT, key TEXT, what TEXT, old INTEGER, new INTEGER);
CREATE TABLE IF NOT EXISTS waiters (key TEXT, who TEXT, since INTEGER, until INTEGER, PRIMARY KEY (key, who)) WITHOUT ROWID;
`;

const FORGET_EVERY = 500;

const isLine = (raw: unknown): raw is readonly [string, number, number, number?] => Array.isArray(raw) && raw.length >= 3;

const readLines = (text: unknown): readonly RecordLine[] => {
  const raw: unknown = JSON.parse(String(text));
  return Array.isArray(raw) ? raw.filter(isLine).map(([key, slotMs, amount, held]) => ({ key, slotMs, amount, ...(held === 1 ? { held: true } : {}) })) : [];
};

const stateOf = (raw: unknown): CallRecord['state'] => (raw === 'reserved' || raw === 'expired' ? raw : 'done');

/** Budgets in tables that the processes of one host share. Works inside a transaction that the caller holds. */
export class SqliteCells implements Cells {
  readonly #retention: Retention;
  readonly #sql: Readonly<
    Record<
      'cell' | 'add' | 'make' | 'limits' | 'mark' | 'setMark' | 'record' | 'save' | 'due' | 'sum' | 'forget' | 'waiters' | 'setWaiter' | 'dropWaiter',
      StatementSync
    >
  >;
  readonly #rare: (text: string) => StatementSync;
  #nowMs = 0;
  #limits = new Map<string, number>();
  #saves = 0;

  constructor(database: DatabaseSync, retention: Retention) {
    this.#retention = retention;
    database.exec(SCHEMA);
    const prepare = (text: string): StatementSync => database.prepare(text);
    this.#rare = prepare;
    this.#sql = {
      cell: prepare('SELECT committed, reserved FROM cells WHERE key = ? AND slot = ?'),
      add: prepare('UPDATE cells SET committed = committed + ?, reserved = reserved + ? WHERE key = ? AND slot = ?'),
      make: prepare('INSERT INTO cells (key, slot, committed, reserved) VALUES (?, ?, ?, ?)'),
      limits: prepare('SELECT key, amount FROM limits'),
      mark: prepare('SELECT at FROM marks WHERE key = ? AND slot = ? AND name = ?'),
      setMark: prepare('INSERT OR REPLACE INTO marks (key, slot, name, at) VALUES (?, ?, ?, ?)'),
      record: prepare('SELECT state, at, lines FROM calls WHERE id = ?'),
      save: prepare('INSERT OR REPLACE INTO calls (id, state, at, lines) VALUES (?, ?, ?, ?)'),
      due: prepare("SELECT id FROM calls WHERE state = 'reserved' AND at <= ? ORDER BY at LIMIT ?"),
      sum: prepare('SELECT coalesce(sum(committed), 0) AS committed, coalesce(sum(reserved), 0) AS reserved FROM cells WHERE key = ? AND slot BETWEEN ? AND ?'),
      forget: prepare('DELETE FROM cells WHERE key = ? AND slot < ? AND reserved = 0'),
      waiters: prepare('SELECT who, since, until FROM waiters WHERE key = ?'),
      setWaiter: prepare('INSERT OR REPLACE INTO waiters (key, who, since, until) VALUES (?, ?, ?, ?)'),
      dropWaiter: prepare('DELETE FROM waiters WHERE key = ? AND who = ?'),
    };
  }

  /** Begins a transaction's work: what time it is, and which limits were set by hand, of which there are few. */
  begin(nowMs: number): void {
    this.#nowMs = nowMs;
    const rows = this.#sql.limits.all();
    if (rows.length === 0 && this.#limits.size === 0) return;
    this.#limits = new Map(rows.map((row) => [String(row['key']), Number(row['amount'])]));
  }

  cell(key: string, slotMs: number): Cell | undefined {
    const row = this.#sql.cell.get(key, slotMs);
    return row && { committed: Number(row['committed']), reserved: Number(row['reserved']) };
  }

  add(key: string, slotMs: number, committed: number, reserved: number): void {
    if (this.#sql.add.run(committed, reserved, key, slotMs).changes !== 0) return;
    this.#prune(key);
    this.#sql.make.run(key, slotMs, committed, reserved);
  }

  limit(key: string): number | undefined {
    return this.#limits.get(key);
  }

  /** Sets a limit by hand; `undefined` goes back to the configured one. */
  setLimit(key: string, limit: number | undefined): void {
    if (limit === undefined) this.#limits.delete(key);
    else this.#limits.set(key, limit);
    if (limit === undefined) this.#rare('DELETE FROM limits WHERE key = ?').run(key);
    else this.#rare('INSERT OR REPLACE INTO limits (key, amount) VALUES (?, ?)').run(key, limit);
  }

  mark(key: string, slotMs: number, name: string): number | undefined {
    const row = this.#sql.mark.get(key, slotMs, name);
    return row && Number(row['at']);
  }

  setMark(key: string, slotMs: number, name: string, atMs: number): void {
    this.#sql.setMark.run(key, slotMs, name, atMs);
  }

  /** Takes the marks of a slot away, so that its thresholds are reported again. */
  clearMarks(key: string, slotMs: number): void {
    this.#rare('DELETE FROM marks WHERE key = ? AND slot = ?').run(key, slotMs);
  }

  record(id: string): CallRecord | undefined {
    const row = this.#sql.record.get(id);
    return row && { state: stateOf(row['state']), leaseEndMs: Number(row['at']), lines: readLines(row['lines']) };
  }

  save(id: string, record: CallRecord): void {
    const lines = JSON.stringify(record.lines.map(({ key, slotMs, amount, held }) => (held === true ? [key, slotMs, amount, 1] : [key, slotMs, amount])));
    this.#sql.save.run(id, record.state, record.state === 'reserved' ? record.leaseEndMs : this.#nowMs, lines);
    this.#saves += 1;
    if (this.#saves % FORGET_EVERY !== 0) return;
    this.#rare("DELETE FROM calls WHERE state <> 'reserved' AND at < ?").run(this.#nowMs - this.#retention.recordMs);
    if (this.#retention.idleMs === undefined) return;
    this.#rare('DELETE FROM cells WHERE slot < ? AND reserved = 0').run(this.#nowMs - this.#retention.idleMs);
    this.#rare('DELETE FROM waiters WHERE until < ?').run(this.#nowMs);
  }

  dueLeases(nowMs: number, max: number): readonly string[] {
    return this.#sql.due.all(nowMs, max).map((row) => String(row['id']));
  }

  sum(key: string, fromMs: number, toMs: number): Cell {
    const row = this.#sql.sum.get(key, fromMs, toMs);
    return { committed: Number(row?.['committed'] ?? 0), reserved: Number(row?.['reserved'] ?? 0) };
  }

  forget(key: string, beforeMs: number): void {
    this.#sql.forget.run(key, beforeMs);
  }

  waiters(key: string): readonly Waiter[] {
    return this.#sql.waiters.all(key).map((row) => ({ who: String(row['who']), sinceMs: Number(row['since']), untilMs: Number(row['until']) }));
  }

  setWaiter(key: string, { who, sinceMs, untilMs }: Waiter): void {
    this.#sql.setWaiter.run(key, who, sinceMs, untilMs);
  }

  dropWaiter(key: string, who: string): void {
    this.#sql.dropWaiter.run(key, who);
  }

  #prune(key: string): void {
    const before = this.#nowMs - this.#retention.slotMs;
    const old = this.#rare('SELECT slot FROM cells WHERE key = ?1 AND slot < ?2 AND reserved = 0 AND slot <> (SELECT max(slot) FROM cells WHERE key = ?1)');
    for (const row of old.all(key, before)) {
      this.#rare('DELETE FROM cells WHERE key = ? AND slot = ?').run(key, row['slot'] ?? 0);
      this.clearMarks(key, Number(row['slot']));
    }
  }
}
