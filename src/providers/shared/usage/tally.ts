import type { PerCallFees, ProviderCost, Usage, UsageBuckets, UsageFlag, UsagePass } from '../../../call/usage.ts';
import { NO_TOKENS } from '../../../call/usage.ts';

/** What a usage holds besides its tokens. */
interface Extra {
  readonly fees?: PerCallFees | undefined;
  readonly passes?: readonly UsagePass[] | undefined;
  readonly providerCost?: ProviderCost | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const NO_FLAGS: readonly UsageFlag[] = [];
const NOTHING_MORE: Extra = {};

/** Reads counts and notes what is odd about them. Some hosts send usage with every chunk of a stream, so it allocates nothing that is not needed. */
export class Tally {
  private flags: UsageFlag[] | undefined = undefined;
  private stated: Usage['stated'] = undefined;

  /** Notes an oddity once. */
  flag(flag: UsageFlag): void {
    this.flags ??= [];
    if (!this.flags.includes(flag)) this.flags.push(flag);
  }

  /** Gives a count: 0 where it is missing, and 0 with a flag where it is not a whole number of 0 or more. */
  count(value: unknown): number {
    if (value === undefined || value === null) return 0;
    if (typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)) return value;
    this.flag('not_a_count');
    return 0;
  }

  /** Gives the first count of several places where one may stand, or 0. */
  first(...values: readonly unknown[]): number {
    for (const value of values) if (value !== undefined && value !== null) return this.count(value);
    return 0;
  }

  /** Gives what is left of `whole` without `parts`, at least 0, and notes when the parts exceed it. */
  rest(whole: number, parts: number, flag: UsageFlag): number {
    if (parts <= whole) return whole - parts;
    this.flag(flag);
    this.state({ input: whole });
    return 0;
  }

  /** Keeps a number as the provider stated it, where its parts contradict it. */
  state(numbers: NonNullable<Usage['stated']>): void {
    this.stated = { ...this.stated, ...numbers };
  }

  /** Notes when reasoning exceeds the output that should contain it, and keeps it as stated. */
  inside(reasoning: number, output: number): void {
    if (reasoning <= output) return;
    this.flag('total_mismatch');
    this.state({ reasoning });
  }

  /** Gives output without reasoning: where a total that was given equals `sum`, which leaves the reasoning out, the output holds it already. */
  apart(output: number, reasoning: number, given: unknown, sum: number): number {
    return reasoning > 0 && reasoning <= output && given === sum ? output - reasoning : output;
  }

  /** Notes when a total that was given differs from the sum of its parts. */
  total(given: unknown, sum: number): void {
    if (typeof given === 'number' && given !== sum) this.flag('total_mismatch');
  }

  /** Gives the finished usage. */
  whole(buckets: UsageBuckets, extra: Extra = NOTHING_MORE): Usage {
    const usage: Mutable<Usage> = { buckets, flags: this.flags ?? NO_FLAGS };
    if (extra.fees !== undefined) usage.fees = extra.fees;
    if (extra.passes !== undefined) usage.passes = extra.passes;
    if (extra.providerCost !== undefined) usage.providerCost = extra.providerCost;
    if (this.stated !== undefined) usage.stated = this.stated;
    return usage;
  }

  /** Gives the finished usage; buckets that are left out are 0. */
  usage(buckets: Partial<UsageBuckets>, extra: Extra = NOTHING_MORE): Usage {
    return this.whole({ ...NO_TOKENS, ...buckets }, extra);
  }
}

/** Gives the fees that were charged at least once, or `undefined` when none was. */
export const feesOf = (fees: { readonly [K in keyof PerCallFees]: number }): PerCallFees | undefined => {
  const charged = Object.entries(fees).filter(([, times]) => times > 0);
  return charged.length > 0 ? Object.fromEntries(charged) : undefined;
};

/** Gives the smaller of a part and the whole that should contain it. */
export const within = (part: number, whole: number): number => (part < whole ? part : whole);
