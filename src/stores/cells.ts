/** One budget in one slot. */
export interface Cell {
  readonly committed: number;
  readonly reserved: number;
}

/** What one call holds, line by line, and how far it has come: `reserved`, then `done`; `expired` between them when its lease ran out. */
export interface CallRecord {
  readonly state: 'reserved' | 'expired' | 'done';
  /** When the lease runs out, by the store's clock. */
  readonly leaseEndMs: number;
  readonly lines: readonly RecordLine[];
}

/** One line of a call's record. */
export interface RecordLine {
  readonly key: string;
  readonly slotMs: number;
  readonly amount: number;
}

/** The fields that the rules of reserve, extend and settle work on; one operation sees them as if it were alone. */
export interface Cells {
  cell(key: string, slotMs: number): Cell | undefined;
  /** Adds to a cell, which is made where there is none. */
  add(key: string, slotMs: number, committed: number, reserved: number): void;
  /** The limit that was set by hand. */
  limit(key: string): number | undefined;
  /** When something was reported last. */
  mark(key: string, slotMs: number, name: string): number | undefined;
  setMark(key: string, slotMs: number, name: string, atMs: number): void;
  record(id: string): CallRecord | undefined;
  save(id: string, record: CallRecord, nowMs: number): void;
  /** Ids whose lease has run out, the longest dead first. */
  dueLeases(nowMs: number, max: number): readonly string[];
}
