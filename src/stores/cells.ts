import type { Crossing } from '../call/budget-store.ts';

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
  /** What its settlement was the first to pass, for whoever asks again because the answer was lost; absent when that is nothing. */
  readonly crossings?: readonly Crossing[];
}

/** One line of a call's record. */
export interface RecordLine {
  readonly key: string;
  readonly slotMs: number;
  readonly amount: number;
  /** True for slots: given back, not charged, when the lease runs out. */
  readonly held?: boolean;
}

/** Somebody who waits for room. */
export interface Waiter {
  readonly who: string;
  /** Since when, by the store's clock. */
  readonly sinceMs: number;
  /** Until when the place is kept. */
  readonly untilMs: number;
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
  /** Takes the marks of a slot away, so that its thresholds are reported again. */
  clearMarks(key: string, slotMs: number): void;
  record(id: string): CallRecord | undefined;
  save(id: string, record: CallRecord, nowMs: number): void;
  /** Ids whose lease has run out, the longest dead first. */
  dueLeases(nowMs: number, max: number): readonly string[];
  /** What is in the slots from `fromMs` to `toMs`, both included, where that is quicker than one by one. */
  sum?(key: string, fromMs: number, toMs: number): Cell;
  /** Forgets slots that began before and hold nothing. */
  forget(key: string, beforeMs: number): void;
  /** Told for how long the slots of a key count in a window that rolls: they are forgotten no sooner, whoever else shares the store. */
  lasts(key: string, ms: number): void;
  /** Told when a window of a key ends that does not roll: a key that nobody uses is forgotten no sooner. `NO_END` for one that must stay. */
  ends(key: string, endMs: number): void;
  /** Who waits for a key, also those whose place has lapsed. */
  waiters(key: string): readonly Waiter[];
  setWaiter(key: string, waiter: Waiter): void;
  dropWaiter(key: string, who: string): void;
}
