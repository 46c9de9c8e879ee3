import { fileURLToPath } from 'node:url';

// The CommonJS entry: a Node that cannot require() an ES module gets a sentence from it and not a crash.
const ENTRY = import.meta.url.endsWith('.ts') ? '../register.ts' : '../register.cjs';

/** The preload of this installed copy, so that the app needs no purser of its own. */
export const registerPath = (): string => fileURLToPath(new URL(ENTRY, import.meta.url));
