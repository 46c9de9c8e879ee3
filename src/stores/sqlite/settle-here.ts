import type { SettleAnswer, SettleRequest } from '../../call/budget-store.ts';
import { openBook } from './open-book.ts';
import type { SqliteSettings } from './sqlite-book.ts';

/**
 * Settles in this thread, while the process ends and the store's own thread cannot be waited for any more. Gives the answers, or
 * `undefined` when it did not come through; never throws. What that thread has written already is settled once all the same, by the ids of the calls.
 */
export const settleHere = (settings: SqliteSettings, requests: readonly SettleRequest[], nowMs: number): readonly SettleAnswer[] | undefined => {
  try {
    const book = openBook(settings);
    const answers = book.run(
      requests.map((request) => ({ kind: 'settle', request })),
      nowMs,
    );
    book.close();
    return answers as readonly SettleAnswer[];
  } catch {
    return undefined;
  }
};
