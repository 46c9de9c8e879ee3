import { randomUUID } from 'node:crypto';

/** Names a run of the process, for budgets that start over with it. The start is in the name, so that others can find its window. */
export const runName = (startMs: number): string => `${startMs.toString(36)}-${randomUUID().slice(0, 8)}`;

/** Gives when the run began that a budget's key names, in milliseconds since the epoch; `undefined` for the key of another budget. */
export const runStartOf = (key: string): number | undefined => {
  const found = /\/run-([0-9a-z]+)-/.exec(key);
  return found === null ? undefined : Number.parseInt(found[1] ?? '', 36);
};
