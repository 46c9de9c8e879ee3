import Module from 'node:module';
import { join } from 'node:path';

/**
 * What Yarn's Plug'n'Play tells of packages, in the part of it that is used here.
 * @source https://yarnpkg.com/advanced/pnpapi; Yarn 4.18
 */
export interface PlugNPlay {
  /** The folder of the package that `issuer` gets; throws where it gets none. */
  resolveToUnqualified(name: string, issuer: string): string | null;
  getAllLocators(): readonly { readonly name: string | null }[];
  getPackageInformation(locator: object): { readonly packageLocation: string } | null;
  /** The folder behind one that stands for a package with certain peers. */
  resolveVirtual?(folder: string): string | null;
}

/** The Plug'n'Play that `cwd` belongs to, where this process runs under one: its packages stand in no `node_modules`, and its files in archives. */
export const plugNPlay = (cwd: string): PlugNPlay | undefined => {
  const loader = Module as { findPnpApi?(path: string): PlugNPlay | null };
  return loader.findPnpApi?.(join(cwd, '/')) ?? undefined;
};

/** The folder of the package that code in `cwd` gets. */
export const packageFolder = (pnp: PlugNPlay, cwd: string, name: string): string | undefined => {
  try {
    return pnp.resolveToUnqualified(name, join(cwd, '/')) ?? undefined;
  } catch {
    return undefined;
  }
};

/** The folders of all copies of a package. */
export const packageFolders = (pnp: PlugNPlay, name: string): readonly string[] => {
  const folders = pnp
    .getAllLocators()
    .filter((locator) => locator.name === name)
    .map((locator) => pnp.getPackageInformation(locator)?.packageLocation)
    .filter((folder) => folder !== undefined);
  return [...new Set(folders.map((folder) => pnp.resolveVirtual?.(folder) ?? folder))];
};
