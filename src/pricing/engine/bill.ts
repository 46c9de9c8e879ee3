import type { CostLine } from '../../call/cost.ts';
import { picoUsd } from '../../call/units.ts';
import type { PerCallFees, UsageBuckets } from '../../call/usage.ts';
import { add, amountOf, negate, share, type Money } from './money.ts';
import { FEES, UNKNOWN, type Rates } from './rates.ts';
import type { Ratio } from '../table/price-table.ts';

/** Where the rates of the buckets stand among the token rates; the order is that of `BUCKETS`, which a test holds. */
const INPUT = 0;
const READ = 1;
const WRITE_5M = 2;
const WRITE_1H = 3;
const AUDIO = 4;
const AUDIO_READ = 5;
const IMAGE = 6;
const IMAGE_READ = 7;
const OUTPUT = 8;
const REASONING = 9;
const AUDIO_OUTPUT = 10;
const IMAGE_OUTPUT = 11;

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
const asCount = (value: number | undefined): number => {
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

const billBucket = (bill: Bill, rates: Rates, index: number, name: keyof UsageBuckets, reported: number): void => {
  if (reported === 0) return;
  const quantity = asCount(reported);
  if (quantity === 0) return;
  const rate = rates.tokens[index] ?? UNKNOWN;
  if (rate === UNKNOWN) {
    leaveOut(bill, name);
    return;
  }
  bill.tokenAmount = add(bill.tokenAmount, charge(bill, name, quantity, rate, rates.tokenDenominator));
  if (rates.inferred[index] === true) bill.inferred = true;
  if (rates.disputed[index] === true) bill.disputed = true;
};

/** Adds the tokens of one pass to a bill. Written out, for a loop over names of properties takes as long as all the rest. */
export const billTokens = (bill: Bill, rates: Rates, b: UsageBuckets): void => {
  billBucket(bill, rates, INPUT, 'input', b.input);
  billBucket(bill, rates, READ, 'cacheRead', b.cacheRead);
  billBucket(bill, rates, WRITE_5M, 'cacheWrite5m', b.cacheWrite5m);
  billBucket(bill, rates, WRITE_1H, 'cacheWrite1h', b.cacheWrite1h);
  billBucket(bill, rates, AUDIO, 'audioInput', b.audioInput);
  billBucket(bill, rates, AUDIO_READ, 'audioCacheRead', b.audioCacheRead);
  billBucket(bill, rates, IMAGE, 'imageInput', b.imageInput);
  billBucket(bill, rates, IMAGE_READ, 'imageCacheRead', b.imageCacheRead);
  billBucket(bill, rates, OUTPUT, 'output', b.output);
  billBucket(bill, rates, REASONING, 'reasoning', b.reasoning);
  billBucket(bill, rates, AUDIO_OUTPUT, 'audioOutput', b.audioOutput);
  billBucket(bill, rates, IMAGE_OUTPUT, 'imageOutput', b.imageOutput);
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
