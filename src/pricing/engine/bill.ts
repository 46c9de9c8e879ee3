import type { CostLine } from '../../call/cost.ts';
import { picoUsd } from '../../call/units.ts';
import { BUCKETS, type PerCallFees, type UsageBuckets } from '../../call/usage.ts';
import { amountOf, divide } from './money.ts';
import { FEES, UNKNOWN, type Rates } from './rates.ts';
import type { Ratio } from '../table/price-table.ts';

/** A bill as it is written, line by line. */
export interface Bill {
  amount: bigint;
  /** The part of `amount` that a tier's factor would change. */
  tokenAmount: bigint;
  readonly lines: CostLine[];
  readonly unpriced: string[];
  inferred: boolean;
  disputed: boolean;
}

/** An empty bill. */
export const newBill = (): Bill => ({ amount: 0n, tokenAmount: 0n, lines: [], unpriced: [], inferred: false, disputed: false });

/** A count as arithmetic needs it: a whole number of 0 or more, whatever a host sent. */
export const asCount = (value: number | undefined): number => {
  if (value === undefined || !(value > 0)) return 0;
  if (Number.isSafeInteger(value)) return value;
  return Number.isFinite(value) ? Math.min(Math.round(value), Number.MAX_SAFE_INTEGER) : 0;
};

const charge = (bill: Bill, item: string, quantity: number, rate: number, denominator: number): bigint => {
  const amount = amountOf(quantity, rate, denominator);
  bill.amount += amount;
  const index = bill.lines.findIndex((line) => line.item === item);
  const before = bill.lines[index];
  if (before === undefined) bill.lines.push({ item, quantity, amount: picoUsd(amount) });
  else bill.lines[index] = { item, quantity: before.quantity + quantity, amount: picoUsd(before.amount + amount) };
  return amount;
};

const leaveOut = (bill: Bill, item: string): void => {
  if (!bill.unpriced.includes(item)) bill.unpriced.push(item);
};

/** Adds the tokens of one pass to a bill. */
export const billTokens = (bill: Bill, rates: Rates, buckets: UsageBuckets): void => {
  for (let index = 0; index < BUCKETS.length; index++) {
    const name = BUCKETS[index] ?? 'input';
    const quantity = asCount(buckets[name]);
    if (quantity === 0) continue;
    const rate = rates.tokens[index] ?? UNKNOWN;
    if (rate === UNKNOWN) {
      leaveOut(bill, name);
      continue;
    }
    bill.tokenAmount += charge(bill, name, quantity, rate, rates.tokenDenominator);
    bill.inferred ||= rates.inferred[index] === true;
    bill.disputed ||= rates.disputed[index] === true;
  }
};

/** Adds what a call bought by the piece, and the request itself where it is charged. */
export const billFees = (bill: Bill, rates: Rates, fees: PerCallFees | undefined): void => {
  if (rates.request > 0) charge(bill, 'request', 1, rates.request, rates.feeDenominator);
  if (fees === undefined) return;
  for (const [index, name] of FEES.entries()) {
    const quantity = asCount(fees[name]);
    if (quantity === 0) continue;
    const rate = rates.fees[index] ?? UNKNOWN;
    if (rate === UNKNOWN) leaveOut(bill, name);
    else charge(bill, name, quantity, rate, rates.feeDenominator);
  }
};

/** What the same tokens cost more, or less when negative, at the rates of `buckets` than at the rates of the plain ones. */
const difference = (rates: Rates, counts: readonly (readonly [bucket: number, plain: number, quantity: number])[]): bigint | undefined => {
  let sum: bigint | undefined;
  for (const [bucket, plain, quantity] of counts) {
    if (quantity === 0) continue;
    const [own, other] = [rates.tokens[bucket] ?? UNKNOWN, rates.tokens[plain] ?? UNKNOWN];
    if (own === UNKNOWN || other === UNKNOWN) return undefined;
    sum = (sum ?? 0n) + amountOf(quantity, own - other, rates.tokenDenominator);
  }
  return sum;
};

const [INPUT, READ, WRITE_5M, WRITE_1H, AUDIO, AUDIO_READ, IMAGE, IMAGE_READ] = [0, 1, 2, 3, 4, 5, 6, 7];

/** What reading from caches saved against plain input, or `undefined` when nothing was read or a price is unknown. */
export const cacheSavings = (rates: Rates, buckets: UsageBuckets): bigint | undefined => {
  const read = asCount(buckets.cacheRead);
  const audio = asCount(buckets.audioCacheRead);
  const image = asCount(buckets.imageCacheRead);
  if (read + audio + image === 0) return undefined;
  const more = difference(rates, [
    [READ, INPUT, read],
    [AUDIO_READ, AUDIO, audio],
    [IMAGE_READ, IMAGE, image],
  ]);
  return more === undefined ? undefined : -more;
};

/** What writing to caches cost above plain input, or `undefined` when nothing was written or a price is unknown. */
export const cacheWritePremium = (rates: Rates, buckets: UsageBuckets): bigint | undefined => {
  const five = asCount(buckets.cacheWrite5m);
  const hour = asCount(buckets.cacheWrite1h);
  if (five + hour === 0) return undefined;
  return difference(rates, [
    [WRITE_5M, INPUT, five],
    [WRITE_1H, INPUT, hour],
  ]);
};

/** What a bill's tokens would have cost less at a factor. */
export const savingAt = (bill: Bill, [numerator, denominator]: Ratio): bigint =>
  bill.tokenAmount - divide(bill.tokenAmount * BigInt(numerator), BigInt(denominator));
