import type { BudgetUnit } from './budget-config.ts';

const NANO_DIGITS = 9;
const SCALE: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6, B: 1e9 };

const parseUsd = (text: string): number | undefined => {
  const found = /^\$?\s*(\d{1,7})(?:\.(\d{1,9}))?\s*(?:USD)?$/i.exec(text);
  if (found === null) return undefined;
  const nano = Number(`${found[1] ?? ''}${(found[2] ?? '').padEnd(NANO_DIGITS, '0')}`);
  return Number.isSafeInteger(nano) ? nano : undefined;
};

const parseCount = (text: string): number | undefined => {
  const found = /^(\d+(?:_\d+)*|\d{1,3}(?:,\d{3})+)(\.\d+)?\s*([kKMB])?$/.exec(text);
  if (found === null) return undefined;
  const [, whole = '', part = '', scale = ''] = found;
  const exact = Number(whole.replaceAll(/[_,]/g, '') + part) * (SCALE[scale] ?? 1);
  // 1.1 * 1e6 is not whole as a double.
  const count = Math.round(exact);
  return Number.isSafeInteger(count) && Math.abs(exact - count) < 1e-3 ? count : undefined;
};

/**
 * Reads a limit as a whole number of the unit: nano-dollars, tokens or requests. Dollars are read digit by digit and are exact to nine places.
 * Takes `20`, `"20.50"`, `"$20"`, `"2M"`, `"500k"`. Gives `undefined` for anything else, and for more than 9 million dollars.
 */
export const parseAmount = (unit: BudgetUnit, raw: unknown): number | undefined => {
  if (typeof raw !== 'string' && typeof raw !== 'number') return undefined;
  const text = String(raw).trim();
  return unit === 'usd' ? parseUsd(text) : parseCount(text);
};

/** Converts a whole amount to the unit that people read, as a float: dollars, tokens or requests. At the edge only. */
export const amountInUnit = (unit: BudgetUnit, amount: number): number => (unit === 'usd' ? amount / 1e9 : amount);

/** Writes a whole amount for people: `$4.20`, `1200 tokens`, `1 request`. */
export const formatAmount = (unit: BudgetUnit, amount: number): string => {
  if (unit !== 'usd') return `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`;
  const digits = Math.abs(amount)
    .toString()
    .padStart(NANO_DIGITS + 1, '0');
  const cents = digits.slice(-NANO_DIGITS).replace(/0+$/, '').padEnd(2, '0');
  return `${amount < 0 ? '-' : ''}$${digits.slice(0, -NANO_DIGITS)}.${cents}`;
};
