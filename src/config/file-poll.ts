import type { Stats } from 'node:fs';

const fs = process.getBuiltinModule('node:fs');

/** Ends a watch. */
export type StopWatching = () => void;

/** Starts to look at a file; tells of every change, also that it came or went. */
export type WatchFile = (path: string, intervalMs: number, onChange: () => void) => StopWatching;

const NEVER_MS = 0;

/**
 * Looks at a file every `intervalMs` without keeping the process alive. Polling and not `fs.watch`: it follows the
 * symbolic links that Kubernetes swaps under a ConfigMap, and works on network drives.
 */
export const pollFile: WatchFile = (path, intervalMs, onChange) => {
  if (intervalMs === NEVER_MS) return () => {};
  const look = (now: Stats, before: Stats): void => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino || now.size !== before.size) onChange();
  };
  fs.watchFile(path, { persistent: false, interval: intervalMs }, look);
  return () => fs.unwatchFile(path, look);
};
