import { guard } from '../base/diag.ts';
import { LONGEST_TIMER_MS, timers } from '../base/timers.ts';
import type { Stats } from 'node:fs';

const fs = process.getBuiltinModule('node:fs');

/** Ends a watch. */
export type StopWatching = () => void;

/** Starts to look at a file; tells of every change, also that it came or went. */
export type WatchFile = (path: string, intervalMs: number, onChange: () => void) => StopWatching;

const NEVER_MS = 0;

/** An editor empties a file before it writes it, or puts another in its place: what stays as it is for this long is whole. */
const QUIET_MS = 50;
/** A file that never rests is read all the same. */
const MAX_LOOKS = 20;

const stateOf = (path: string): string => {
  try {
    const { mtimeMs, ino, size } = fs.statSync(path);
    return `${mtimeMs} ${ino} ${size}`;
  } catch {
    return 'none';
  }
};

const hasContent = (state: string): boolean => state !== 'none' && !state.endsWith(' 0');

/** Tells of a change once the file rests. @param mayRest whether it can rest as it is now */
const whenQuiet = (path: string, onChange: () => void, mayRest: (state: string) => boolean): { readonly changed: () => void; readonly stop: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  const wait = (before: string, looks: number): void => {
    timer = timers
      .setTimeout(() => {
        timer = undefined;
        const now = stateOf(path);
        if ((now === before && mayRest(now)) || looks === MAX_LOOKS) guard('file_change', onChange);
        else wait(now, looks + 1);
      }, QUIET_MS)
      .unref();
  };
  return {
    changed: () => {
      if (timer === undefined) wait(stateOf(path), 1);
    },
    stop: () => timers.clearTimeout(timer),
  };
};

const poll = (path: string, intervalMs: number, onChange: () => void, mayRest: (state: string) => boolean): StopWatching => {
  if (intervalMs === NEVER_MS) return () => {};
  const first = stateOf(path);
  const quiet = whenQuiet(path, onChange, mayRest);
  let seen = false;
  const look = (now: Stats, before: Stats): void => {
    if (now.mtimeMs === before.mtimeMs && now.ino === before.ino && now.size === before.size) return;
    seen = true;
    quiet.changed();
  };
  fs.watchFile(path, { persistent: false, interval: Math.min(intervalMs, LONGEST_TIMER_MS) }, look);
  // The watch takes its own first look a little later: what changed in between would never be told.
  const late = timers
    .setTimeout(() => {
      if (!seen && stateOf(path) !== first) quiet.changed();
    }, intervalMs)
    .unref();
  return () => {
    timers.clearTimeout(late);
    quiet.stop();
    fs.unwatchFile(path, look);
  };
};

/**
 * Looks at a file every `intervalMs` without keeping the process alive, and tells of a change once the file rests. Polling and not `fs.watch`: it
 * follows the symbolic links that Kubernetes swaps under a ConfigMap, and works on network drives.
 */
export const pollFile: WatchFile = (path, intervalMs, onChange) => poll(path, intervalMs, onChange, () => true);

/** The same for a file that says something: one that is gone or empty may be about to be written by who is held up, and is waited for for a second. */
export const pollContent: WatchFile = (path, intervalMs, onChange) => poll(path, intervalMs, onChange, hasContent);
