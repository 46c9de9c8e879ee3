import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Request } from './desk.ts';
import { ask } from './desk.ts';
import type { Step } from './day.ts';

/** A request with its answer. */
export interface Played {
  readonly request: Request;
  readonly answer: Answer;
}

/** Plays a day once, each request at its time. */
export const playOnce = (url: string, steps: readonly Step[]): Promise<readonly Played[]> =>
  Promise.all(
    steps.map(async (step) => {
      await sleep(step.atMs);
      return { request: step, answer: await ask(url, step) };
    }),
  );

const PAUSE_MS = 900;
const BUSY = 6;

/** Plays requests of a day in random order, gently, until told to stop; then waits for the answers. */
export const playOn = async (url: string, steps: readonly Step[], stop: AbortSignal): Promise<void> => {
  const running = new Set<Promise<unknown>>();
  while (!stop.aborted) {
    const step = steps[Math.floor(Math.random() * steps.length)];
    if (step !== undefined && running.size < BUSY) {
      const played = ask(url, step).catch(() => undefined);
      running.add(played);
      void played.finally(() => running.delete(played));
    }
    await sleep(PAUSE_MS * (0.5 + Math.random()), undefined, { signal: stop }).catch(() => undefined);
  }
  await Promise.all(running);
};
