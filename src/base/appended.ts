/** Gives the list with one more at its end, in just the room that it needs: an array that grows by itself makes room for sixteen more. For short lists. */
export const appended = <T>(list: readonly T[], item: T): readonly T[] => (list.length === 0 ? [item] : [...list, item]);
