const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;
/** A receiver that asks for more is not believed: an alert that comes after hours alerts nobody. */
const MOST_BELIEVED_MS = 3_600_000;

/**
 * How long to wait after a failed try, in milliseconds: twice as long each time, between half and all of it by chance, so that
 * processes do not come back at once. Never less than the receiver asked for,
 * up to an hour and to half of the age at which alerts are given up.
 * @param failures in a row, from 1
 * @param chance from 0 to 1
 * @param maxAgeMs the age at which alerts are given up
 */
export const backoffMs = (failures: number, retryAfterMs: number | undefined, chance: number, maxAgeMs: number): number => {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
  const asked = Math.min(retryAfterMs ?? 0, MOST_BELIEVED_MS, maxAgeMs / 2);
  return Math.max(whole / 2 + (whole / 2) * chance, asked * (1 + chance / 10));
};
