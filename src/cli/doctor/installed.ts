import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A package as it is installed. */
export interface Installed {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

/** Reads the manifest of a package in a `node_modules` folder, or `undefined` when it is not there. */
const readInstalled = (modules: string, name: string): Installed | undefined => {
  const folder = join(modules, name);
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
  for (const modules of modulesAbove(cwd)) {
    const found = readInstalled(modules, name);
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
  const found = new Map<string, Installed>();
  for (const modules of modulesAbove(cwd)) {
    const own = readInstalled(modules, name);
    if (own !== undefined && found.size === 0) found.set(own.folder, own);
    for (const owner of packagesIn(modules)) {
      const nested = readInstalled(join(modules, owner, 'node_modules'), name);
      if (nested !== undefined) found.set(nested.folder, nested);
    }
  }
  return [...found.values()];
};
