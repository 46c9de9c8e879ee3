import type { Stats } from 'node:fs';

const fs = process.getBuiltinModule('node:fs');

/** Ends a watch. */
export type StopWatching = () => void;

/** Starts to look at a file; tells of every change, also that it came or went. */
export type WatchFile = (path: string, intervalMs: number, onChange: () => void) => StopWatching;

const NEVER_MS = 0;

const stateOf = (path: string): string => {
  try {
    const { mtimeMs, ino, size } = fs.statSync(path);
    return `${mtimeMs} ${ino} ${size}`;
  } catch {
    return 'none';
  }
};

/**
 * Looks at a file every `intervalMs` without keeping the process alive. Polling and not `fs.watch`: it follows the
 * symbolic links that Kubernetes swaps under a ConfigMap, and works on network drives.
 */
export const pollFile: WatchFile = (path, intervalMs, onChange) => {
  if (intervalMs === NEVER_MS) return () => {};
  const first = stateOf(path);
  let changed = false;
  const look = (now: Stats, before: Stats): void => {
    if (now.mtimeMs === before.mtimeMs && now.ino === before.ino && now.size === before.size) return;
    changed = true;
    onChange();
  };
  fs.watchFile(path, { persistent: false, interval: intervalMs }, look);
  // The watch takes its own first look a little later: what changed in between would never be told.
  const late = setTimeout(() => {
    if (!changed && stateOf(path) !== first) onChange();
  }, intervalMs).unref();
  return () => {
    clearTimeout(late);
    fs.unwatchFile(path, look);
  };
};
