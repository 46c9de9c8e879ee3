import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The environment of a program that loads the sources as they are: what the first one has stripped of its types and compiled, the next ones need not, which
 * is half their time. Not for apps with the preload: it names the folder itself where nobody did, and that is what tests are to run.
 */
export const compiledOnce = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => ({ ...env, NODE_COMPILE_CACHE: join(tmpdir(), 'compiled') });
