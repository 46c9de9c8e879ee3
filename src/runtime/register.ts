import { environment } from '../config/environment.ts';
import { FULL_SUPPORT } from '../hooks/support.ts';
import { startProcess } from './process.ts';
import { sayAtStart, sayOnStderr } from './say.ts';

const SAID_NO = /^(0|false|no|off|n|f|disabled)?$/i;

/** Starts Purser as a preload does. Never throws: whatever goes wrong, the app starts. */
export const register = (): void => {
  try {
    if (!SAID_NO.test((environment().PURSER_DISABLED ?? '').trim())) return;
    if (startProcess().hooks === 'commonjs')
      sayAtStart(`Node ${process.version} lets CommonJS modules be hooked only; SDKs in ES modules are seen on the wire alone, and fully from ${FULL_SUPPORT}`);
  } catch (error) {
    sayOnStderr(`not started: ${error instanceof Error ? error.message : String(error)}`);
  }
};
