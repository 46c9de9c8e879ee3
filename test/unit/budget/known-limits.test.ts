/** What is reserved for output that a request does not bound. */
import { describe, expect, test } from 'vitest';
import { boundOf } from '../../../src/policies/budget/bound.ts';
import { createKnownLimits } from '../../../src/policies/budget/known-limits.ts';
import { callOf } from './world.ts';

describe('the output bound of a model', () => {
  const limits = createKnownLimits();
  test.each([
    ['gpt-4o', 16_384],
    ['gpt-4o-2024-05-13', 4096],
    ['ft:gpt-4o-2024-08-06:acme::abc', 16_384],
    ['gpt-5.4-2026-03-05', 128_000],
    ['gpt-5.9', 128_000],
    ['openai/gpt-5-pro', 272_000],
    ['o3-mini', 100_000],
    ['us.anthropic.claude-opus-4-1-20250805-v1:0', 32_000],
    ['claude-opus-4-6', 128_000],
    ['models/gemini-2.5-pro', 65_536],
    ['publishers/google/models/gemini-2.0-flash', 8192],
    ['amazon.nova-lite-v1:0', 10_000],
  ])('%s is %i', (model, most) => expect(limits('any', model)?.maxOutputTokens).toBe(most));

  test.each(['my-deployment', 'mistral-large-latest', 'proto1', ''])('of %j nobody says anything', (model) => expect(limits('any', model)).toBeUndefined());
});

describe('a request without a bound of its own', () => {
  const call = callOf({ request: { model: 'gpt-4o', promptChars: 36 } });
  const known = createKnownLimits()('openai', 'gpt-4o');
  test('is bounded by its model', () => expect(boundOf(call, undefined, known, undefined).output).toBe(16_384));
  test('is bounded by what the owner assumes, where that is said', () => expect(boundOf(call, undefined, known, 1000).output).toBe(1000));
  test('of an unknown model is taken for 32,768', () => expect(boundOf(call, undefined, undefined, undefined).output).toBe(32_768));
  test('that states one is believed, also above what its model is known for', () => expect(boundOf(call, 20_000, known, undefined).output).toBe(20_000));
});
