import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { NO_END } from '../../call/budget-store.ts';
import { dataVersionOf } from './data-version.ts';
import type { Retention } from '../memory/memory-cells.ts';
import type { CallRecord, Cell, Cells, RecordLine, Waiter } from '../cells.ts';
import { type KeptCell, SqliteCache } from './sqlite-cache.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS cells (key TEXT, slot INTEGER, committed INTEGER, reserved INTEGER, PRIMARY KEY (key, slot)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (key TEXT, slot INTEGER, name TEXT, at INTEGER, PRIMARY KEY (key, slot, name)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ends ON marks (at) WHERE slot = -1;
CREATE TABLE IF NOT EXISTS limits (key TEXT PRIMARY KEY, amount INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS open_calls (id TEXT PRIMARY KEY, at INTEGER, lines TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ended_calls (id TEXT PRIMARY KEY, state TEXT, at INTEGER, lines TEXT) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS calls AS SELECT id, 'reserved' AS state, at, lines FROM open_calls UNION ALL SELECT id, state, at, lines FROM ended_calls;
CREATE TABLE IF NOT EXISTS changes (number INTEGER PRIMARY KEY, at INTEGER, by TEXT, key TEXT, what TEXT, old INTEGER, new INTEGER);
CREATE TABLE IF NOT EXISTS waiters (key TEXT, who TEXT, since INTEGER, until INTEGER, PRIMARY KEY (key, who)) WITHOUT ROWID;
`;

const FORGET_EVERY = 200;
const CELLS_AT_ONCE = 16;
/** So many ended calls of this process are kept at most, however young. */
const MOST_ENDED = 200_000;
const NONE: readonly never[] = [];
/** Where the longest of all windows of the file stands: no budget and no limit has an empty key. */
const LASTS = ['', 0, 'lasts'] as const;

const isLine = (raw: unknown): raw is readonly [string, number, number, number?] => Array.isArray(raw) && raw.length >= 3;

const isCrossing = (raw: unknown): raw is readonly [number, number] => Array.isArray(raw) && raw.length === 2;

/** Reads the lines of a record, and what is told apart from them by its length. */
const readLines = (text: unknown): Pick<CallRecord, 'lines' | 'crossings'> => {
  const raw: unknown = JSON.parse(String(text));
  if (!Array.isArray(raw)) return { lines: NONE };
  const crossings = raw.filter(isCrossing).map(([line, threshold]) => ({ line, threshold }));
  return {
    lines: raw.filter(isLine).map(([key, slotMs, amount, held]): RecordLine => ({ key, slotMs, amount, ...(held === 1 ? { held: true } : {}) })),
    ...(crossings.length === 0 ? {} : { crossings }),
  };
};

const stateOf = (raw: unknown): CallRecord['state'] => (raw === 'reserved' || raw === 'expired' ? raw : 'done');

const textOf = ({ state, lines, crossings = NONE }: CallRecord): string =>
  // Of a call that is done only the slots, amounts and crossings are asked for again, and short rows fill fewer pages.
  JSON.stringify(
    state === 'done'
      ? [...lines.map(({ slotMs, amount }) => ['', slotMs, amount]), ...crossings.map(({ line, threshold }) => [line, threshold])]
      : lines.map(({ key, slotMs, amount, held }) => (held === true ? [key, slotMs, amount, 1] : [key, slotMs, amount])),
  );

/**
 * Budgets in tables that the processes of one host share. Works inside a transaction that the caller holds. What was read or written is
 * remembered for as long as no other process writes, and cells are written once for each transaction. The frequent statements are run by
 * `get`, which does not make a record of what they changed.
 */
export class SqliteCells implements Cells {
  readonly #retention: Retention;
  readonly #sql: Readonly<
    Record<
      | 'cell'
      | 'limits'
      | 'mark'
      | 'setMark'
      | 'ends'
      | 'record'
      | 'open'
      | 'close'
      | 'forgetEnded'
      | 'end'
      | 'due'
      | 'firstLease'
      | 'sum'
      | 'forget'
      | 'waiters'
      | 'setWaiter'
      | 'dropWaiter',
      StatementSync
    >
  >;
  readonly #rare: (text: string) => StatementSync;
  /** Statements that write so many cells at once. */
  readonly #puts: (StatementSync | undefined)[] = [];
  readonly #cache = new SqliteCache();
  readonly #readVersion: () => number;
  #version = -1;
  #nowMs = 0;
  #limits = new Map<string, number>();
  /** No lease ends before. */
  #firstLeaseMs = 0;
  /** Counts from there on: many a process makes one call and no more, and tidies up with its end. */
  #saves = FORGET_EVERY - 2;
  #lastsMs = 0;
  /** What this process ended, the oldest first: forgotten one by one, which costs less than an index by time. */
  #ended: { readonly id: string; readonly atMs: number }[] = [];
  #tidy = false;

  constructor(database: DatabaseSync, retention: Retention) {
    this.#retention = retention;
    database.exec(SCHEMA);
    const prepare = (text: string): StatementSync => database.prepare(text);
    this.#rare = prepare;
    // No parameters with numbers: Node 22.14 cannot bind them.
    this.#sql = {
      cell: prepare('SELECT committed, reserved FROM cells WHERE key = ? AND slot = ?'),
      limits: prepare('SELECT key, amount FROM limits'),
      mark: prepare('SELECT at FROM marks WHERE key = ? AND slot = ? AND name = ?'),
      setMark: prepare('INSERT OR REPLACE INTO marks (key, slot, name, at) VALUES (?, ?, ?, ?)'),
      // Where the end of the last window of a key stands no slot begins.
      ends: prepare("INSERT INTO marks (key, slot, name, at) VALUES (?, -1, 'ends', ?) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)"),
      record: prepare("SELECT 'reserved' AS state, at, lines FROM open_calls WHERE id = ? UNION ALL SELECT state, at, lines FROM ended_calls WHERE id = ?"),
      open: prepare('INSERT OR REPLACE INTO open_calls (id, at, lines) VALUES (?, ?, ?)'),
      close: prepare('DELETE FROM open_calls WHERE id = ?'),
      forgetEnded: prepare('DELETE FROM ended_calls WHERE id = ?'),
      end: prepare('INSERT OR REPLACE INTO ended_calls (id, state, at, lines) VALUES (?, ?, ?, ?)'),
      // Few calls are open at a time, so that an index would cost more than it saves.
      due: prepare('SELECT id FROM open_calls WHERE at <= ? ORDER BY at LIMIT ?'),
      firstLease: prepare('SELECT min(at) AS at FROM open_calls'),
      sum: prepare('SELECT coalesce(sum(committed), 0) AS committed, coalesce(sum(reserved), 0) AS reserved FROM cells WHERE key = ? AND slot BETWEEN ? AND ?'),
      forget: prepare('DELETE FROM cells WHERE key = ? AND slot < ? AND reserved = 0'),
      waiters: prepare('SELECT who, since, until FROM waiters WHERE key = ?'),
      setWaiter: prepare('INSERT OR REPLACE INTO waiters (key, who, since, until) VALUES (?, ?, ?, ?)'),
      dropWaiter: prepare('DELETE FROM waiters WHERE key = ? AND who = ?'),
    };
    this.#readVersion = dataVersionOf(database);
  }

  /** Begins a transaction's work. What is remembered is forgotten when another process has written since. */
  begin(nowMs: number): void {
    this.#nowMs = nowMs;
    const version = this.#readVersion();
    if (version === this.#version) return;
    this.#version = version;
    this.#cache.clear();
    this.#firstLeaseMs = 0;
    this.#limits = new Map(this.#sql.limits.all().map((row) => [String(row['key']), Number(row['amount'])]));
  }

  /** Writes what the transaction has changed; it is committed next. */
  end(): void {
    const cells = this.#cache.takeChanged();
    for (let from = 0; from < cells.length; from += CELLS_AT_ONCE) this.#put(cells.slice(from, from + CELLS_AT_ONCE));
  }

  /** Forgets what the transaction has changed; it was rolled back. */
  undo(): void {
    this.#cache.clear();
    this.#version = -1;
    this.#lastsMs = 0;
  }

  cell(key: string, slotMs: number): Cell | undefined {
    return this.#cell(key, slotMs);
  }

  add(key: string, slotMs: number, committed: number, reserved: number): void {
    const cell = this.#cell(key, slotMs);
    if (cell === undefined) {
      this.#prune(key);
      this.#cache.changed(this.#cache.keep(key, slotMs, { committed, reserved }));
    } else {
      cell.committed += committed;
      cell.reserved += reserved;
      this.#cache.changed(cell);
    }
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
    const known = this.#cache.mark(key, slotMs, name);
    if (known !== undefined) return known;
    const row = this.#sql.mark.get(key, slotMs, name);
    if (row === undefined) return undefined;
    return this.#cache.keepMark(key, slotMs, name, Number(row['at']));
  }

  setMark(key: string, slotMs: number, name: string, atMs: number): void {
    this.#sql.setMark.run(key, slotMs, name, atMs);
    this.#cache.keepMark(key, slotMs, name, atMs);
  }

  clearMarks(key: string, slotMs: number): void {
    this.#rare('DELETE FROM marks WHERE key = ? AND slot = ?').run(key, slotMs);
    this.#cache.clearMarks();
  }

  record(id: string): CallRecord | undefined {
    const known = this.#cache.record(id);
    if (known !== undefined) return known;
    const row = this.#sql.record.get(id, id);
    if (row === undefined) return undefined;
    const record = { state: stateOf(row['state']), leaseEndMs: Number(row['at']), ...readLines(row['lines']) };
    this.#cache.keepRecord(id, record);
    return record;
  }

  save(id: string, record: CallRecord): void {
    const before = this.#cache.record(id)?.state;
    const lines = textOf(record);
    if (record.state === 'reserved') {
      this.#sql.open.get(id, record.leaseEndMs, lines);
      if (before === 'expired') this.#sql.forgetEnded.run(id);
      this.#firstLeaseMs = Math.min(this.#firstLeaseMs, record.leaseEndMs);
    } else {
      if (before === 'reserved') this.#sql.close.get(id);
      this.#sql.end.get(id, record.state, this.#nowMs, lines);
      this.#ended.push({ id, atMs: this.#nowMs });
    }
    this.#cache.keepRecord(id, record);
    this.#saves += 1;
    if (this.#saves % FORGET_EVERY === 0) this.#forgetOld();
  }

  dueLeases(nowMs: number, max: number): readonly string[] {
    if (this.#firstLeaseMs > nowMs) return NONE;
    const due = this.#sql.due.all(nowMs, max).map((row) => String(row['id']));
    const first = due.length === 0 ? this.#sql.firstLease.get()?.['at'] : nowMs;
    this.#firstLeaseMs = first === null || first === undefined ? Infinity : Number(first);
    return due;
  }

  sum(key: string, fromMs: number, toMs: number): Cell {
    this.end();
    const row = this.#sql.sum.get(key, fromMs, toMs);
    return { committed: Number(row?.['committed'] ?? 0), reserved: Number(row?.['reserved'] ?? 0) };
  }

  forget(key: string, beforeMs: number): void {
    this.end();
    this.#sql.forget.run(key, beforeMs);
    this.#cache.forget(key);
  }

  lasts(_key: string, ms: number): void {
    if (ms <= this.#lastsMs) return;
    this.#lastsMs = ms;
    // Processes with shorter windows read it, and leave alone what they know nothing of.
    if (ms > (this.mark(...LASTS) ?? 0)) this.setMark(...LASTS, ms);
  }

  ends(key: string, endMs: number): void {
    if (endMs !== NO_END) this.#sql.ends.get(key, endMs);
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

  #cell(key: string, slotMs: number): KeptCell | undefined {
    const known = this.#cache.cell(key, slotMs);
    if (known !== undefined) return known;
    const row = this.#sql.cell.get(key, slotMs);
    return row && this.#cache.keep(key, slotMs, { committed: Number(row['committed']), reserved: Number(row['reserved']) });
  }

  #put(cells: readonly KeptCell[]): void {
    const put = (this.#puts[cells.length] ??= this.#rare(
      `INSERT INTO cells (key, slot, committed, reserved) VALUES ${cells.map(() => '(?, ?, ?, ?)').join(', ')} ON CONFLICT DO UPDATE SET committed = excluded.committed, reserved = excluded.reserved`,
    ));
    const values: (string | number)[] = [];
    for (const { key, slotMs, committed, reserved } of cells) values.push(key, slotMs, committed, reserved);
    put.get(...values);
  }

  #forgetOld(): void {
    this.#forgetEnded();
    if (this.#retention.idleMs === undefined) return this.#forgetIdle();
    this.end();
    const keptMs = this.#kept(this.#retention.idleMs);
    this.#rare('DELETE FROM cells WHERE slot < ? AND reserved = 0').run(this.#nowMs - keptMs);
    this.#rare('DELETE FROM waiters WHERE until < ?').run(this.#nowMs);
    this.#cache.clear();
  }

  // Keys whose last window is over, unless they count in a window of another kind as well, or a limit was set for them by hand.
  #forgetIdle(): void {
    this.end();
    const before = this.#nowMs - this.#kept(this.#retention.slotMs);
    const found = this.#rare(
      `SELECT key FROM marks WHERE slot = -1 AND at < ? AND key NOT IN (SELECT key FROM limits)
      AND NOT EXISTS (SELECT 1 FROM cells WHERE cells.key = marks.key AND (slot = 0 OR slot >= min(at, ?) OR reserved <> 0)) ORDER BY at LIMIT ?`,
    );
    // No more at once, so that no call waits long; meanwhile as many come where each call is the first one of four keys.
    const idle = found.all(before, before, 2 * FORGET_EVERY);
    if (idle.length === 0) return;
    const deletes = ['cells', 'marks'].map((table) => this.#rare(`DELETE FROM ${table} WHERE key = ?`));
    for (const { key = null } of idle) for (const one of deletes) one.run(key);
    this.#cache.clear();
  }

  #forgetEnded(): void {
    const ended = this.#ended;
    const before = this.#nowMs - this.#retention.recordMs;
    // What other processes left when they ended is looked for once.
    if (!this.#tidy) this.#rare('DELETE FROM ended_calls WHERE at < ?').run(before);
    this.#tidy = true;
    let from = 0;
    for (let first = ended[from]; first !== undefined && (first.atMs < before || ended.length - from > MOST_ENDED); first = ended[from]) {
      // One that came alive again and ended later is further back, too, and is forgotten a little early.
      this.#sql.forgetEnded.run(first.id);
      from += 1;
    }
    this.#ended = ended.slice(from);
  }

  // No less than the longest of all windows of the file, whose slots are not told apart from those of others.
  #kept(ms: number): number {
    return Math.max(ms, this.mark(...LASTS) ?? 0);
  }

  #prune(key: string): void {
    this.end();
    const before = this.#nowMs - this.#kept(this.#retention.slotMs);
    const old = this.#rare('SELECT slot FROM cells WHERE key = ? AND slot < ? AND reserved = 0 AND slot <> (SELECT max(slot) FROM cells WHERE key = ?)');
    for (const row of old.all(key, before, key)) {
      this.#rare('DELETE FROM cells WHERE key = ? AND slot = ?').run(key, row['slot'] ?? 0);
      this.clearMarks(key, Number(row['slot']));
      this.#cache.forget(key);
    }
  }
}
