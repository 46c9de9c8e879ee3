import { dirname, resolve } from 'node:path';

/**
 * Makes a folder with those above it that are missing, one level at a time.
 * @param mode the rights of the folders that are made
 * @throws {Error} as `mkdir` does, also where `mkdirSync` with `recursive` never comes back
 * @source Node 22 to 26: `recursive` tries without end where `mkdir` answers ENOENT below a folder that is there, as in /proc
 */
export const makeFolder = (path: string, mode = 0o777): void => {
  // By name, an ES module makes Node load the promise and stream parts too: 4 ms of the app's start.
  const { existsSync, mkdirSync } = process.getBuiltinModule('node:fs');
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.push(at);
  for (const folder of missing.toReversed()) {
    try {
      mkdirSync(folder, { mode });
    } catch (error) {
      // Another process may have been first.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
};
