import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { dayOf, segmentDay } from './segment-names.ts';
import { LineTaker, type ReadingNotes, type TakeRecord } from './take-lines.ts';

export type { ReadingNotes, TakeRecord } from './take-lines.ts';

const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 10;

/** Which calls are wanted, by the time at which they were started; `untilMs` is not in it. */
export interface Period {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** `undefined` for a file that has gone since the folder was read: a process that begins a day deletes those that are too old. */
const opened = (path: string): number | undefined => {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

// A line without its end is being written at this moment, or was cut off; the parser tells.
const readSegment = function* (path: string, notes: ReadingNotes): Generator<Buffer> {
  const file = opened(path);
  if (file === undefined) return;
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES * 2);
  let held = 0;
  try {
    for (;;) {
      const read = readSync(file, buffer, held, Math.min(CHUNK_BYTES, buffer.length - held), null);
      const end = held + read;
      const last = read === 0 ? end : buffer.lastIndexOf(NEWLINE, end - 1);
      if (last > 0) yield buffer.subarray(0, last);
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

/**
 * Goes through the calls of a ledger that were started in a period; in no order over processes. Reads while others write.
 * @throws when the folder or a file in it cannot be read
 */
export const readLedger = (directory: string, { sinceMs, untilMs }: Period, notes: ReadingNotes, take: TakeRecord): void => {
  // A call is in a file of the day on which it ended, which is never before it started.
  const first = dayOf(sinceMs);
  const files = readdirSync(directory).filter((file) => (segmentDay(file) ?? '') >= first);
  for (const file of files.sort()) {
    notes.files += 1;
    const taker = new LineTaker(notes);
    for (const lines of readSegment(join(directory, file), notes))
      taker.take(lines, (record, context) => {
        if (record.t >= sinceMs && record.t < untilMs) take(record, context);
      });
  }
};
