import { createRequire } from 'node:module';

const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/**
 * Loads a module of this package at once, when it turns out to be needed: start-up is paid only by who uses it.
 * @param from the `import.meta.url` of the caller
 * @param path relative to the caller, without an extension
 */
export const loadNow = <T>(from: string, path: string): T => createRequire(from)(path + EXTENSION) as T;
