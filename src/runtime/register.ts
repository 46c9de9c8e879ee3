import { isMainThread } from 'node:worker_threads';
import { environment } from '../config/environment.ts';
import { FULL_SUPPORT } from '../hooks/support.ts';
import { startProcess } from './process.ts';
import { sayOnStderr } from './say.ts';

const SAID_NO = /^(0|false|no|off|n|f|disabled)?$/i;

/** Starts Purser as a preload does. Never throws: whatever goes wrong, the app starts. */
export const register = (): void => {
  try {
    const env = environment();
    if (!SAID_NO.test((env.PURSER_DISABLED ?? '').trim())) return;
    const { hooks } = startProcess();
    if (hooks === 'full' || !isMainThread || /^(1|true|yes|on)$/i.test(env.PURSER_QUIET ?? '')) return;
    sayOnStderr(
      hooks === 'commonjs'
        ? `Node ${process.version} lets CommonJS modules be hooked only; SDKs in ES modules are seen on the wire alone, and fully from ${FULL_SUPPORT}`
        : `Node ${process.version} has no hooks that are safe to use; nothing is instrumented. Full support: ${FULL_SUPPORT}`,
    );
  } catch (error) {
    sayOnStderr(`not started: ${error instanceof Error ? error.message : String(error)}`);
  }
};
