import type { UsageBuckets } from '../call/usage.ts';
import type { LedgerContext, LedgerRecord } from './ledger-record.ts';
import { columnOf, type ReportColumn } from './report-columns.ts';

/** What the calls of one group come to. */
export interface ReportRow {
  /** The values that the group has in common, in the order of the columns. */
  readonly keys: readonly string[];
  calls: number;
  /** Calls that failed or were abandoned. */
  failed: number;
  /** Calls that a policy refused or stopped. */
  blocked: number;
  /** Calls that used tokens or should have and whose cost nobody knows; their money is in no sum. */
  unpriced: number;
  inputTokens: number;
  outputTokens: number;
  /** Whole nano-dollars. */
  nano: bigint;
}

/** Only records whose column has this value are counted. */
export interface ReportFilter {
  readonly column: string;
  readonly value: string;
}

const SEPARATOR = '\u0000';
// Sums of plain numbers are moved into a bigint long before they could lose a nano-dollar.
const CARRY = 2 ** 52;

/** A row while it is added up. */
interface Group extends ReportRow {
  /** Nano-dollars that are not in the sum yet. */
  pending: number;
}

const emptyRow = (keys: readonly string[]): ReportRow => ({
  keys,
  calls: 0,
  failed: 0,
  blocked: 0,
  unpriced: 0,
  inputTokens: 0,
  outputTokens: 0,
  nano: 0n,
});

// Written out: this is done for every call.
const inputOf = (usage: Partial<UsageBuckets>): number => {
  const { input = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, audioInput = 0, audioCacheRead = 0, imageInput = 0, imageCacheRead = 0 } = usage;
  return input + cacheRead + cacheWrite5m + cacheWrite1h + audioInput + audioCacheRead + imageInput + imageCacheRead;
};
const outputOf = ({ output = 0, reasoning = 0, audioOutput = 0, imageOutput = 0 }: Partial<UsageBuckets>): number =>
  output + reasoning + audioOutput + imageOutput;

const count = (group: Group, { outcome, nano, unpriced, usage }: LedgerRecord): void => {
  group.calls += 1;
  if (outcome === 'failed' || outcome === 'abandoned') group.failed += 1;
  else if (outcome === 'blocked') group.blocked += 1;
  if (unpriced !== undefined) group.unpriced += 1;
  group.pending += nano ?? 0;
  if (group.pending > CARRY) carry(group);
  if (usage === undefined) return;
  group.inputTokens += inputOf(usage);
  group.outputTokens += outputOf(usage);
};

const carry = (group: Group): void => {
  group.nano += BigInt(group.pending);
  group.pending = 0;
};

/** The values of the columns of single records, and a number for all of them together. */
interface Own {
  readonly number: number;
  readonly values: readonly string[];
}

// A part of a text holds the whole of it, and that is a large piece of a file.
const copyOf = (text: string): string => Buffer.from(text).toString();

/** What is worked out once for all calls of a context. */
interface Prepared {
  /** Whether its own filters let the context through. */
  readonly wanted: boolean;
  /** The values of its columns, in their places; those of single records are empty. */
  readonly keys: readonly string[];
  /** Its groups, shared with contexts of the same values. */
  readonly groups: Map<number, Group>;
}

type RecordColumn = ReportColumn & { readonly kind: 'record' };

interface Filter {
  readonly column: ReportColumn;
  readonly value: string;
}

const byKeys = (a: readonly string[], b: readonly string[]): number => {
  for (let at = 0; at < a.length; at += 1) {
    const one = a[at] ?? '';
    const other = b[at] ?? '';
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
};

const dearerFirst = (a: ReportRow, b: ReportRow): number => {
  if (a.nano !== b.nano) return a.nano > b.nano ? -1 : 1;
  return b.calls - a.calls || byKeys(a.keys, b.keys);
};

/** Adds records up by the values of columns. */
export class UsageReport {
  readonly #columns: readonly ReportColumn[];
  readonly #filters: readonly Filter[];
  readonly #recordFilters: readonly Filter[];
  readonly #recordColumns: readonly RecordColumn[];
  readonly #own = new Map<string, Own>();
  /** The groups by what their contexts have in common, and by the numbers of what is the records' own. */
  readonly #groups = new Map<string, Map<number, Group>>();
  readonly #prepared = new WeakMap<LedgerContext, Prepared>();

  /** @param columns names of `columnOf`; unknown ones are left out, the caller checks them */
  constructor(columns: readonly string[], filters: readonly ReportFilter[] = []) {
    this.#columns = columns.flatMap((name) => columnOf(name) ?? []);
    this.#filters = filters.flatMap(({ column, value }) => {
      const found = columnOf(column);
      return found === undefined ? [] : [{ column: found, value }];
    });
    this.#recordColumns = this.#columns.filter((column) => column.kind === 'record');
    this.#recordFilters = this.#filters.filter(({ column }) => column.kind === 'record');
  }

  /** Counts a call. */
  add(record: LedgerRecord, context: LedgerContext): void {
    const prepared = this.#prepare(context);
    if (!prepared.wanted) return;
    for (const { column, value } of this.#recordFilters) if (column.kind === 'record' && column.of(record) !== value) return;
    count(this.#groupOf(record, prepared), record);
  }

  /** Gives the groups, the most expensive first. */
  rows(): readonly ReportRow[] {
    const groups = [...this.#groups.values()].flatMap((some) => [...some.values()]);
    const sums = groups.map((group) => {
      carry(group);
      return { row: group, about: Number(group.nano) };
    });
    return sums.sort((a, b) => b.about - a.about || dearerFirst(a.row, b.row)).map(({ row }) => row);
  }

  #prepare(context: LedgerContext): Prepared {
    const known = this.#prepared.get(context);
    if (known !== undefined) return known;
    const wanted = this.#filters.every(({ column, value }) => column.kind === 'record' || column.of(context) === value);
    const keys = this.#columns.map((column) => (column.kind === 'context' ? column.of(context) : ''));
    const shared = keys.join(SEPARATOR);
    const groups = this.#groups.get(shared) ?? new Map<number, Group>();
    this.#groups.set(shared, groups);
    const made: Prepared = { wanted, keys, groups };
    this.#prepared.set(context, made);
    return made;
  }

  // Looked up by a number for what is the record's own, among the groups of all contexts with the same values.
  #groupOf(record: LedgerRecord, { keys, groups }: Prepared): Group {
    const own = this.#ownOf(record);
    let group = groups.get(own.number);
    if (group === undefined) {
      let next = 0;
      const whole = this.#columns.map((column, at) => (column.kind === 'record' ? own.values[next++] : keys[at]) ?? '');
      group = { ...emptyRow(whole), pending: 0 };
      groups.set(own.number, group);
    }
    return group;
  }

  #ownOf(record: LedgerRecord): Own {
    let key = this.#recordColumns[0]?.of(record) ?? '';
    for (let at = 1; at < this.#recordColumns.length; at += 1) key += SEPARATOR + (this.#recordColumns[at]?.of(record) ?? '');
    const known = this.#own.get(key);
    if (known !== undefined) return known;
    const made = { number: this.#own.size, values: this.#recordColumns.map((column) => copyOf(column.of(record))) };
    this.#own.set(copyOf(key), made);
    return made;
  }
}

/** Adds rows to one. */
export const totalOf = (rows: readonly ReportRow[]): ReportRow => {
  const total = emptyRow([]);
  for (const row of rows) {
    total.calls += row.calls;
    total.failed += row.failed;
    total.blocked += row.blocked;
    total.unpriced += row.unpriced;
    total.inputTokens += row.inputTokens;
    total.outputTokens += row.outputTokens;
    total.nano += row.nano;
  }
  return total;
};
