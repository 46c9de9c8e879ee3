import { openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../base/is-alive.ts';

/** One of the journals of a directory, held by one process at a time. */
export interface Seat {
  /** The journal's file name. */
  readonly file: string;
  /** Lets the next process have it. */
  readonly leave: () => void;
}

const MOST_SEATS = 256;
const held = new Set<string>();

// A holder on another host is a container that is gone: a journal directory belongs to one host.
const isStale = (lock: string): boolean => {
  try {
    const [pid, host] = readFileSync(lock, 'utf8').split(' ');
    if (pid === undefined || pid === '' || host !== hostname()) return true;
    return Number(pid) === process.pid ? !held.has(lock) : !isAlive(Number(pid));
  } catch {
    return true;
  }
};

const remove = (lock: string): void => {
  try {
    rmSync(lock, { force: true });
  } catch {
    // What cannot be removed is found stale by the next process.
  }
};

const tryTake = (lock: string): boolean => {
  try {
    const file = openSync(lock, 'wx', 0o600);
    writeSync(file, `${process.pid} ${hostname()}`);
    closeSync(file);
    held.add(lock);
    return true;
  } catch {
    return false;
  }
};

/**
 * Takes the first journal of a directory that no living process holds. The workers of one host thus keep a journal each,
 * and a process that comes after a killed one finds what that one had spent.
 */
export const takeSeat = (directory: string): Seat => {
  for (let number = 0; number < MOST_SEATS; number += 1) {
    const file = number === 0 ? 'budgets.journal' : `budgets.${number}.journal`;
    const lock = join(directory, `${file}.lock`);
    if (!tryTake(lock)) {
      if (!isStale(lock)) continue;
      remove(lock);
      if (!tryTake(lock)) continue;
    }
    const leave = (): void => {
      held.delete(lock);
      remove(lock);
    };
    return { file, leave };
  }
  return { file: `budgets.${process.pid}.journal`, leave: () => undefined };
};
