import { askAtExit } from '../../base/ask-at-exit.ts';
import type { ExitJob } from './exit-job.ts';

/** Sends what is left while the process ends, and waits for at most `timeoutMs`. Gives whether all of it arrived. Never throws. */
export const sendAtExit = (jobs: readonly ExitJob[], timeoutMs: number): boolean =>
  jobs.length === 0 || askAtExit('exporters/exit/sender', jobs, timeoutMs) === true;
