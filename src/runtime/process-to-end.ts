import { timers } from '../base/timers.ts';

/** How long what would be sent waits where the process is about to end. */
const LEAVING_MS = 60_000;

/** Resolves in a process that was about to end and goes on after all; nothing is held open for it. */
export const processToEnd = (): Promise<void> => new Promise((resolve) => void timers.setTimeout(resolve, LEAVING_MS).unref());
