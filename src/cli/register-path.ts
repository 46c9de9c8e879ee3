import { fileURLToPath } from 'node:url';

/** The preload of this installed copy, so that the app needs no purser of its own. */
export const registerPath = (): string => fileURLToPath(new URL(`../register.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url));
