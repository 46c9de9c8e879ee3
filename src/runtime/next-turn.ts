import { guard } from '../base/diag.ts';

/** Taken at the start: an app's tests may put a clock of their own in its place. */
const later = setImmediate;

/** Makes a function that puts work off to the next turn of the event loop, when what was sent in this one is on its way. */
export const nextTurn = (): ((work: () => void) => void) => {
  let waiting: (() => void)[] = [];
  const run = (): void => {
    const due = waiting;
    waiting = [];
    for (const work of due) guard('next_turn', work);
  };
  return (work) => {
    if (waiting.push(work) === 1) later(run);
  };
};
