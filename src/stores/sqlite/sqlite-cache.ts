import type { CallRecord, Cell } from '../cells.ts';

/** A cell as it is remembered. */
export interface KeptCell {
  readonly key: string;
  readonly slotMs: number;
  committed: number;
  reserved: number;
  changed: boolean;
}

/** So many of each kind are remembered; then all are forgotten, which only costs reading them again. */
const KEPT = 10_000;

/** What is known of the tables while no other process writes. */
export class SqliteCache {
  readonly #cells = new Map<string, Map<number, KeptCell>>();
  readonly #marks = new Map<string, number>();
  readonly #records = new Map<string, CallRecord>();
  #changed: KeptCell[] = [];

  /** Gives a cell, or `undefined` when nothing is known of it. */
  cell(key: string, slotMs: number): KeptCell | undefined {
    return this.#cells.get(key)?.get(slotMs);
  }

  /** Remembers a cell. */
  keep(key: string, slotMs: number, { committed, reserved }: Cell): KeptCell {
    let slots = this.#cells.get(key);
    if (slots === undefined) {
      if (this.#cells.size >= KEPT) this.#cells.clear();
      this.#cells.set(key, (slots = new Map()));
    }
    const cell: KeptCell = { key, slotMs, committed, reserved, changed: false };
    slots.set(slotMs, cell);
    return cell;
  }

  /** Notes that a cell is to be written. */
  changed(cell: KeptCell): void {
    if (cell.changed) return;
    cell.changed = true;
    this.#changed.push(cell);
  }

  /** Gives the cells that are to be written, once. */
  takeChanged(): readonly KeptCell[] {
    const cells = this.#changed;
    if (cells.length === 0) return cells;
    this.#changed = [];
    for (const cell of cells) cell.changed = false;
    return cells;
  }

  /** Forgets the cells of a key. */
  forget(key: string): void {
    this.#cells.delete(key);
  }

  /** Gives when something was reported, or `undefined` when nothing is known of it. */
  mark(key: string, slotMs: number, name: string): number | undefined {
    return this.#marks.size === 0 ? undefined : this.#marks.get(`${key} ${slotMs} ${name}`);
  }

  /** Remembers when something was reported, and gives it. */
  keepMark(key: string, slotMs: number, name: string, atMs: number): number {
    if (this.#marks.size >= KEPT) this.#marks.clear();
    this.#marks.set(`${key} ${slotMs} ${name}`, atMs);
    return atMs;
  }

  /** Forgets the marks. */
  clearMarks(): void {
    this.#marks.clear();
  }

  /** Gives the record of a call, or `undefined` when nothing is known of it. */
  record(id: string): CallRecord | undefined {
    return this.#records.get(id);
  }

  /** Remembers the record of a call. */
  keepRecord(id: string, record: CallRecord): void {
    if (this.#records.size >= KEPT) this.#records.clear();
    this.#records.set(id, record);
  }

  /** Forgets everything. */
  clear(): void {
    if (this.#cells.size > 0) this.#cells.clear();
    if (this.#marks.size > 0) this.#marks.clear();
    if (this.#records.size > 0) this.#records.clear();
    this.#changed = [];
  }
}
