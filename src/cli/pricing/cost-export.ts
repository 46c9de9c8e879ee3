import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PurserError } from '../../call/errors.ts';
import { picoOf } from './case-file.ts';
import { readCsv } from './csv.ts';

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

const decimal = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value.replace(/^\$/, '');
  // JSON numbers below 10^21 print as plain decimals, but for tiny ones.
  return typeof value === 'number' ? value.toFixed(12) : undefined;
};

const dayOf = (value: unknown): string | undefined => {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d{10}$/.test(value))) return new Date(Number(value) * 1000).toISOString().slice(0, 10);
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
const amountOfResult = (result: Json): bigint | undefined => {
  if (isJson(result['amount'])) return picoOf(decimal(result['amount']['value']) ?? '');
  const cents = picoOf(decimal(result['amount']) ?? '');
  return cents === undefined ? undefined : cents / 100n;
};

const fromBucket = (bucket: Json): readonly ExportedCost[] => {
  const day = dayOf(bucket['start_time'] ?? bucket['starting_at']);
  const results: readonly unknown[] = Array.isArray(bucket['results']) ? bucket['results'] : [];
  return results.filter(isJson).flatMap((result) => {
    const amount = amountOfResult(result);
    return day === undefined || amount === undefined ? [] : [{ day, model: text(result['model']) ?? modelOfLine(text(result['line_item'])), amount }];
  });
};

const DAY_COLUMNS = ['usage_date_utc', 'date', 'day', 'start_time_iso', 'starting_at', 'start_time'];
const AMOUNT_COLUMNS = ['cost_usd', 'amount_value', 'cost_in_usd', 'amount.value', 'cost'];

const fromRow = (row: Readonly<Record<string, string>>): readonly ExportedCost[] => {
  const pick = (columns: readonly string[]): string | undefined => columns.map((column) => row[column]).find((value) => value !== undefined && value !== '');
  const day = dayOf(pick(DAY_COLUMNS));
  const amount = picoOf(decimal(pick(AMOUNT_COLUMNS)) ?? '');
  return day === undefined || amount === undefined ? [] : [{ day, model: text(row['model']) ?? modelOfLine(text(row['line_item'])), amount }];
};

const parse = (content: string): unknown => {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
};

/** Reads a provider's cost export: the JSON of OpenAI's and Anthropic's cost APIs, one page or several, or their CSV. @throws {input_invalid} when it is neither. */
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
      ? readCsv(content).flatMap(fromRow)
      : pages.filter(isJson).flatMap((page) => (Array.isArray(page['data']) ? page['data'] : [page]).filter(isJson).flatMap(fromBucket));
  if (costs.length > 0) return costs;
  const wanted = 'a cost export of OpenAI or Anthropic, as JSON or as CSV with a date and a cost in dollars';
  throw new PurserError('input_invalid', { where: file, key: 'FILE', seen: 'no costs with a day', wanted });
};
