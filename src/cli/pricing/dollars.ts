import { picoUsd, type PicoUsd } from '../../call/units.ts';

/** Decimal places of a pico-dollar. */
const PLACES = 12;

/** `12.5`, `.5`, `-3`, `$1,234.50`, `-$2`, `2.5e-03`, `5 USD`. A comma stands between groups of three digits only. */
const AMOUNT = /^((?:-\s*)?(?:US)?\$?|(?:US)?\$?\s*-)\s*(?=\.?\d)(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d*))?(?:e([+-]?\d{1,2}))?(?:\s*USD)?$/i;

/** Moves the point of a whole number to the right; to the left it rounds half up. */
const shifted = (digits: bigint, places: number): bigint => {
  if (places >= 0) return digits * 10n ** BigInt(places);
  const divisor = 10n ** BigInt(-places);
  return (2n * digits + divisor) / (2n * divisor);
};

/**
 * Reads dollars exactly, as JSON numbers and as exports write them: with an exponent, groups of thousands and a currency sign.
 * What is finer than a pico-dollar is rounded; `undefined` for what is no amount of dollars.
 */
export const readDollars = (value: unknown): PicoUsd | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const match = AMOUNT.exec(String(value).trim());
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const amount = shifted(BigInt(`${whole.replaceAll(',', '')}${fraction}`), PLACES + Number(exponent) - fraction.length);
  return picoUsd(sign.includes('-') ? -amount : amount);
};
