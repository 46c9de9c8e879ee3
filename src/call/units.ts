declare const unit: unique symbol;

/** Money in pico-dollars (10^-12 USD), exact. 1 USD per million tokens is 1,000,000 of these per token. */
export type PicoUsd = bigint & { readonly [unit]: 'pUSD' };

/** Money in nano-dollars (10^-9 USD) as an integer; exact up to about 9 million USD. */
export type NanoUsd = number & { readonly [unit]: 'nUSD' };

/** Milliseconds since the epoch. */
export type EpochMs = number & { readonly [unit]: 'epochMs' };

/** Marks a whole number of pico-dollars as such. */
export const picoUsd = (value: bigint): PicoUsd => value as PicoUsd;

/** Marks a number of milliseconds since the epoch as such. */
export const epochMs = (value: number): EpochMs => value as EpochMs;

/** Rounds pico-dollars up to whole nano-dollars, as the ledger and the budgets keep them. */
export const picoToNano = (value: PicoUsd): NanoUsd => {
  const quotient = value / 1000n;
  return Number(value % 1000n > 0n ? quotient + 1n : quotient) as NanoUsd;
};

/** Converts pico-dollars to a float of dollars, at the very edge only. */
export const picoToUsd = (value: PicoUsd): number => Number(value) / 1e12;

/** Writes pico-dollars as an exact decimal string of dollars, without trailing zeros: `0.0105`. */
export const formatUsd = (value: PicoUsd): string => {
  const sign = value < 0n ? '-' : '';
  const digits = (value < 0n ? 0n - value : value).toString().padStart(13, '0');
  const whole = digits.slice(0, -12);
  const fraction = digits.slice(-12).replace(/0+$/, '');
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
};
