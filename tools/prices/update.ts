/** `npm run prices:update`: builds the price table anew and prints each price that changed, for review; `-- --check` writes nothing. */
import { updateTable } from './build-table.ts';

await updateTable();
