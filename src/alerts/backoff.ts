const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;

/**
 * How long to wait after a failed try, in milliseconds: twice as long each time, between half and all of it by chance, so that
 * processes do not come back at once. Never less than the receiver asked for.
 * @param failures in a row, from 1
 * @param chance from 0 to 1
 */
export const backoffMs = (failures: number, retryAfterMs: number | undefined, chance: number): number => {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
  return Math.max(whole / 2 + (whole / 2) * chance, (retryAfterMs ?? 0) * (1 + chance / 10));
};
