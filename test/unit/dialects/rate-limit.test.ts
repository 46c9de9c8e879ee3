import { expect, test } from 'vitest';
import { headroomOf } from '../../../src/providers/shared/rate-limit.ts';

const of = (headers: Readonly<Record<string, string>>, anthropic = false): unknown => headroomOf((name) => headers[name], anthropic);

test.each([
  [
    'OpenAI',
    {
      'x-ratelimit-limit-requests': '10000',
      'x-ratelimit-remaining-requests': '9999',
      'x-ratelimit-limit-tokens': '200000',
      'x-ratelimit-remaining-tokens': '199967',
    },
    { limitRequests: 10_000, remainingRequests: 9999, limitTokens: 200_000, remainingTokens: 199_967 },
  ],
  [
    'Azure, which says only what is left',
    { 'x-ratelimit-remaining-requests': '9', 'x-ratelimit-remaining-tokens': '8' },
    { remainingRequests: 9, remainingTokens: 8 },
  ],
  [
    'Mistral',
    {
      'x-ratelimit-limit-req-minute': '60',
      'x-ratelimit-remaining-req-minute': '59',
      'x-ratelimit-limit-tokens-minute': '500',
      'x-ratelimit-remaining-tokens-minute': '400',
    },
    { limitRequests: 60, remainingRequests: 59, limitTokens: 500, remainingTokens: 400 },
  ],
  ['OpenRouter and Hugging Face', { 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0' }, { limitRequests: 1, remainingRequests: 0 }],
])('reads the headers of %s', (_name, headers, wanted) => {
  expect(of(headers)).toEqual(wanted);
});

test('reads the headers of Anthropic, input tokens where there is no sum', () => {
  const requests = { 'anthropic-ratelimit-requests-limit': '4000', 'anthropic-ratelimit-requests-remaining': '3999' };
  const input = { 'anthropic-ratelimit-input-tokens-limit': '100', 'anthropic-ratelimit-input-tokens-remaining': '90' };
  expect(of({ ...requests, ...input }, true)).toEqual({ limitRequests: 4000, remainingRequests: 3999, limitTokens: 100, remainingTokens: 90 });
  expect(of({ ...input, 'anthropic-ratelimit-tokens-limit': '150', 'anthropic-ratelimit-tokens-remaining': '140' }, true)).toEqual({
    limitTokens: 150,
    remainingTokens: 140,
  });
  expect(of(requests)).toEqual({ limitRequests: 4000, remainingRequests: 3999 });
});

test('gives nothing where no header says a number', () => {
  expect(of({})).toBeUndefined();
  expect(of({ 'x-ratelimit-remaining-requests': 'many', 'x-ratelimit-limit-tokens': '' })).toBeUndefined();
});
