import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ExitJob } from './exit-job.ts';

/** The script, built or as source. */
const script = (): string => {
  const built = fileURLToPath(new URL('./sender.js', import.meta.url));
  return existsSync(built) ? built : fileURLToPath(new URL('./sender.ts', import.meta.url));
};

/**
 * Sends what is left while the process ends, when no event loop runs any more: through a short-lived process of Node, which gets
 * neither our environment nor our flags. Blocks for at most `timeoutMs`. Gives whether all of it arrived.
 */
export const sendAtExit = (jobs: readonly ExitJob[], timeoutMs: number): boolean => {
  if (jobs.length === 0) return true;
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const result = spawnSync(process.execPath, [script()], {
    input: JSON.stringify(jobs),
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    windowsHide: true,
  });
  return result.status === 0;
};
