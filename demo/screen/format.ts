/** Dollars for people: `$1.23` from a cent on, more places below, `-` when nobody knows. */
export const usd = (value: number | undefined): string => {
  if (value === undefined) return '-';
  if (value === 0) return '$0';
  if (value >= 100) return `$${value.toFixed(0)}`;
  if (value >= 1) return `$${value.toFixed(2)}`;
  return value >= 0.01 ? `$${value.toFixed(4)}` : `$${value.toFixed(6)}`;
};

/** A whole number with thousands apart, `-` when missing. */
export const whole = (value: number | undefined): string => (value === undefined ? '-' : Math.round(value).toLocaleString('en-US'));

/** A count that may be short of room: `812`, `12.4k`, `1.2M`. */
export const short = (value: number): string => {
  if (value < 10_000) return whole(value);
  return value < 1_000_000 ? `${(value / 1_000).toFixed(1)}k` : `${(value / 1_000_000).toFixed(1)}M`;
};

/** Milliseconds for people: `320ms`, `1.2s`, `-` when missing. */
export const duration = (ms: number | undefined): string => {
  if (ms === undefined) return '-';
  if (Math.round(ms) < 1_000) return `${Math.round(ms)}ms`;
  return ms < 99_950 ? `${(ms / 1_000).toFixed(1)}s` : `${Math.round(ms / 1_000)}s`;
};

/** A share as a bar of `width` cells. */
export const bar = (share: number, width: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
};

/** Cuts a text to `width` columns, the last one an ellipsis where it was longer. */
export const fit = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, width - 1)}…`);
