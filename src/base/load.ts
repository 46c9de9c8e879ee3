import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = import.meta.url;
const EXTENSION = here.endsWith('.ts') ? '.ts' : '.js';
const folder = here.lastIndexOf('/dist/') > here.lastIndexOf('/src/') ? '/dist/' : '/src/';
const root = here.slice(0, here.lastIndexOf(folder) + folder.length);

/** The address of a file of the house, from src/ or dist/ on, wherever this module was bundled into. */
export const houseFile = (path: string): URL => new URL(path, root);

/** The address of a module of the house; `path` has no extension. */
export const houseModule = (path: string): URL => houseFile(path + EXTENSION);

/**
 * Loads a module of the house at once, when it turns out to be needed: start-up is paid only by who uses it. The caller names the
 * module's type, since what a path leads to is not for the compiler to know.
 * @param path from src/ on, without an extension, such as `policies/budget/budget-policy`
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export const loadNow = <T>(path: string): T => createRequire(here)(fileURLToPath(houseModule(path))) as T;
