import { timers } from '../../base/timers.ts';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Change, ChangeRecord } from '../../call/budget-store.ts';
import { extend, read, reserve, setCommitted, settle } from '../book.ts';
import { DEFAULT_RETENTION, type Retention } from '../memory/memory-cells.ts';
import type { SqliteOperation } from './sqlite-operation.ts';
import { SqliteCells } from './sqlite-cells.ts';

/** How the file is opened. */
export interface SqliteSettings {
  readonly path: string;
  /** `process` outlives a kill of the process, `machine` also a loss of power, at the price of a disk flush for each operation. */
  readonly durability: 'process' | 'machine';
  readonly retention?: Retention;
  /** How long an operation waits for other processes that write, in milliseconds. @default 5000 */
  readonly busyMs?: number;
}

/** Only our own thread waits. */
const BUSY_MS = 5000;

/** SQLite's code for a file that others hold. */
const SQLITE_BUSY = 5;

/**
 * Sets the journal. Several processes that open a new file at once fail in this without being made to wait, so each waits for its turn.
 * @source measured: 6 threads, 300 new files, 48 failures with `busy_timeout` set; none of any other statement
 */
const useWal = (database: DatabaseSync, busyMs: number): void => {
  const endMs = timers.monotonicMs() + busyMs;
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!(error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) || timers.monotonicMs() >= endMs) throw error;
      // This waits for those that hold the file, for as long as `busy_timeout` says.
      database.exec('BEGIN EXCLUSIVE; COMMIT');
    }
  }
};

const amount = (value: unknown): number | undefined => (value === null || value === undefined ? undefined : Number(value));

/** The operations of the store on one open file. Blocks, and so belongs in a thread of its own. */
export class SqliteBook {
  readonly #database: DatabaseSync;
  readonly #cells: SqliteCells;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;

  constructor(database: DatabaseSync, settings: SqliteSettings) {
    this.#database = database;
    const busyMs = settings.busyMs ?? BUSY_MS;
    this.#database.exec(
      `PRAGMA page_size = 2048; PRAGMA busy_timeout = ${busyMs}; PRAGMA synchronous = ${settings.durability === 'machine' ? 'FULL' : 'NORMAL'}`,
    );
    useWal(this.#database, busyMs);
    this.#begin = this.#database.prepare('BEGIN IMMEDIATE');
    this.#commit = this.#database.prepare('COMMIT');
    this.#rollback = this.#database.prepare('ROLLBACK');
    this.#cells = new SqliteCells(this.#database, settings.retention ?? DEFAULT_RETENTION);
  }

  /** Runs operations one after another in a single transaction: all of them are on disk, or none. */
  run(operations: readonly SqliteOperation[], nowMs: number): readonly unknown[] {
    this.#begin.get();
    try {
      this.#cells.begin(nowMs);
      const answers = operations.map((operation) => this.#one(operation, nowMs));
      this.#cells.end();
      this.#commit.get();
      return answers;
    } catch (error) {
      this.#cells.undo();
      this.#takeBack();
      throw error;
    }
  }

  /** Closes the file. */
  close(): void {
    this.#database.close();
  }

  #takeBack(): void {
    try {
      this.#rollback.run();
    } catch {
      // SQLite has done so itself, as it does where the disk is full: why is what counts.
    }
  }

  #one(operation: SqliteOperation, nowMs: number): unknown {
    switch (operation.kind) {
      case 'reserve':
        return reserve(this.#cells, operation.request, nowMs);
      case 'extend':
        return extend(this.#cells, operation.request, nowMs);
      case 'settle':
        return settle(this.#cells, operation.request, nowMs);
      case 'read':
        return read(this.#cells, operation.request, nowMs);
      case 'keys':
        return this.#keys(operation.request);
      case 'change':
        return this.#change(operation.request, nowMs);
      case 'changes':
        return this.#changes();
    }
  }

  #keys(budget: string): readonly string[] {
    const rows = this.#database.prepare('SELECT DISTINCT key FROM cells WHERE key = ? OR (key > ? AND key < ?) ORDER BY key LIMIT 1000');
    return rows.all(budget, `${budget}/`, `${budget}0`).map((row) => String(row['key']));
  }

  #change({ key, slots, change, by }: Change, atMs: number): ChangeRecord {
    const record =
      change.kind === 'limit'
        ? this.#setLimit(key, change.limit)
        : { from: setCommitted(this.#cells, { key, slots }, change.committed, atMs), to: change.committed };
    const row = this.#database.prepare('INSERT INTO changes (at, by, key, what, old, new) VALUES (?, ?, ?, ?, ?, ?)');
    row.run(atMs, by, key, change.kind, record.from ?? null, record.to ?? null);
    return { atMs, by, key, what: change.kind, ...record };
  }

  #setLimit(key: string, limit: number | undefined): Pick<ChangeRecord, 'from' | 'to'> {
    const from = this.#cells.limit(key);
    this.#cells.setLimit(key, limit);
    return { from, to: limit };
  }

  #changes(): readonly ChangeRecord[] {
    const rows = this.#database.prepare('SELECT at, by, key, what, old, new FROM changes ORDER BY number DESC LIMIT 100').all();
    return rows.map((row) => ({
      atMs: Number(row['at']),
      by: String(row['by']),
      key: String(row['key']),
      what: String(row['what']),
      from: amount(row['old']),
      to: amount(row['new']),
    }));
  }
}
