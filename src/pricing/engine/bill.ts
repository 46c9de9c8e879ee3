import type { CostLine } from '../../call/cost.ts';
import { picoUsd } from '../../call/units.ts';
import { BUCKETS, type PerCallFees, type UsageBuckets } from '../../call/usage.ts';
import { add, amountOf, negate, share, type Money } from './money.ts';
import { FEES, UNKNOWN, type Rates } from './rates.ts';
import type { Ratio } from '../table/price-table.ts';

/** A bill as it is written, line by line. */
export interface Bill {
  amount: Money;
  /** The part of `amount` that a tier's factor would change. */
  tokenAmount: Money;
  readonly lines: CostLine[];
  readonly unpriced: string[];
  inferred: boolean;
  disputed: boolean;
}

/** An empty bill. */
export const newBill = (): Bill => ({ amount: 0, tokenAmount: 0, lines: [], unpriced: [], inferred: false, disputed: false });

/** A count as arithmetic needs it: a whole number of 0 or more, whatever a host sent. */
export const asCount = (value: number | undefined): number => {
  if (value === undefined || !(value > 0)) return 0;
  if (Number.isSafeInteger(value)) return value;
  return Number.isFinite(value) ? Math.min(Math.round(value), Number.MAX_SAFE_INTEGER) : 0;
};

const charge = (bill: Bill, item: string, quantity: number, rate: number, denominator: number): Money => {
  const amount = amountOf(quantity, rate, denominator);
  bill.amount = add(bill.amount, amount);
  bill.lines.push({ item, quantity, amount: picoUsd(BigInt(amount)) });
  return amount;
};

/** Makes one line of all that are for the same thing, as the passes of one call leave them. */
export const joinLines = (bill: Bill): void => {
  const joined = new Map<string, CostLine>();
  for (const line of bill.lines) {
    const before = joined.get(line.item);
    joined.set(
      line.item,
      before === undefined ? line : { item: line.item, quantity: before.quantity + line.quantity, amount: picoUsd(before.amount + line.amount) },
    );
  }
  bill.lines.splice(0, bill.lines.length, ...joined.values());
};

const leaveOut = (bill: Bill, item: string): void => {
  if (!bill.unpriced.includes(item)) bill.unpriced.push(item);
};

/** All tokens of a prompt, cached ones included, from counts that may be anything. */
export const promptTokens = (b: UsageBuckets): number =>
  asCount(b.input) +
  asCount(b.cacheRead) +
  asCount(b.cacheWrite5m) +
  asCount(b.cacheWrite1h) +
  asCount(b.audioInput) +
  asCount(b.audioCacheRead) +
  asCount(b.imageInput) +
  asCount(b.imageCacheRead);

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
    bill.tokenAmount = add(bill.tokenAmount, charge(bill, name, quantity, rate, rates.tokenDenominator));
    bill.inferred ||= rates.inferred[index] === true;
    bill.disputed ||= rates.disputed[index] === true;
  }
};

/** Adds what a call bought by the piece, and the request itself where it is charged. */
export const billFees = (bill: Bill, rates: Rates, fees: PerCallFees | undefined): void => {
  if (rates.request > 0) charge(bill, 'request', 1, rates.request, rates.feeDenominator);
  if (fees === undefined) return;
  for (const [index, name] of FEES.entries()) {
    const taken = asCount(fees[name]);
    if (taken === 0) continue;
    const quantity = rates.once[index] === true ? 1 : taken;
    const rate = rates.fees[index] ?? UNKNOWN;
    if (rate === UNKNOWN) leaveOut(bill, name);
    else charge(bill, name, quantity, rate, rates.feeDenominator);
  }
};

/** Indexes of the buckets among the rates. */
const [INPUT, READ, WRITE_5M, WRITE_1H, AUDIO, AUDIO_READ, IMAGE, IMAGE_READ] = [0, 1, 2, 3, 4, 5, 6, 7];

/** What `quantity` tokens cost more at the rate of one bucket than at the rate of another; less is negative. */
const difference = (rates: Rates, bucket: number, plain: number, quantity: number): Money | undefined => {
  if (quantity === 0) return 0;
  const own = rates.tokens[bucket] ?? UNKNOWN;
  const other = rates.tokens[plain] ?? UNKNOWN;
  return own === UNKNOWN || other === UNKNOWN ? undefined : amountOf(quantity, own - other, rates.tokenDenominator);
};

/** What reading from caches saved against plain input, or `undefined` when nothing was read or a price is unknown. */
export const cacheSavings = (rates: Rates, buckets: UsageBuckets): bigint | undefined => {
  const text = asCount(buckets.cacheRead);
  const audio = asCount(buckets.audioCacheRead);
  const image = asCount(buckets.imageCacheRead);
  if (text + audio + image === 0) return undefined;
  const ofText = difference(rates, READ, INPUT, text);
  const ofAudio = difference(rates, AUDIO_READ, AUDIO, audio);
  const ofImage = difference(rates, IMAGE_READ, IMAGE, image);
  if (ofText === undefined || ofAudio === undefined || ofImage === undefined) return undefined;
  return BigInt(negate(add(add(ofText, ofAudio), ofImage)));
};

/** What writing to caches cost above plain input, or `undefined` when nothing was written or a price is unknown. */
export const cacheWritePremium = (rates: Rates, buckets: UsageBuckets): bigint | undefined => {
  const five = asCount(buckets.cacheWrite5m);
  const hour = asCount(buckets.cacheWrite1h);
  if (five + hour === 0) return undefined;
  const ofFive = difference(rates, WRITE_5M, INPUT, five);
  const ofHour = difference(rates, WRITE_1H, INPUT, hour);
  return ofFive === undefined || ofHour === undefined ? undefined : BigInt(add(ofFive, ofHour));
};

/** What a bill's tokens would have cost less at a factor. */
export const savingAt = (bill: Bill, [numerator, denominator]: Ratio): bigint =>
  BigInt(add(bill.tokenAmount, negate(share(bill.tokenAmount, numerator, denominator))));
