import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PurserError } from '../../call/errors.ts';
import { readCsv, type CsvRow } from './csv.ts';
import { readDollars } from './dollars.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a provider says was spent on a day, on a model where it says so. */
export interface ExportedCost {
  /** The day in UTC, as `YYYY-MM-DD`. */
  readonly day: string;
  readonly model: string | undefined;
  /** Pico-dollars. */
  readonly amount: bigint;
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const bad = (where: string, key: string, seen: unknown, wanted: string): PurserError =>
  new PurserError('input_invalid', { where, key, seen: JSON.stringify(seen) ?? 'missing', wanted });

/** An amount that is there and cannot be read must not be left out of a sum; one that is not there is none. */
const amountOf = (value: unknown, where: string, key: string): bigint | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  const amount = readDollars(value);
  if (amount === undefined) throw bad(where, key, value, 'an amount such as 1234.50, $1,234.50 or 2.5e-03');
  return amount;
};

/** The day of a moment in milliseconds since the epoch, or nothing for what is no moment. */
export const dayAt = (ms: number): string | undefined => {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 10);
};

const dayOf = (value: unknown): string | undefined => {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d{10}$/.test(value))) return dayAt(Number(value) * 1000);
  const found = /^\d{4}-\d{2}-\d{2}/.exec(text(value) ?? '');
  return found?.[0];
};

/** The model of a line such as `gpt-4o-2024-08-06, cached input`, or nothing for a line that is about none. */
const modelOfLine = (line: string | undefined): string | undefined => {
  const name = line?.split(',')[0]?.trim();
  return name !== undefined && /^[a-z0-9][\w.:/-]*$/i.test(name) && /\d/.test(name) ? name : undefined;
};

/**
 * OpenAI states dollars in `amount.value`; Anthropic states cents as a decimal string in `amount`.
 * @source OpenAI Costs API `organization.costs.result`; Anthropic Cost API `cost_report`, amounts in the lowest unit of the currency, 2026
 */
const amountOfResult = (result: Json, where: string, path: string): bigint | undefined => {
  if (isJson(result['amount'])) return amountOf(result['amount']['value'], where, `${path}.amount.value`);
  const cents = amountOf(result['amount'], where, `${path}.amount`);
  return cents === undefined ? undefined : cents / 100n;
};

const fromBucket = (bucket: Json, where: string, path: string): readonly ExportedCost[] => {
  const day = dayOf(bucket['start_time'] ?? bucket['starting_at']);
  const results: readonly unknown[] = Array.isArray(bucket['results']) ? bucket['results'] : [];
  if (day === undefined) return [];
  return results.flatMap((result, index) => {
    if (!isJson(result)) return [];
    const amount = amountOfResult(result, where, `${path}results.${index}`);
    return amount === undefined ? [] : [{ day, model: text(result['model']) ?? modelOfLine(text(result['line_item'])), amount }];
  });
};

const fromPage = (page: unknown, where: string): readonly ExportedCost[] => {
  if (!isJson(page)) return [];
  if (!Array.isArray(page['data'])) return fromBucket(page, where, '');
  const buckets: readonly unknown[] = page['data'];
  return buckets.flatMap((bucket, index) => (isJson(bucket) ? fromBucket(bucket, where, `data.${index}.`) : []));
};

const DAY_COLUMNS = ['usage_date_utc', 'date', 'day', 'start_time_iso', 'starting_at', 'start_time'];
const AMOUNT_COLUMNS = ['cost_usd', 'amount_value', 'cost_in_usd', 'amount.value', 'cost'];

const fromRow = ({ line, cells }: CsvRow, file: string): readonly ExportedCost[] => {
  const filled = (columns: readonly string[]): string | undefined => columns.find((column) => cells[column] !== undefined && cells[column] !== '');
  const day = dayOf(cells[filled(DAY_COLUMNS) ?? '']);
  const column = filled(AMOUNT_COLUMNS) ?? '';
  if (day === undefined) return [];
  const amount = amountOf(cells[column], `${file}:${line}`, column);
  return amount === undefined ? [] : [{ day, model: text(cells['model']) ?? modelOfLine(text(cells['line_item'])), amount }];
};

const parse = (content: string): unknown => {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
};

/**
 * Reads a provider's cost export: the JSON of OpenAI's and Anthropic's cost APIs, one page or several, or their CSV.
 * @throws {input_invalid} when it is neither, and with its place for an amount that cannot be read.
 */
export const readCostExport = (file: string, cwd: string): readonly ExportedCost[] => {
  let content: string;
  try {
    content = readFileSync(resolve(cwd, file), 'utf8');
  } catch {
    throw new PurserError('input_invalid', { where: file, key: 'FILE', seen: 'a file that cannot be read', wanted: 'a cost export' });
  }
  const json = parse(content);
  const pages: readonly unknown[] = Array.isArray(json) ? json : [json];
  const costs =
    json === undefined
      ? readCsv(content).flatMap((row) => fromRow(row, file))
      : pages.flatMap((page, index) => fromPage(page, pages.length > 1 ? `${file}#${index}` : file));
  if (costs.length > 0) return costs;
  const wanted = 'a cost export of OpenAI or Anthropic, as JSON or as CSV with a date and a cost in dollars';
  throw new PurserError('input_invalid', { where: file, key: 'FILE', seen: 'no costs with a day', wanted });
};
