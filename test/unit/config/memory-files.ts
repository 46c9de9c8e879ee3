import { dirname } from 'node:path';
import type { FileAccess } from '../../../src/config/files.ts';
import { loadConfig, type LoadedConfig, type LoadInput } from '../../../src/config/load.ts';

/** A file system that holds just these files. */
export const memoryFiles = (files: Readonly<Record<string, string>>, openFolders: readonly string[] = []): FileAccess => ({
  isFile: (path) => Object.hasOwn(files, path),
  isOpenToAll: (folder) => openFolders.includes(folder),
  read(path) {
    const content = files[path];
    if (content === undefined) throw new Error(`ENOENT: no such file, ${dirname(path)}`);
    return content;
  },
});

/** Loads one file named after its ending, with these variables. */
export const loadText = (text: string, env: LoadInput['env'] = {}, ending = 'yaml'): LoadedConfig =>
  loadConfig({ env, cwd: '/app', files: memoryFiles({ [`/app/purser.config.${ending}`]: text }) });

/** Loads these variables alone. */
export const loadEnv = (env: LoadInput['env']): LoadedConfig => loadConfig({ env, cwd: '/app', files: memoryFiles({}) });
