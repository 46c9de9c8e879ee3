import { timers } from '../../base/timers.ts';
import { openSync, closeSync, existsSync, linkSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';
import { notice } from '../../base/diag.ts';
import { isAlive } from '../../base/is-alive.ts';

/** One of the journals of a directory, held by one thread of one process at a time. */
export interface Seat {
  /** The journal's file name. */
  readonly file: string;
  /** Lets the next process or thread have it. */
  readonly leave: () => void;
}

const MOST_SEATS = 256;
const THREAD_DIGITS = 6;
/** A lock is written at once after it is made. */
const UNWRITTEN_MS = 1000;
/** When a process began is known to some milliseconds, and no two of the same id begin within a second. */
const SAME_START_MS = 500;
const held = new Set<string>();

// By the clock that is never set, in milliseconds: the same in all threads of a process.
const startMs = Number(process.hrtime.bigint()) / 1e6 - process.uptime() * 1000;
const me = (): string => `${process.pid} ${hostname()} ${Math.round(startMs)} ${threadId}`;

/** Whether a lock was written by this process, and not by an earlier one with the same id, as the first of a container has. */
const isOurs = (pid: string | undefined, start: string | undefined): boolean =>
  Number(pid) === process.pid && Math.abs(Number(start) - startMs) < SAME_START_MS;

// A holder on another host is a container that is gone: a journal directory belongs to one host.
const isStale = (lock: string): boolean => {
  try {
    const [pid, host, start, thread] = readFileSync(lock, 'utf8').split(' ');
    if (pid === undefined || pid === '') return timers.nowMs() - statSync(lock).mtimeMs > UNWRITTEN_MS;
    if (host !== hostname()) return true;
    if (Number(pid) !== process.pid) return !isAlive(Number(pid));
    // Of another thread nobody can tell whether it still runs.
    return !isOurs(pid, start) || (Number(thread) === threadId && !held.has(lock));
  } catch {
    // One that has gone meanwhile is not there to be removed: its place may have been taken.
    return existsSync(lock);
  }
};

const isSibling = (lock: string): boolean => {
  try {
    const [pid, , start] = readFileSync(lock, 'utf8').split(' ');
    return isOurs(pid, start) && !held.has(lock);
  } catch {
    return false;
  }
};

const remove = (lock: string): void => {
  try {
    rmSync(lock, { force: true });
  } catch {
    // What cannot be removed is found stale by the next process.
  }
};

/** Makes a file that has its content from the start; false where another thread of this process was first. */
const isFirst = (told: string): boolean => {
  const written = `${told}.${threadId}`;
  try {
    writeFileSync(written, me(), { mode: 0o600 });
    if (existsSync(told) && !isSibling(told)) rmSync(told, { force: true });
    linkSync(written, told);
    return true;
  } catch {
    return !isSibling(told);
  } finally {
    remove(written);
  }
};

// Once for a process; its threads share nothing but the folder.
const tellOfThreads = (directory: string): void => {
  if (!isFirst(join(directory, 'threads.told'))) return;
  notice('budgets.threads', 'several threads of this process keep budgets in memory, each with the whole limit for itself: set store.kind to sqlite or redis');
};

const tryMake = (lock: string): boolean => {
  try {
    const file = openSync(lock, 'wx', 0o600);
    writeSync(file, me());
    closeSync(file);
    return true;
  } catch {
    return false;
  }
};

const tryTake = (lock: string): boolean => {
  const isTaken = tryMake(lock);
  if (isTaken) held.add(lock);
  return isTaken;
};

// Of several that find a holder gone only one may remove its lock: another one would remove that of the next holder.
const takeOver = (lock: string): boolean => {
  const turn = `${lock}.turn`;
  if (!tryMake(turn)) {
    // Left by one that was killed while it was about to.
    if (isStale(turn)) remove(turn);
    return false;
  }
  try {
    if (!isStale(lock)) return false;
    remove(lock);
    return tryTake(lock);
  } finally {
    remove(turn);
  }
};

/**
 * Takes the first journal of a directory that nobody holds. The workers of one host and their threads thus keep a journal
 * each, and a process that comes after a killed one finds what that one had spent.
 */
export const takeSeat = (directory: string): Seat => {
  let siblings = 0;
  for (let number = 0; number < MOST_SEATS; number += 1) {
    const file = number === 0 ? 'budgets.journal' : `budgets.${number}.journal`;
    const lock = join(directory, `${file}.lock`);
    if (!tryTake(lock)) {
      if (!isStale(lock)) {
        if (isSibling(lock)) siblings += 1;
        continue;
      }
      if (!takeOver(lock)) continue;
    }
    const leave = (): void => {
      // Only once: the next holder may be there already.
      if (held.delete(lock)) remove(lock);
    };
    if (siblings > 0 && !isMainThread) tellOfThreads(directory);
    return { file, leave };
  }
  return { file: `budgets.${process.pid}${String(threadId).padStart(THREAD_DIGITS, '0')}.journal`, leave: () => undefined };
};
