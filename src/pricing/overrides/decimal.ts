import type { Ratio } from '../table/price-table.ts';

/** Reads a plain decimal as a whole number of `10^-places`, or `undefined` when it is none or has more places than that. */
const parseDecimal = (text: string, places: number): number | undefined => {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (match === null) return undefined;
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > places) return undefined;
  const value = Number(`${match[1] ?? '0'}${fraction.padEnd(places, '0')}`);
  return Number.isSafeInteger(value) ? value : undefined;
};

/** Reads dollars for a million tokens as pico-dollars for one: `1.25` is 1,250,000. */
export const parsePerMillion = (text: string): number | undefined => parseDecimal(text, 6);

/** Reads dollars for one piece as pico-dollars: `0.01` is 10,000,000,000. */
export const parsePerPiece = (text: string): number | undefined => parseDecimal(text, 12);

/** Reads a factor as a ratio: `0.8` is 4/5. Factors above 100 and of 0 are refused as likely errors. */
export const parseMultiplier = (text: string): Ratio | undefined => {
  const millionths = parseDecimal(text, 6);
  if (millionths === undefined || millionths === 0 || millionths > 100_000_000) return undefined;
  const divisor = greatestDivisor(millionths, 1_000_000);
  return [millionths / divisor, 1_000_000 / divisor];
};

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));
