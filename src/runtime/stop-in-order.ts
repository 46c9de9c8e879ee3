import { fault } from '../base/diag.ts';

/** Ends one station after the other; one that fails (a store that is gone) is reported, and keeps none of the others from ending. */
export const stopInOrder = async (stops: readonly (() => unknown)[]): Promise<void> => {
  for (const stop of stops) {
    try {
      await stop();
    } catch (error) {
      fault('stop', error);
    }
  }
};
