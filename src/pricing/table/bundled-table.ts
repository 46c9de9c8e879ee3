import { houseFile } from '../../base/load.ts';
import { readFileSync } from 'node:fs';
import { once } from '../../base/once.ts';
import type { PriceTable } from './price-table.ts';

/** Reads the table that came with this version of the package, at the first call. It was checked when it was built. */
export const bundledTable = once((): PriceTable => JSON.parse(readFileSync(houseFile('pricing/table.json'), 'utf8')) as PriceTable);
