import { writeSync } from 'node:fs';

/** Writes one line to stderr, at once and without touching the app's streams. Never throws. */
export const sayOnStderr = (line: string): void => {
  try {
    writeSync(2, `purser: ${line}\n`);
  } catch {
    // A closed stderr is no reason to disturb the app.
  }
};
