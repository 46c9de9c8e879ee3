/** Tells whether a text that begins with `YYYY-MM-DD` names a day of the calendar: to `Date.parse` the thirtieth of February is the second of March. */
export const isDay = (text: string): boolean => {
  const day = text.slice(0, 'YYYY-MM-DD'.length);
  const atMs = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(day);
};
