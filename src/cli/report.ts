import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDay } from '../base/is-day.ts';
import { PurserError } from '../call/errors.ts';
import { formatUsd, picoUsd } from '../call/units.ts';
import { loadConfig } from '../config/load.ts';
import { type Period, type ReadingNotes, readLedger } from '../ledger/read-ledger.ts';
import { COLUMN_NAMES, columnOf } from '../ledger/report-columns.ts';
import { type ReportFilter, type ReportRow, totalOf, UsageReport } from '../ledger/usage-report.ts';
import { readArguments, wrongArguments } from './arguments.ts';
import type { Io } from './io.ts';
import { columns } from './table.ts';

const USAGE = `Usage: purser report [--by COLUMN,...] [--since 7d] [--until TIME] [--where COLUMN=VALUE]... [--sort cost|key|calls] [--top N] [--format table|json|csv] [--ledger FOLDER]

Adds up the calls in the ledger. Days and hours are in UTC; a call counts when it was started.
--by     ${COLUMN_NAMES.join(', ')}, tag:NAME. @default model
--since  a length of time back from now (90m, 24h, 7d, 4w) or a moment (2026-11-01, 2026-11-01T12:00:00), in UTC unless
         it names a zone (2026-11-01T12:00:00+02:00). @default 7d
--top    so many rows at most; the total is of all of them.
Daily cost: --by day. Cost by model for a month: --by model --since 2026-11-01 --until 2026-12-01. Top users: --by user --top 10.
`;

const FLAGS = {
  by: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  where: { type: 'string', multiple: true },
  sort: { type: 'string' },
  top: { type: 'string' },
  format: { type: 'string' },
  ledger: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

const bad = (key: string, seen: string, wanted: string): PurserError => new PurserError('input_invalid', { where: 'purser report', key, seen, wanted });

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}:?\d{2})?)?$/i;
/** A thousand years. */
const MOST_MS = 31_556_952e6;

/** Milliseconds since the epoch, in UTC where the text names no zone; `NaN` when it is no moment. */
const inUtc = (text: string): number => {
  const [, day, time = '00:00', zone = 'Z'] = MOMENT.exec(text) ?? [];
  if (day === undefined || !isDay(day)) return Number.NaN;
  return Date.parse(`${day}T${time}${zone.toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`);
};

const momentOf = (key: string, text: string, nowMs: number): number => {
  const length = /^(\d+(?:\.\d+)?)([mhdw])$/.exec(text);
  const moment = length === null ? inUtc(text) : nowMs - Number(length[1]) * (UNIT_MS[length[2] ?? ''] ?? 0);
  // Beyond it a moment has no year of four digits, and days can no longer be compared by their names.
  if (!(Math.abs(moment) <= MOST_MS)) throw bad(key, text, 'a length of time such as 7d, or a moment such as 2026-11-01 or 2026-11-01T12:00:00Z');
  return moment;
};

const columnsOf = (by: string): readonly string[] => {
  const names = by
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  for (const name of names) if (columnOf(name) === undefined) throw bad('--by', name, `one or more of ${COLUMN_NAMES.join(', ')}, tag:NAME`);
  return names;
};

const filterOf = (text: string): ReportFilter => {
  const cut = text.indexOf('=');
  const column = text.slice(0, Math.max(0, cut));
  if (columnOf(column) === undefined) throw bad('--where', text, 'COLUMN=VALUE, such as team=search');
  return { column, value: text.slice(cut + 1) };
};

const oneOf = <T extends string>(key: string, seen: string | undefined, values: readonly T[], fallback: T): T => {
  const found = values.find((value) => value === (seen ?? fallback));
  if (found === undefined) throw bad(key, seen ?? '', values.join(', '));
  return found;
};

const usd = (nano: bigint): string => formatUsd(picoUsd(nano * 1000n));

const TIMES: readonly string[] = ['day', 'hour', 'month'];
const NUMBERS = ['calls', 'failed', 'blocked', 'unpriced', 'input_tokens', 'output_tokens', 'cost_usd'] as const;

const numbersOf = (row: ReportRow): readonly (string | number)[] => [
  row.calls,
  row.failed,
  row.blocked,
  row.unpriced,
  row.inputTokens,
  row.outputTokens,
  usd(row.nano),
];

// Labels come from the app's own users: nothing of them may be run by a spreadsheet.
const csvCell = (text: string): string => {
  const safe = /^[=+@\t\r]|^-./.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const asTable = (names: readonly string[], rows: readonly ReportRow[], total: ReportRow): string => {
  const head = [...names, ...NUMBERS].map((name) => name.toUpperCase().replaceAll('_', ' '));
  const body = rows.map((row) => [...row.keys, ...numbersOf(row).map(String)]);
  const foot = [...names.map((_, at) => (at === 0 ? 'total' : '')), ...numbersOf(total).map(String)];
  return columns([head, ...body, foot]);
};

const asCsv = (names: readonly string[], rows: readonly ReportRow[]): string =>
  [[...names, ...NUMBERS].join(','), ...rows.map((row) => [...row.keys.map(csvCell), ...numbersOf(row)].join(','))].map((line) => `${line}\n`).join('');

const sorted = (rows: readonly ReportRow[], by: 'cost' | 'key' | 'calls'): readonly ReportRow[] => {
  if (by === 'cost') return rows;
  return [...rows].sort((a, b) => (by === 'calls' ? b.calls - a.calls : a.keys.join('\u0000') < b.keys.join('\u0000') ? -1 : 1));
};

const folderOf = (flag: string | undefined, io: Io): string => {
  const folder = flag === undefined ? loadConfig({ env: io.env, cwd: io.cwd }).config.ledger.path : resolve(io.cwd, flag);
  if (folder === undefined) throw bad('ledger.path', 'not set', 'the folder of the ledger, in the config, in PURSER_LEDGER_PATH or as --ledger FOLDER');
  if (!existsSync(folder)) throw bad('the ledger', folder, 'a folder that exists; it is made when the first call ends');
  return folder;
};

const topOf = (text: string | undefined): number => {
  const top = Number(text ?? Number.MAX_SAFE_INTEGER);
  if (!Number.isInteger(top) || top < 1) throw bad('--top', text ?? '', 'a whole number from 1');
  return top;
};

const periodOf = (since: string, until: string | undefined): Period => {
  const nowMs = Date.now();
  return { sinceMs: momentOf('--since', since, nowMs), untilMs: until === undefined ? Number.POSITIVE_INFINITY : momentOf('--until', until, nowMs) };
};

interface Wanted {
  readonly names: readonly string[];
  readonly filters: readonly ReportFilter[];
  readonly format: 'table' | 'json' | 'csv';
  readonly sort: 'cost' | 'key' | 'calls';
  readonly top: number;
  readonly period: Period;
  readonly ledger: string | undefined;
}

/** What was asked for, or `undefined` where that is the help. */
const read = (args: readonly string[]): Wanted | undefined => {
  const { values, positionals } = readArguments('report', args, FLAGS);
  if (values.help === true) return undefined;
  if (positionals.length > 0) throw wrongArguments('report', args, 'flags only; see purser report --help');
  const { by = 'model', since = '7d', until, where = [], ledger } = values;
  const names = columnsOf(by);
  return {
    names,
    filters: where.map(filterOf),
    format: oneOf('--format', values.format, ['table', 'json', 'csv'], 'table'),
    sort: oneOf('--sort', values.sort, ['cost', 'key', 'calls'], TIMES.includes(names[0] ?? '') ? 'key' : 'cost'),
    top: topOf(values.top),
    period: periodOf(since, until),
    ledger,
  };
};

const jsonNumbers = (row: ReportRow): string =>
  numbersOf(row)
    .map((value, at) => `"${NUMBERS[at] ?? ''}":${typeof value === 'number' ? value : `"${value}"`}`)
    .join(',');

// A row a line: a report of a hundred thousand rows is still read by people, and written in no time.
const asJson = (names: readonly string[], rows: readonly ReportRow[], total: ReportRow, { sinceMs }: Period): string => {
  const heads = names.map((name) => `${JSON.stringify(name)}:`);
  const lines = rows.map((row) => `    {${heads.map((head, at) => `${head}${JSON.stringify(row.keys[at] ?? '')},`).join('')}${jsonNumbers(row)}}`);
  const since = JSON.stringify(new Date(sinceMs).toISOString());
  return `{\n  "since": ${since},\n  "rows": [${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n  `}],\n  "total": {${jsonNumbers(total)}}\n}\n`;
};

/** `purser report`: adds up the calls in the ledger by any of their labels. Exit code 0; 2 for wrong use. */
export const run = async (args: readonly string[], io: Io): Promise<number> => {
  const wanted = read(args);
  if (wanted === undefined) {
    io.stdout.write(USAGE);
    return 0;
  }
  const { names, filters, format, sort, top, period, ledger } = wanted;
  const report = new UsageReport(names, filters);
  const notes: ReadingNotes = { files: 0, unreadable: 0 };
  readLedger(folderOf(ledger, io), period, notes, (record, context) => report.add(record, context));
  const all = report.rows();
  const rows = sorted(all, sort).slice(0, top);
  if (format === 'csv') io.stdout.write(asCsv(names, rows));
  else io.stdout.write(format === 'json' ? asJson(names, rows, totalOf(all), period) : asTable(names, rows, totalOf(all)));
  if (notes.unreadable > 0) io.stderr.write(`purser report: ${notes.unreadable} lines of the ledger were cut off and are not counted.\n`);
  return 0;
};
