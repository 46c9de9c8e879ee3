/**
 * The exact price of `quantity` things at `rate` over `denominator`, in whole pico-dollars; what is less than one is rounded half up.
 * Products below 2^53 are exact as numbers, which is some ten times faster than BigInt; the others take the long way.
 */
export const amountOf = (quantity: number, rate: number, denominator: number): bigint => {
  const product = quantity * rate;
  if (denominator === 1 && Number.isSafeInteger(product)) return BigInt(product);
  const exact = BigInt(quantity) * BigInt(rate);
  return denominator === 1 ? exact : divide(exact, BigInt(denominator));
};

/** Divides and rounds half up, towards plus infinity. */
export const divide = (value: bigint, denominator: bigint): bigint => {
  const doubled = 2n * value + denominator;
  const quotient = doubled / (2n * denominator);
  return doubled < 0n && doubled % (2n * denominator) !== 0n ? quotient - 1n : quotient;
};
