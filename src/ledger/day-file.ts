import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DaySums } from '../call/usage-history.ts';
import { sumsName } from './segment-names.ts';

// Written by an earlier version, or by hand: anything may stand in it.
const isSums = (value: unknown, day: string): value is DaySums => {
  if (typeof value !== 'object' || value === null) return false;
  const { day: named, services } = value as Partial<DaySums>;
  if (named !== day || typeof services !== 'object') return false;
  return Object.values(services).every(
    ({ nano, hours, models, keys }) => typeof nano === 'number' && Array.isArray(hours) && typeof models === 'object' && typeof keys === 'object',
  );
};

/** Gives what the calls of a day that is over came to, where somebody wrote that down; else `undefined`. */
export const readDay = (directory: string, day: string): DaySums | undefined => {
  try {
    const value: unknown = JSON.parse(readFileSync(join(directory, sumsName(day)), 'utf8'));
    return isSums(value, day) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Writes down what the calls of a day came to, so that nobody has to read them again. @throws what the operating system says */
export const writeDay = (directory: string, sums: DaySums): void => {
  const path = join(directory, sumsName(sums.day));
  const next = `${path}.${process.pid}.next`;
  writeFileSync(next, JSON.stringify(sums), { mode: 0o600 });
  renameSync(next, path);
};
