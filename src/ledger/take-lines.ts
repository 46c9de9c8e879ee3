import type { LedgerContext, LedgerRecord } from './ledger-record.ts';
import { RecordScanner } from './scan-record.ts';

/** What was met on the way besides records. */
export interface ReadingNotes {
  files: number;
  /** Lines that were cut off by a crash or a full disk, or are no records. */
  unreadable: number;
}

/** Takes a call in, with what it has in common with others. */
export type TakeRecord = (record: LedgerRecord, context: LedgerContext) => void;

/** A writer names at most half as many contexts at a time, so that what falls out here is named by nobody. */
const MOST_CONTEXTS = 32_768;
const NEWLINE = 10;

type Loose<T> = { readonly [K in keyof T]?: unknown };

const isMapping = (value: unknown): boolean => value === undefined || (typeof value === 'object' && value !== null);

const isRecord = ({ t, ms, in: context, nano, usage, attempts = 1 }: Loose<LedgerRecord>): boolean =>
  [t, ms, context, attempts, nano ?? 0].every(Number.isSafeInteger) && isMapping(usage) && Object.values(usage ?? {}).every(Number.isSafeInteger);

const isContext = ({ k, provider, labels, tags }: Loose<LedgerContext>): boolean =>
  Number.isSafeInteger(k) && typeof provider === 'string' && isMapping(labels) && isMapping(tags);

// Somebody may have written into the folder: what does not add up is counted as unreadable.
const parsed = (line: string): LedgerRecord | LedgerContext | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    if ('k' in value) return isContext(value) ? (value as LedgerContext) : undefined;
    return isRecord(value) ? (value as LedgerRecord) : undefined;
  } catch {
    return undefined;
  }
};

const endOf = (bytes: Buffer, start: number): number => {
  const end = bytes.indexOf(NEWLINE, start);
  return end < 0 ? bytes.length : end;
};

/** Reads the lines of one file of the ledger, from its beginning on, in as many pieces as one likes. */
export class LineTaker {
  readonly #contexts = new Map<number, LedgerContext>();
  readonly #notes: ReadingNotes;
  readonly #keep: (context: LedgerContext) => LedgerContext;

  /** @param keep gives what is kept of a context; by default all of it */
  constructor(notes: ReadingNotes, keep: (context: LedgerContext) => LedgerContext = (context) => context) {
    this.#notes = notes;
    this.#keep = keep;
  }

  /** Takes whole lines; only the last one may be without its end, when the file is. */
  take(bytes: Buffer, give: TakeRecord): void {
    const scanner = new RecordScanner(bytes);
    for (let start = 0; start < bytes.length;) {
      const record = scanner.read(start);
      const end = record === undefined ? endOf(bytes, start) : scanner.end;
      if (end > start) this.#line(record ?? parsed(bytes.toString('utf8', start, end)), give);
      start = end + 1;
    }
  }

  #line(line: LedgerRecord | LedgerContext | undefined, give: TakeRecord): void {
    if (line === undefined) this.#notes.unreadable += 1;
    else if ('k' in line) this.#learn(line);
    else {
      const context = this.#contexts.get(line.in);
      if (context === undefined) this.#notes.unreadable += 1;
      else give(line, context);
    }
  }

  #learn(context: LedgerContext): void {
    this.#contexts.set(context.k, this.#keep(context));
    if (this.#contexts.size <= MOST_CONTEXTS) return;
    const [oldest] = this.#contexts.keys();
    if (oldest !== undefined) this.#contexts.delete(oldest);
  }
}
