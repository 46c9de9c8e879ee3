import type { PicoUsd } from '../../../call/units.ts';
import { picoUsd } from '../../../call/units.ts';

const DECIMAL = /^(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

const shifted = (digits: string, places: number): bigint => {
  if (places >= 0) return BigInt(digits + '0'.repeat(places));
  const kept = digits.slice(0, places) || '0';
  // The digit behind the last one that is kept decides; an amount below a pico-dollar is rounded half up.
  const next = digits.length + places >= 0 ? digits.charCodeAt(digits.length + places) : 48;
  return BigInt(kept) + (next >= 53 ? 1n : 0n);
};

/**
 * Reads an amount of dollars exactly, without a float in between: the shortest decimal that prints as the number, as the provider wrote it.
 * Gives `undefined` for what is not a plain amount of 0 or more, or is beyond a million dollars.
 */
export const picoFromDecimal = (amount: unknown): PicoUsd | undefined => {
  const text = typeof amount === 'number' ? String(amount) : amount;
  if (typeof text !== 'string' || text.length === 0 || text.length > 64) return undefined;
  const parts = DECIMAL.exec(text);
  if (parts === null) return undefined;
  const fraction = parts[2] ?? '';
  const digits = (parts[1] ?? '') + fraction;
  if (digits === '') return undefined;
  const places = Number(parts[3] ?? 0) - fraction.length + 12;
  if (places > 30) return undefined;
  const pico = shifted(digits, places);
  return pico <= 10n ** 18n ? picoUsd(pico) : undefined;
};
