import { timers } from '../base/timers.ts';
import { guard } from '../base/diag.ts';

/** Makes a function that puts work off to the next turn of the event loop, when what was sent in this one is on its way. */
export const nextTurn = (): ((work: () => void) => void) => {
  let waiting: (() => void)[] = [];
  const run = (): void => {
    const due = waiting;
    waiting = [];
    for (const work of due) guard('next_turn', work);
  };
  return (work) => {
    if (waiting.push(work) === 1) timers.setImmediate(run);
  };
};
