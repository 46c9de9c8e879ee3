import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerContext, LedgerRecord } from './ledger-record.ts';
import { dayOf, segmentDay } from './segment-names.ts';

const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 10;

/** Which calls are wanted, by the time at which they were started; `untilMs` is not in it. */
export interface Period {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** What was met on the way besides records. */
export interface ReadingNotes {
  files: number;
  /** Lines that were cut off by a crash or a full disk, or are no records. */
  unreadable: number;
}

/** Takes a call in, with what it has in common with others. */
export type TakeRecord = (record: LedgerRecord, context: LedgerContext) => void;

type Line = LedgerRecord | LedgerContext;

const oneByOne = (text: string, notes: ReadingNotes): Line[] =>
  text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      const record: unknown = JSON.parse(line);
      if (typeof record === 'object' && record !== null) return [record as Line];
    } catch {
      // Counted below.
    }
    notes.unreadable += 1;
    return [];
  });

// One call of the parser for thousands of lines is half the work; where one line is bad, each is tried by itself.
const parse = (text: string, notes: ReadingNotes): readonly Line[] => {
  if (text === '') return [];
  try {
    return JSON.parse(`[${text.replaceAll('\n', ',')}]`) as Line[];
  } catch {
    return oneByOne(text, notes);
  }
};

// A line without its end is being written at this moment, or was cut off; the parser tells.
const readSegment = function* (path: string, notes: ReadingNotes): Generator<readonly Line[]> {
  const file = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES * 2);
  let held = 0;
  try {
    for (;;) {
      const read = readSync(file, buffer, held, Math.min(CHUNK_BYTES, buffer.length - held), null);
      const end = held + read;
      const last = read === 0 ? end : buffer.lastIndexOf(NEWLINE, end - 1);
      if (last > 0) yield parse(buffer.toString('utf8', 0, last), notes);
      if (read === 0) return;
      const rest = last < 0 ? 0 : last + 1;
      held = buffer.copy(buffer, 0, rest, end);
      // No record is that long: it is skipped and counted.
      if (held > CHUNK_BYTES) {
        notes.unreadable += 1;
        held = 0;
      }
    }
  } finally {
    closeSync(file);
  }
};

const takeLines = (lines: readonly Line[], contexts: Map<number, LedgerContext>, { sinceMs, untilMs }: Period, notes: ReadingNotes, take: TakeRecord): void => {
  for (const line of lines) {
    if ('k' in line) contexts.set(line.k, line);
    else if (line.t >= sinceMs && line.t < untilMs) {
      const context = contexts.get(line.in);
      if (context === undefined) notes.unreadable += 1;
      else take(line, context);
    }
  }
};

/**
 * Goes through the calls of a ledger that were started in a period; in no order over processes. Reads while others write.
 * @throws when the folder or a file in it cannot be read
 */
export const readLedger = (directory: string, period: Period, notes: ReadingNotes, take: TakeRecord): void => {
  // A call is in a file of the day on which it ended, which is never before it started.
  const first = dayOf(period.sinceMs);
  const files = readdirSync(directory).filter((file) => (segmentDay(file) ?? '') >= first);
  for (const file of files.sort()) {
    notes.files += 1;
    const contexts = new Map<number, LedgerContext>();
    for (const lines of readSegment(join(directory, file), notes)) takeLines(lines, contexts, period, notes, take);
  }
};
