import type { Ending, Outcome } from '../call/outcome.ts';

/** What sets one kind of outcome apart from the others. */
export type Head<O = Outcome> = O extends Outcome ? Omit<O, keyof Ending> : never;

/** Read to its end. */
export const COMPLETED: Head = { kind: 'completed' };
/** Called off by the app. */
export const CANCELLED: Head = { kind: 'cancelled' };
