import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PurserError } from '../../call/errors.ts';
import { systemClock } from '../../base/clock.ts';
import { readOverridesFile } from '../../pricing/overrides/overrides-file.ts';
import { overrideError } from '../../pricing/overrides/read-overrides.ts';
import { createPricer, type Pricer } from '../../pricing/pricer.ts';
import { tableFault } from '../../pricing/table/check-table.ts';
import type { PriceTable } from '../../pricing/table/price-table.ts';
import { readJsonFile } from './case-file.ts';

/** Options that choose the prices of a command. */
export const PRICE_OPTIONS = { overrides: { type: 'string' }, table: { type: 'string' } } as const;

const readTable = (file: string, cwd: string): PriceTable => {
  const value = readJsonFile(file, cwd);
  const fault = tableFault(value);
  if (fault !== undefined)
    throw new PurserError('input_invalid', { where: file, key: 'table', seen: `a table that cannot be used: ${fault}`, wanted: 'a price table' });
  return value as PriceTable;
};

/** Makes the pricing station of a command, from its `--table` and `--overrides`. @throws {input_invalid} and {config_invalid} with the place. */
export const pricerFor = async (values: Readonly<Record<string, string | boolean | undefined>>, cwd: string): Promise<Pricer> => {
  const table = typeof values['table'] === 'string' ? readTable(values['table'], cwd) : undefined;
  const file = values['overrides'];
  if (typeof file !== 'string') return createPricer({ clock: systemClock, ...(table === undefined ? {} : { table }) });
  let content: string;
  try {
    content = readFileSync(resolve(cwd, file), 'utf8');
  } catch {
    throw new PurserError('input_invalid', { where: file, key: '--overrides', seen: 'a file that cannot be read', wanted: 'a YAML or JSON file' });
  }
  const pricer = createPricer({ clock: systemClock, overrides: await readOverridesFile(content, file), ...(table === undefined ? {} : { table }) });
  const [problem] = pricer.problems;
  if (problem !== undefined) throw overrideError(problem);
  return pricer;
};
