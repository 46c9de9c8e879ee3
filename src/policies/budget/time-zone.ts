/** A moment as clocks on the wall show it. */
interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

const formatOf = (tz: string): Intl.DateTimeFormat => {
  const known = formats.get(tz);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: tz,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(tz, made);
  return made;
};

/** Gives how far the wall clocks of a zone are ahead of UTC at a moment, in milliseconds. */
export const offsetMs = (tz: string, atMs: number): number => {
  if (tz === 'UTC') return 0;
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(tz).formatToParts(atMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
};

/** Gives the date that the wall clocks of a zone show at a moment. */
export const wallDate = (tz: string, atMs: number): WallTime => {
  const wall = new Date(atMs + offsetMs(tz, atMs));
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() };
};

/**
 * Gives the first moment of a day in a zone; days and months may overflow as in `Date.UTC`.
 * Where midnight is left out the day begins when the clocks go on; where it comes twice, with the first.
 */
export const startOfDay = (tz: string, year: number, month: number, day: number): number => {
  const wall = Date.UTC(year, month - 1, day);
  const before = wall - offsetMs(tz, wall - DAY_MS);
  const after = wall - offsetMs(tz, wall + DAY_MS);
  const shows = (atMs: number): boolean => atMs + offsetMs(tz, atMs) === wall;
  const fitting = [before, after].filter(shows);
  return fitting.length === 0 ? before : Math.min(...fitting);
};
