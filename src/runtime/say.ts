import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { environment } from '../config/environment.ts';

/** Writes one line to stderr, at once and without touching the app's streams. Never throws. */
export const sayOnStderr = (line: string): void => {
  try {
    writeSync(2, `purser: ${line}\n`);
  } catch {
    // A closed stderr is no reason to disturb the app.
  }
};

/** Says how the start went, once for all threads, unless the owner wants it quiet. */
export const sayAtStart = (line: string): void => {
  if (isMainThread && !/^(1|true|yes|on)$/i.test(environment().PURSER_QUIET ?? '')) sayOnStderr(line);
};
