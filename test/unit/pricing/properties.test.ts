import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cost, PriceContext } from '../../../src/call/cost.ts';
import { addBuckets, BUCKETS, NO_TOKENS, totalInput, type UsageBuckets } from '../../../src/call/usage.ts';
import { createPricer } from '../../../src/pricing/pricer.ts';
import { ask, priced, usageOf } from './ask.ts';

const pricer = createPricer();

/** Models with every kind of card: plain, tiered by prompt, timed, with audio, with four places of cache. */
const MODELS = [
  ['openai', 'gpt-5'],
  ['openai', 'gpt-realtime'],
  ['openai', 'gpt-5.6-sol'],
  ['anthropic', 'claude-sonnet-4-5-20250929'],
  ['anthropic', 'claude-haiku-5-5'],
  ['gcp.gemini', 'gemini-2.5-pro'],
  ['gcp.gemini', 'gemini-2.5-flash'],
  ['deepseek', 'deepseek-v4-pro'],
  ['aws.bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
] as const;
const CONTEXTS: readonly PriceContext[] = [{}, { servedTier: 'flex' }, { batch: true }, { servedTier: 'priority' }, { geo: 'us' }, { speed: 'fast' }];

const model = fc.constantFrom(...MODELS);
const context = fc.constantFrom(...CONTEXTS);
const bucketsUpTo = (max: number): fc.Arbitrary<UsageBuckets> =>
  fc.array(fc.oneof(fc.constant(0), fc.nat({ max })), { minLength: BUCKETS.length, maxLength: BUCKETS.length }).map((counts) => ({
    ...NO_TOKENS,
    ...Object.fromEntries(BUCKETS.map((name, index) => [name, counts[index] ?? 0])),
  }));
/** Twice eight times this stays below every threshold. */
const few = bucketsUpTo(5000);
const many = bucketsUpTo(3_000_000);

const amount = (cost: Cost): bigint => (cost.kind === 'priced' ? cost.amount : 0n);
const isNothing = (buckets: UsageBuckets): boolean => BUCKETS.every((name) => buckets[name] === 0);

/** The first counterexample to a property, or nothing when it holds. */
const against = <T>(property: fc.IProperty<T>): string | undefined => {
  const run = fc.check(property, { numRuns: 300 });
  return run.failed ? fc.defaultReportMessage(run) : undefined;
};

describe('whatever a call used', () => {
  test('the lines add up to the amount', () => {
    const holds = fc.property(model, many, context, ([provider, name], buckets, moved) => {
      const cost = pricer.price(ask(provider, name, buckets, { context: moved }));
      return cost.kind === 'unpriced' || cost.lines.reduce((sum, line) => sum + line.amount, 0n) === cost.amount;
    });
    expect(against(holds)).toBeUndefined();
  });

  test('every token is on a line or named as unpriced', () => {
    const holds = fc.property(model, many, context, ([provider, name], buckets, moved) => {
      const cost = pricer.price(ask(provider, name, buckets, { context: moved }));
      const lines = cost.kind === 'priced' ? cost.lines : [];
      const told = (bucket: keyof UsageBuckets): boolean => lines.some((line) => line.item === bucket && line.quantity === buckets[bucket]);
      return isNothing(buckets) || BUCKETS.every((bucket) => buckets[bucket] === 0 || told(bucket) || cost.unpriced.includes(bucket));
    });
    expect(against(holds)).toBeUndefined();
  });

  test('more of anything never costs less', () => {
    const holds = fc.property(model, many, context, fc.constantFrom(...BUCKETS), fc.nat({ max: 500_000 }), ([provider, name], buckets, moved, bucket, more) => {
      const before = pricer.price(ask(provider, name, buckets, { context: moved }));
      const after = pricer.price(ask(provider, name, { ...buckets, [bucket]: buckets[bucket] + more }, { context: moved }));
      return amount(after) >= amount(before);
    });
    expect(against(holds)).toBeUndefined();
  });

  test('below thresholds two calls cost what their sum costs', () => {
    const holds = fc.property(model, few, few, ([provider, name], a, b) => {
      const apart = amount(pricer.price(ask(provider, name, a))) + amount(pricer.price(ask(provider, name, b)));
      return apart === amount(pricer.price(ask(provider, name, addBuckets(a, b))));
    });
    expect(against(holds)).toBeUndefined();
  });

  test('a tenth more is exactly that', () => {
    const holds = fc.property(few, ({ input, output }) => {
      const standard = amount(pricer.price(ask('openai', 'gpt-5.4', { input, output })));
      return amount(pricer.price(ask('openai', 'gpt-5.4', { input, output }, { context: { geo: 'eu' } }))) * 10n === standard * 11n;
    });
    expect(against(holds)).toBeUndefined();
  });

  test('the order of keys and keys that nobody knows change nothing', () => {
    const holds = fc.property(model, many, fc.dictionary(fc.string(), fc.nat()), ([provider, name], buckets, strange) => {
      const unknown = Object.entries(strange).filter(([key]) => !(key in NO_TOKENS));
      const shuffled: UsageBuckets = { ...Object.fromEntries(unknown), ...NO_TOKENS, ...Object.fromEntries(Object.entries(buckets).toReversed()) };
      const reversed = Object.fromEntries(Object.entries(shuffled).toReversed()) as unknown as UsageBuckets;
      const plain = pricer.price(ask(provider, name, buckets));
      return fc.stringify(pricer.price({ ...ask(provider, name, {}), usage: { buckets: reversed, flags: [] } })) === fc.stringify(plain);
    });
    expect(against(holds)).toBeUndefined();
  });

  test('a price times a count is exact up to 2^53 tokens, where the product is far beyond it', () => {
    const holds = fc.property(
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      (output) => amount(pricer.price(ask('openai', 'gpt-5', { output }))) === BigInt(output) * 10_000_000n,
    );
    expect(against(holds)).toBeUndefined();
  });

  test('a factor is rounded half up to a pico-dollar, whether numbers or BigInts are used', () => {
    // 3,625 pico-dollars a token less a third: no whole number.
    const discounted = createPricer({ overrides: { value: { version: 1, discounts: [{ match: { model: 'deepseek-v4-pro' }, multiplier: '0.333333' }] } } });
    const holds = fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (cacheRead) => {
      const exact = BigInt(cacheRead) * 22_000n * 333_333n;
      return amount(discounted.price(ask('deepseek', 'deepseek-v4-pro', { cacheRead }))) === (2n * exact + 1_000_000n) / 2_000_000n;
    });
    expect(against(holds)).toBeUndefined();
  });

  test('the headroom to the threshold is what is left of the prompt', () => {
    const holds = fc.property(many, (buckets) => {
      const cost = pricer.price(ask('anthropic', 'claude-haiku-5-5', buckets));
      return cost.kind === 'unpriced' || cost.longContextHeadroom === 100_000 - totalInput(buckets);
    });
    expect(against(holds)).toBeUndefined();
  });
});

const odd: fc.Arbitrary<number> = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Number.NaN, Infinity, -Infinity, -1, 0.5, 1e300));
const isSound = (cost: Cost): boolean => (cost.kind === 'unpriced' ? cost.reason !== 'engine_fault' : cost.amount >= 0n);

describe('nothing that a host sends makes it throw', () => {
  test('counts that are none', () => {
    const holds = fc.property(
      model,
      fc.dictionary(fc.constantFrom(...BUCKETS), odd),
      fc.dictionary(fc.constantFrom('webSearch', 'image'), odd),
      ([provider, name], buckets, fees) => isSound(pricer.price({ ...ask(provider, name, {}), usage: usageOf(buckets, { fees }) })),
    );
    expect(against(holds)).toBeUndefined();
  });

  test('values of other types', () => {
    const holds = fc.property(model, fc.anything(), ([provider, name], anything) => {
      const usage = { buckets: { ...NO_TOKENS, input: anything, output: anything } as unknown as UsageBuckets, flags: [] };
      return pricer.price({ ...ask(provider, name, {}), usage }).tableVersion !== '';
    });
    expect(against(holds)).toBeUndefined();
  });

  test('names of any kind', () => {
    const holds = fc.property(fc.string(), fc.string(), fc.option(fc.webUrl()), (provider, name, url) =>
      isSound(pricer.price(ask(provider, name, { input: 1 }, { context: url === null ? {} : { baseUrl: url } }))),
    );
    expect(against(holds)).toBeUndefined();
  });
});

test('a long prompt costs what its card says, in full', () => {
  const short = priced(pricer.price(ask('anthropic', 'claude-haiku-5-5', { input: 100_000, output: 10 })));
  const long = priced(pricer.price(ask('anthropic', 'claude-haiku-5-5', { input: 100_001, output: 10 })));
  expect([short.amount, long.amount]).toEqual([100_000n * 100_000n + 10n * 500_000n, 100_001n * 500_000n + 10n * 2_500_000n]);
});
