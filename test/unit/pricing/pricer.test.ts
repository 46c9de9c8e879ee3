import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { formatUsd } from '../../../src/call/units.ts';
import type { Cost, PriceQuestion } from '../../../src/call/cost.ts';
import { NO_TOKENS } from '../../../src/call/usage.ts';
import { createPricer } from '../../../src/pricing/pricer.ts';
import { ask, at, priced, usageOf, usd } from './ask.ts';
import { useFakeTimers, useRealTimers } from '../../support/fake-timers.ts';

const pricer = createPricer();
const dollars = (amount: Parameters<typeof formatUsd>[0] | undefined): string | undefined => (amount === undefined ? undefined : formatUsd(amount));

const confidence = (provider: string, model: string): string => priced(pricer.price(ask(provider, model, { input: 1 }))).confidence;

describe('a price carries what no total can tell', () => {
  test('provenance: the table, how the model was found, since when the price holds', () => {
    expect(pricer.price(ask('anthropic', 'claude-sonnet-5-5-20260928', { input: 1 }))).toMatchObject({
      source: 'local',
      match: 'dated',
      matchedModel: 'claude-sonnet-5-5',
      confidence: 'exact',
      effectiveFrom: '2026-10-07',
      tableVersion: pricer.tableVersion(),
      unpriced: [],
    });
  });

  test('one line for each thing that was bought', () => {
    const cost = priced(
      pricer.price({
        ...ask('openai', 'gpt-5', {}),
        usage: usageOf({ input: 1000, cacheRead: 500, output: 10, reasoning: 20 }, { fees: { webSearch: 2, fileSearch: 1 } }),
      }),
    );
    expect(cost.lines.map(({ item, quantity, amount }) => [item, quantity, formatUsd(amount)])).toEqual([
      ['input', 1000, '0.00125'],
      ['cacheRead', 500, '0.0000625'],
      ['output', 10, '0.0001'],
      ['reasoning', 20, '0.0002'],
      ['webSearch', 2, '0.02'],
      ['fileSearch', 1, '0.0025'],
    ]);
  });

  test('what reading from the cache saved', () => {
    expect(dollars(priced(pricer.price(ask('openai', 'gpt-5', { cacheRead: 1_000_000 }))).cacheSavings)).toBe('1.125');
    expect(priced(pricer.price(ask('openai', 'gpt-5', { input: 1 }))).cacheSavings).toBeUndefined();
  });

  test('what writing to the cache cost above plain input, and less than nothing where a host gives a discount for it', () => {
    expect(dollars(priced(pricer.price(ask('anthropic', 'claude-opus-5', { cacheWrite5m: 1_000_000, cacheWrite1h: 1_000_000 }))).cacheWritePremium)).toBe(
      '6.25',
    );
    expect(dollars(priced(pricer.price(ask('openrouter', 'google/gemini-2.5-flash-lite', { cacheWrite5m: 1_000_000 }))).cacheWritePremium)).toBe('-0.016667');
  });

  test('what batch or flex would have saved, on tokens alone', () => {
    const searched = { ...ask('openai', 'gpt-5', {}), usage: usageOf({ input: 1_000_000 }, { fees: { webSearch: 1 } }) };
    expect(dollars(priced(pricer.price(searched)).batchSaving)).toBe('0.625');
    expect(priced(pricer.price({ ...searched, context: { servedTier: 'flex' } })).batchSaving).toBeUndefined();
    expect(priced(pricer.price(ask('x_ai', 'grok-4', { input: 1 }))).batchSaving).toBeUndefined();
  });

  test('how far it is to the long-context price, and how far beyond', () => {
    expect(priced(pricer.price(ask('gcp.gemini', 'gemini-2.5-pro', { input: 150_000, cacheRead: 40_000 }))).longContextHeadroom).toBe(10_000);
    expect(priced(pricer.price(ask('x_ai', 'grok-4.3', { input: 200_000 }))).longContextHeadroom).toBe(-1);
    expect(priced(pricer.price(ask('openai', 'gpt-5', { input: 1 }))).longContextHeadroom).toBeUndefined();
  });

  test('doubt: a guessed name, another one’s price list and disputed sources are told', () => {
    expect(confidence('openai', 'gpt-5-mini-2027-01-01')).toBe('inferred');
    expect(confidence('azure.ai.openai', 'gpt-5.2')).toBe('inferred');
    expect(confidence('x_ai', 'grok-4.20')).toBe('disputed');
    expect(confidence('openai', 'gpt-5')).toBe('exact');
  });

  test('doubt: a moment before the first price of a model, and a tier that was only asked for', () => {
    expect(priced(pricer.price(ask('anthropic', 'claude-haiku-5-5', { input: 1 }, { at: at('2026-10-01T00:00:00Z') }))).confidence).toBe('inferred');
    const asked = priced(pricer.price(ask('openai', 'gpt-5', { input: 1_000_000 }, { context: { requestedTier: 'flex' } })));
    expect([usd(asked), asked.confidence]).toEqual(['0.625', 'inferred']);
  });

  test('cached reads that a page does not price are charged as input, which is what such a page means, and marked', () => {
    const cost = priced(pricer.price(ask('groq', 'llama-3.3-70b-versatile', { cacheRead: 1_000_000 })));
    expect([usd(cost), cost.confidence]).toEqual(['0.59', 'inferred']);
  });

  test('a charge for the request itself', () => {
    expect(usd(pricer.price(ask('perplexity', 'sonar', { input: 1000, output: 1000 })))).toBe('0.007');
  });

  test('a free model of a host and a free endpoint of a provider cost nothing, and say so', () => {
    expect(pricer.price(ask('openrouter', 'openai/gpt-oss-120b:free', { input: 1000 }))).toMatchObject({ amount: 0n, match: 'free' });
    expect(pricer.price(ask('openai', 'omni-moderation-latest', {}))).toMatchObject({ amount: 0n, match: 'free' });
  });

  test('a model that answers in place of a free one is not free', () => {
    expect(pricer.price(ask('openrouter', 'x-ai/grok-nobody-knows', { input: 1000 }, { requestModel: 'openai/gpt-oss-120b:free' }))).toMatchObject({
      reason: 'unknown_model',
    });
  });
});

describe('the model that answered is priced', () => {
  test('and the one that was asked for only where nobody knows it', () => {
    expect(usd(pricer.price(ask('openai', 'gpt-5-mini', { input: 1_000_000 }, { requestModel: 'gpt-5' })))).toBe('0.25');
    const fallen = priced(pricer.price(ask('openai', 'gpt-5-nobody', { input: 1_000_000 }, { requestModel: 'gpt-5' })));
    expect([usd(fallen), fallen.confidence]).toEqual(['1.25', 'inferred']);
    expect(usd(pricer.price(ask('openai', 'x', { input: 1_000_000 }, { requestModel: 'gpt-5', responseModel: undefined })))).toBe('1.25');
  });
  test('but at Bedrock the one that was asked for says by which profile the call was routed, and so what it costs', () => {
    const bare = { responseModel: 'claude-sonnet-4-5-20250929' };
    const routed = (requestModel: string | undefined): readonly [string, string] => {
      const cost = priced(pricer.price(ask('aws.bedrock', '', { input: 1_000_000 }, { ...bare, requestModel })));
      return [usd(cost), cost.confidence];
    };
    expect(routed('global.anthropic.claude-sonnet-4-5-20250929-v1:0')).toEqual(['3', 'exact']);
    expect(routed('us.anthropic.claude-sonnet-4-5-20250929-v1:0')).toEqual(['3.3', 'exact']);
    expect(routed('arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-sonnet-4-5-20250929-v1:0')).toEqual(['3', 'exact']);
    // Nobody but its owner knows where the profile of an application leads.
    expect(routed('arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcd')).toEqual(['3.3', 'inferred']);
    expect(routed(undefined)).toEqual(['3.3', 'inferred']);
  });
  test('and so it is with the passes of one call at Bedrock', () => {
    const passes = [
      { model: 'claude-sonnet-4-5-20250929', buckets: { ...NO_TOKENS, input: 1_000_000 } },
      { model: undefined, buckets: { ...NO_TOKENS, input: 1_000_000 } },
    ];
    const question = ask(
      'aws.bedrock',
      '',
      {},
      { requestModel: 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', responseModel: 'claude-sonnet-4-5-20250929' },
    );
    const own = priced(pricer.price({ ...question, usage: usageOf({ input: 2_000_000 }, { passes }) }));
    expect([usd(own), own.confidence]).toEqual(['6', 'exact']);
    const other = [...passes, { model: 'claude-haiku-4-5-20251001', buckets: { ...NO_TOKENS, input: 1_000_000 } }];
    expect(priced(pricer.price({ ...question, usage: usageOf({ input: 3_000_000 }, { passes: other }) })).confidence).toBe('inferred');
  });
  test('and no model at all is told', () => {
    expect(pricer.price(ask('openai', 'x', { input: 1 }, { requestModel: undefined, responseModel: undefined }))).toMatchObject({
      kind: 'unpriced',
      reason: 'no_model',
    });
  });
});

describe('an estimate', () => {
  const question: PriceQuestion = { ...ask('openai', 'gpt-5', {}), usage: undefined };
  const guess = { promptChars: 4000, outputChars: 401 };

  test('is not made unless it is asked for', () => expect(pricer.estimate(question, guess)).toMatchObject({ reason: 'usage_missing' }));

  test('is marked as one', () => {
    const cost: Cost = createPricer({ estimateMissingUsage: true }).estimate(question, guess);
    expect(cost).toMatchObject({ kind: 'priced', estimated: true, confidence: 'inferred' });
    expect(usd(cost)).toBe('0.00226');
  });

  test('of nothing is missing, and of an unknown model has no price', () => {
    const estimating = createPricer({ estimateMissingUsage: true });
    expect(estimating.estimate(question, { promptChars: 0, outputChars: Number.NaN })).toMatchObject({ reason: 'usage_missing' });
    expect(estimating.estimate({ ...question, requestModel: 'x', responseModel: 'x' }, guess)).toMatchObject({ reason: 'unknown_model' });
  });
});

describe('the gauge of the table’s age', () => {
  beforeEach(() => useFakeTimers());
  afterEach(useRealTimers);

  test('is set at the first call, every hour, and no more after the end', () => {
    let set = 0;
    const timed = createPricer({ meter: { add: () => undefined, record: () => undefined, set: () => void set++ } });
    timed.price(ask('openai', 'gpt-5', { input: 1 }));
    timed.price(ask('openai', 'gpt-5', { input: 1 }));
    expect(set).toBe(1);
    vi.advanceTimersByTime(2 * 3_600_000);
    expect(set).toBe(3);
    timed.stop();
    vi.advanceTimersByTime(3_600_000);
    expect(set).toBe(3);
  });
});

test('a meter that throws is not felt', () => {
  const broken = createPricer({
    meter: {
      add: () => undefined,
      record: () => undefined,
      set: () => {
        throw new Error('no');
      },
    },
  });
  expect(() => broken.price(ask('openai', 'gpt-5', { input: 1_000_000 }))).not.toThrow();
  expect(usd(broken.price(ask('openai', 'gpt-5', { input: 1_000_000 })))).toBe('1.25');
  broken.stop();
});

test.each(['output_unfinished', 'total_mismatch'] as const)('the cost of a call is partial where the provider counts more than it tells: %s', (flag) => {
  const whole = ask('openai', 'gpt-5.4', { input: 10, output: 10 });
  const less = priced(pricer.price({ ...whole, usage: usageOf({ input: 10, output: 10 }, { flags: [flag] }) }));
  expect([less.confidence, less.amount]).toEqual(['partial', priced(pricer.price(whole)).amount]);
  expect(priced(pricer.price(whole)).confidence).toBe('exact');
});
