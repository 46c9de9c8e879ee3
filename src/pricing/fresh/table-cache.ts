import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fault, guard } from '../../base/diag.ts';
import { makeFolder } from '../../base/make-folder.ts';
import { asTable } from '../table/check-table.ts';
import type { PriceTable } from '../table/price-table.ts';

/** The last good table that was fetched, kept on disk between runs. */
export interface TableCache {
  /** Gives the kept table, or `undefined` when there is none or it is damaged. Never throws. */
  read(): { readonly table: PriceTable; readonly etag: string | undefined } | undefined;
  /** Keeps a table. Never throws; a directory that cannot be written is reported once. */
  write(table: PriceTable, etag: string | undefined): void;
}

const FILE = 'purser-prices.json';

/** Makes the cache in a directory, which is created when the first table is kept. */
export const createTableCache = (dir: string): TableCache => ({
  read: () => {
    try {
      const kept = JSON.parse(readFileSync(join(dir, FILE), 'utf8')) as { readonly etag?: unknown; readonly table?: unknown };
      const table = asTable(kept.table);
      return table === undefined ? undefined : { table, etag: typeof kept.etag === 'string' ? kept.etag : undefined };
    } catch {
      return undefined;
    }
  },
  write: (table, etag) => {
    // Several processes may share the directory: each writes its own file and moves it into place whole.
    const draft = join(dir, `${FILE}.${process.pid}.tmp`);
    try {
      makeFolder(dir);
      writeFileSync(draft, JSON.stringify({ etag, table }));
      renameSync(draft, join(dir, FILE));
    } catch (error) {
      fault('prices.cache', error);
      guard('prices.cache', () => rmSync(draft, { force: true }));
    }
  },
});
