import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageFolder, packageFolders, plugNPlay } from './plug-n-play.ts';

/** A package as it is installed. */
export interface Installed {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

/** Reads the manifest of a package in its folder, or `undefined` when it is not there. */
const readInstalled = (folder: string, name: string): Installed | undefined => {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
    return { name, version, folder };
  } catch {
    return undefined;
  }
};

const modulesAbove = (cwd: string): readonly string[] => {
  const folders: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    folders.push(join(folder, 'node_modules'));
    if (dirname(folder) === folder) return folders;
  }
};

/** The copy of a package that code in `cwd` would get. */
export const installed = (cwd: string, name: string): Installed | undefined => {
  const pnp = plugNPlay(cwd);
  if (pnp !== undefined) {
    const folder = packageFolder(pnp, cwd, name);
    return folder === undefined ? undefined : readInstalled(folder, name);
  }
  for (const modules of modulesAbove(cwd)) {
    const found = readInstalled(join(modules, name), name);
    if (found !== undefined) return found;
  }
  return undefined;
};

const entries = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

const packagesIn = (modules: string): readonly string[] =>
  entries(modules).flatMap((name) =>
    name.startsWith('@') ? entries(join(modules, name)).map((inner) => `${name}/${inner}`) : name.startsWith('.') ? [] : [name],
  );

/** All copies of a package: the one that code in `cwd` gets, and those that other packages bring along. */
export const allInstalled = (cwd: string, name: string): readonly Installed[] => {
  const pnp = plugNPlay(cwd);
  if (pnp !== undefined) return packageFolders(pnp, name).flatMap((folder) => readInstalled(folder, name) ?? []);
  const found = new Map<string, Installed>();
  for (const modules of modulesAbove(cwd)) {
    const own = readInstalled(join(modules, name), name);
    if (own !== undefined && found.size === 0) found.set(own.folder, own);
    for (const owner of packagesIn(modules)) {
      const nested = readInstalled(join(modules, owner, 'node_modules', name), name);
      if (nested !== undefined) found.set(nested.folder, nested);
    }
  }
  return [...found.values()];
};
