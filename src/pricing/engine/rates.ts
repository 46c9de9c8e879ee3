import { BUCKETS } from '../../call/usage.ts';
import { RATE_KEYS, type Ratio, type RateKey, type RateSet } from '../table/price-table.ts';

/** Things that are charged by the piece, in the order of their rates. */
export const FEES = ['webSearch', 'grounding', 'codeExecution', 'fileSearch', 'image'] as const;

const TOKEN_KEYS = RATE_KEYS.slice(0, BUCKETS.length);
const FEE_KEYS: readonly RateKey[] = ['web', 'ground', 'code', 'file', 'img'];

/** Marks a rate that nobody knows. */
export const UNKNOWN = -1;

/** Rates ready for arithmetic: whole numbers over one denominator, in the order of the buckets and of the fees. */
export interface Rates {
  /** Pico-dollars times `tokenDenominator` for one token of each bucket, or `UNKNOWN`. */
  readonly tokens: readonly number[];
  readonly tokenDenominator: number;
  /** Which of the token rates the page does not state and a rule filled in. */
  readonly inferred: readonly boolean[];
  /** On which of the token rates sources disagree. */
  readonly disputed: readonly boolean[];
  /** Pico-dollars times `feeDenominator` for one piece of each fee, or `UNKNOWN`. */
  readonly fees: readonly number[];
  /** Which of the fees are charged once for a call, however many pieces it took. */
  readonly once: readonly boolean[];
  readonly feeDenominator: number;
  /** What the request itself costs in pico-dollars times `feeDenominator`; 0 where requests are not charged. */
  readonly request: number;
}

/**
 * Where a page states no price of its own for a bucket, what its wording means. A null is a price that is known to be unknown and
 * is never filled in. A write for an hour costs more than one for five minutes, so that one is never taken for the other.
 */
const FALLBACKS: Readonly<Partial<Record<RateKey, (known: RateSet, flat: boolean) => RateKey | undefined>>> = {
  read: () => 'in',
  w5: () => 'in',
  w1: (known) => (known.w5 === undefined ? 'in' : undefined),
  aIn: (_, flat) => (flat ? 'in' : undefined),
  aRead: (known, flat) => (known.aIn === undefined ? (flat ? 'read' : undefined) : 'aIn'),
  imIn: () => 'in',
  imRead: (known) => (known.imIn === undefined ? 'read' : 'imIn'),
  think: () => 'out',
  aOut: (_, flat) => (flat ? 'out' : undefined),
  imOut: () => 'out',
};

/** A thought is billed as output and a picture in a prompt as input everywhere; these are no guesses. */
const CERTAIN: ReadonlySet<RateKey> = new Set(['think', 'imIn', 'imRead']);

interface Filled {
  readonly rate: number;
  readonly inferred: boolean;
}

const fill = (rates: RateSet, key: RateKey, flat: boolean): Filled => {
  const own = rates[key];
  if (own === null) return { rate: UNKNOWN, inferred: false };
  if (own !== undefined) return { rate: own, inferred: false };
  const next = FALLBACKS[key]?.(rates, flat);
  if (next === undefined) return { rate: UNKNOWN, inferred: false };
  const found = fill(rates, next, flat);
  return { rate: found.rate, inferred: found.inferred || !CERTAIN.has(key) };
};

/** What moves the rates of a card: a factor on tokens, a discount on everything. */
export interface RateFactors {
  readonly tokens: Ratio;
  readonly all: Ratio;
}

const scale = (rate: number, factor: number): number => (rate === UNKNOWN ? UNKNOWN : rate * factor);

/** What a card says of its rates beside the rates themselves. */
interface RateNotes {
  /** Whether the page gives one price for all modalities. */
  readonly flat: boolean;
  readonly disputed: readonly RateKey[];
  readonly once: readonly RateKey[];
}

/** Prepares a set of rates for arithmetic. */
export const compileRates = (set: RateSet, { flat, disputed, once }: RateNotes, factors: RateFactors): Rates => {
  const filled = TOKEN_KEYS.map((key) => fill(set, key, flat));
  return {
    tokens: filled.map(({ rate }) => scale(rate, factors.tokens[0] * factors.all[0])),
    tokenDenominator: factors.tokens[1] * factors.all[1],
    inferred: filled.map(({ inferred }) => inferred),
    disputed: TOKEN_KEYS.map((key) => disputed.includes(key)),
    fees: FEE_KEYS.map((key) => scale(set[key] ?? UNKNOWN, factors.all[0])),
    once: FEE_KEYS.map((key) => once.includes(key)),
    feeDenominator: factors.all[1],
    request: scale(set.req ?? 0, factors.all[0]),
  };
};
