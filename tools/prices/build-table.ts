/**
 * Builds src/pricing/table.json from @pydantic/genai-prices, the reviewed overlay and the cross-check, and prints what changed.
 * The same inputs give the same bytes. `--check` writes nothing and fails when the file is not what the inputs give.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { hashProviders, tableFault } from '../../src/pricing/table/check-table.ts';
import type { PriceTable } from '../../src/pricing/table/price-table.ts';
import { applyOverlay } from './apply-overlay.ts';
import { crossCheck } from './cross-check.ts';
import { diffTables } from './diff-tables.ts';
import { OVERLAY, REVIEWED } from './overlay/index.ts';
import { readSource, SOURCE } from './source.ts';

const LICENCE = new URL('../../node_modules/@pydantic/genai-prices/LICENSE', import.meta.url);
const TABLE = new URL('../../src/pricing/table.json', import.meta.url);

/** Builds the table from its inputs. */
export const buildTable = async (): Promise<{ readonly table: PriceTable; readonly report: readonly string[] }> => {
  const source = await readSource();
  if (source.problems.length > 0) throw new Error(`the source has what the table cannot hold:\n${source.problems.join('\n')}`);
  const checked = crossCheck(applyOverlay(source.providers, OVERLAY), OVERLAY);
  const sha256 = hashProviders(checked.providers);
  const sources = [SOURCE, ...checked.witnesses, `overlay of ${OVERLAY.length} entries, reviewed ${REVIEWED}`];
  const notice = `Prices from @pydantic/genai-prices.\n\n${readFileSync(LICENCE, 'utf8')}`;
  const version = `${REVIEWED}+${sha256.slice(0, 8)}`;
  const table: PriceTable = { format: 1, version, asOf: REVIEWED, sha256, sources, notice, providers: checked.providers };
  const fault = tableFault(table);
  if (fault !== undefined) throw new Error(`the table is not sound: ${fault}`);
  return { table, report: checked.report };
};

const read = (): string | undefined => {
  try {
    return readFileSync(TABLE, 'utf8');
  } catch {
    return undefined;
  }
};

/** Writes the table and prints what changed; with `--check` only says whether it is as its inputs give. */
export const updateTable = async (): Promise<void> => {
  const { table, report } = await buildTable();
  const text = `${JSON.stringify(table)}\n`;
  const before = read();
  if (process.argv.includes('--check')) {
    if (before === text) return;
    console.error('src/pricing/table.json is not what its inputs give: run `npm run prices:update` and review the difference');
    process.exitCode = 1;
    return;
  }
  writeFileSync(TABLE, text);
  const lines = before === undefined ? ['a new table'] : diffTables(JSON.parse(before) as PriceTable, table);
  console.log([...report, ...(lines.length === 0 ? ['no price changed'] : lines), `${table.version}, ${(text.length / 1024).toFixed(0)} kB`].join('\n'));
};

if (process.argv[1] === import.meta.filename) await updateTable();
