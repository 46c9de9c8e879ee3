import { closeSync, existsSync, fdatasyncSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { timers } from '../../base/timers.ts';
import { makeFolder } from '../../base/make-folder.ts';
import type { CellsObserver, MemoryCells } from './memory-cells.ts';
import { takeSeat } from './journal-seat.ts';

const COMPACT_BYTES = 8 * 1024 * 1024;
const RETRY_MS = 10_000;
const HEADER = 'purser-budget-journal 1\n';

/** Where and how the journal is kept. */
export interface JournalOptions {
  /** A directory on this host's own disk; it is made where there is none. */
  readonly directory: string;
  /** `process` outlives a kill of the process, `machine` also a loss of power, at the price of a disk flush for each operation. */
  readonly durability: 'process' | 'machine';
  /** The size in bytes at which the journal is written anew. @default 8 MiB */
  readonly compactBytes?: number;
  /** How long after a failure it is tried to write the journal anew, in milliseconds. @default 10 seconds */
  readonly retryMs?: number;
}

/** Writes every change of the budgets to a file, before the call that caused it goes out. */
export interface Journal extends CellsObserver {
  /** Why nothing is written, or `undefined` when all is well. */
  readonly problem: string | undefined;
  /** Brings back what an earlier process left; what it held when it ended is charged. */
  restore(cells: MemoryCells): void;
  /** Notes that a key was changed by hand. */
  changed(key: string): void;
  /** Hands what was noted to the operating system. */
  flush(cells: MemoryCells): void;
  close(): void;
}

const areNumbers = (...texts: readonly (string | undefined)[]): boolean =>
  texts.every((text) => text !== undefined && text !== '' && Number.isFinite(Number(text)));

/** Takes one line of a journal in; a line of another form is left out, such as one that was cut off and goes on with the next. */
const applyLine = (cells: MemoryCells, line: string): void => {
  const [kind, key, a, b, c] = line.split('\t');
  if (key === undefined) return;
  if (kind === '+' && areNumbers(a, b, c)) cells.add(key, Number(a), Number(b), Number(c));
  else if (kind === 'm' && b !== undefined && areNumbers(a, c)) cells.setMark(key, Number(a), b, Number(c));
  else if (kind === 'l' && (a === '' || areNumbers(a))) cells.setLimit(key, a === '' ? undefined : Number(a));
};

/**
 * Takes the content of a journal into cells.
 * @throws when the file cannot be read
 */
export const readJournal = (path: string, cells: MemoryCells): void => {
  const lines = readFileSync(path, 'utf8').split('\n');
  // The last piece is empty, or a line that was cut off.
  for (const line of lines.slice(1, -1)) applyLine(cells, line);
};

const ofThread = new Set<Journal>();

const closeAll = (): void => {
  for (const journal of ofThread) journal.close();
};

// A process leaves its journal by ending. A thread leaves the process behind, in which nobody else can tell that it is gone.
const leaveWithThread = (journal: Journal): void => {
  if (isMainThread) return;
  ofThread.add(journal);
  process.removeListener('exit', closeAll);
  process.once('exit', closeAll);
};

class FileJournal implements Journal {
  readonly #path: string;
  readonly #sync: boolean;
  readonly #compactBytes: number;
  readonly #retryMs: number;
  readonly #say: (message: string) => void;
  readonly #leave: () => void;
  #file: number | undefined;
  #pending = '';
  #bytes = 0;
  #limitBytes: number;
  #restoring = false;
  /** Whether all that an earlier process left was read: only then may it be written over. */
  #isRead = false;
  #failedAtMs = 0;
  #problem: string | undefined;
  #isWritten = false;

  constructor(path: string, options: JournalOptions, say: (message: string) => void, leave: () => void) {
    this.#path = path;
    this.#sync = options.durability === 'machine';
    this.#compactBytes = options.compactBytes ?? COMPACT_BYTES;
    this.#limitBytes = this.#compactBytes;
    this.#retryMs = options.retryMs ?? RETRY_MS;
    this.#say = say;
    this.#leave = leave;
    leaveWithThread(this);
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  added(key: string, slotMs: number, committed: number, reserved: number): void {
    this.#pending += `+\t${key}\t${slotMs}\t${committed}\t${reserved}\n`;
  }

  marked(key: string, slotMs: number, name: string, atMs: number): void {
    this.#pending += `m\t${key}\t${slotMs}\t${name}\t${atMs}\n`;
  }

  limited(key: string, limit: number | undefined): void {
    this.#pending += `l\t${key}\t${limit ?? ''}\n`;
  }

  changed(): void {
    // A change by hand may have taken marks away, which only a journal written anew shows.
    this.#limitBytes = 0;
  }

  restore(cells: MemoryCells): void {
    this.#restoring = true;
    try {
      if (existsSync(this.#path)) {
        readJournal(this.#path, cells);
        cells.chargeAll();
      }
      this.#isRead = true;
      this.#pending = '';
      this.#compact(cells);
    } catch (error) {
      this.#fail(error);
    }
    this.#restoring = false;
  }

  flush(cells: MemoryCells): void {
    if (this.#pending === '' || this.#restoring) return;
    const text = this.#pending;
    this.#pending = '';
    if (this.#file === undefined) return this.#again(cells);
    if (!this.#isWritten) this.#firstWrite();
    try {
      const written = writeSync(this.#file, text);
      this.#bytes += written;
      if (this.#sync) fdatasyncSync(this.#file);
      // A disk that becomes full takes a part, and says so only the next time. There are no characters of several bytes.
      if (written < text.length || this.#bytes > this.#limitBytes) this.#compact(cells);
    } catch (error) {
      this.#fail(error);
    }
  }

  // A disk is full for a while, and a process runs for weeks: the whole is written anew once that is possible.
  #again(cells: MemoryCells): void {
    if (!this.#isRead || timers.monotonicMs() - this.#failedAtMs < this.#retryMs) return;
    try {
      this.#compact(cells);
      this.#problem = undefined;
    } catch {
      this.#failedAtMs = timers.monotonicMs();
    }
  }

  // The last word of a thread is written while it ends: the journal is left after all who were told of the end before.
  #firstWrite(): void {
    this.#isWritten = true;
    leaveWithThread(this);
  }

  close(): void {
    ofThread.delete(this);
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#leave();
  }

  // The new file is complete and on disk before it takes the old one's name, so that a kill at any moment leaves one of the two.
  #compact(cells: MemoryCells): void {
    this.#pending = '';
    cells.replay(this);
    const text = HEADER + this.#pending;
    this.#pending = '';
    const next = `${this.#path}.next`;
    writeFileSync(next, text, { mode: 0o600 });
    const file = openSync(next, 'a', 0o600);
    try {
      if (this.#sync) fsyncSync(file);
      renameSync(next, this.#path);
    } catch (error) {
      closeSync(file);
      throw error;
    }
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = file;
    this.#bytes = text.length;
    this.#limitBytes = Math.max(this.#compactBytes, 4 * text.length);
  }

  #fail(error: unknown): void {
    this.#problem = `The budget journal ${this.#path} cannot be written (${error instanceof Error ? error.message : String(error)}): what is spent is forgotten when the process ends, unless it can be written again before.`;
    this.#failedAtMs = timers.monotonicMs();
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#say(this.#problem);
  }
}

/** Opens a journal in a directory. Never throws. */
export const openJournal = (options: JournalOptions, say: (message: string) => void): Journal => {
  try {
    makeFolder(options.directory, 0o700);
  } catch {
    // The journal itself fails next, in words that name the path.
  }
  const seat = takeSeat(options.directory);
  return new FileJournal(join(options.directory, seat.file), options, say, seat.leave);
};
