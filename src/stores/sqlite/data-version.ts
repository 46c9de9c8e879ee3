import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** @source nodejs.org/api/sqlite.html: `setReturnArrays` since 24.0.0 and 22.16.0, `node:sqlite` without a flag since 22.13.0 */
type Statement = Omit<StatementSync, 'setReturnArrays'> & Partial<Pick<StatementSync, 'setReturnArrays'>>;

/**
 * Gives a function that reads a number which changes when another connection has written.
 * @source https://www.sqlite.org/pragma.html#pragma_data_version: changes with the commits of other connections, not with our own
 */
export const dataVersionOf = (database: DatabaseSync): (() => number) => {
  const statement: Statement = database.prepare('PRAGMA data_version');
  // The only statement of every transaction that gives a row: one without names is made in half the time.
  statement.setReturnArrays?.(true);
  return () => {
    const row = statement.get();
    return Number(row?.[0] ?? row?.['data_version']);
  };
};
