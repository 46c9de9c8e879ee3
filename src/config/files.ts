import type * as Fs from 'node:fs';
import { dirname } from 'node:path';

// An ES module that imports node:fs by name makes Node load the promise and stream parts too: 4 ms of the app's start (measured on 24.21).
const fs = (): typeof Fs => process.getBuiltinModule('node:fs');

/** What loading needs of the file system, so that a test can hand in its own. */
export interface FileAccess {
  /** True for a plain file; pipes and folders are none, reading them could block. */
  isFile(path: string): boolean;
  /** True when everybody on this host may put files into the folder. */
  isOpenToAll(folder: string): boolean;
  /** @throws when the file cannot be read, or is no plain file */
  read(path: string): string;
}

const LARGEST = 5_000_000;
const EVERYBODY_WRITES = 0o002;

/** The file system of this host. */
export const hostFiles: FileAccess = {
  isFile: (path) => fs().existsSync(path) && fs().statSync(path).isFile(),
  isOpenToAll: (folder) => process.platform !== 'win32' && ((fs().statSync(folder, { throwIfNoEntry: false })?.mode ?? 0) & EVERYBODY_WRITES) !== 0,
  read(path) {
    const found = fs().statSync(path);
    if (!found.isFile()) throw new Error('not a plain file but a folder, a pipe or a device');
    if (found.size > LARGEST) throw new Error(`larger than ${LARGEST} bytes`);
    return fs().readFileSync(path, 'utf8');
  },
};

/** The names that a config file may have, the first one found in a folder is taken. */
export const CONFIG_FILE_NAMES = ['yaml', 'yml', 'json', 'js', 'mjs', 'cjs'].map((ending) => `purser.config.${ending}`);

/** A config file that was found, and whether it may be trusted. */
export interface FoundFile {
  readonly path: string;
  /** False above the working directory in a folder that everybody may write to, such as `/tmp`: it could be anybody's. */
  readonly trusted: boolean;
}

const quietly = (check: () => boolean): boolean => {
  try {
    return check();
  } catch {
    return false;
  }
};

/** Looks for a config file from `cwd` upwards. What has the name of one and is no plain file, such as a folder, is passed over. */
export const findConfigFile = (cwd: string, files: FileAccess): FoundFile | undefined => {
  for (let folder = cwd; ; folder = dirname(folder)) {
    for (const name of CONFIG_FILE_NAMES) {
      const path = folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
      if (quietly(() => files.isFile(path))) return { path, trusted: folder === cwd || !quietly(() => files.isOpenToAll(folder)) };
    }
    if (dirname(folder) === folder) return undefined;
  }
};
