import type { RateLimitHeadroom } from '../../call/outcome.ts';
import { defined } from './json.ts';

/** Gives a response header by its lower-case name. */
export type HeaderGet = (name: string) => string | null | undefined;

interface Family {
  readonly limitRequests: readonly string[];
  readonly remainingRequests: readonly string[];
  readonly limitTokens: readonly string[];
  readonly remainingTokens: readonly string[];
}

/**
 * The families of headers, each with the names that mean the same, best first.
 * @source OpenAI, Groq, xAI, Azure: platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
 * @source Anthropic: platform.claude.com/docs/en/api/rate-limits#response-headers
 * @source Mistral and Cerebras add the window to the name; seen in recorded responses, 2026-08
 */
const OPENAI: Family = {
  limitRequests: ['x-ratelimit-limit-requests'],
  remainingRequests: ['x-ratelimit-remaining-requests'],
  limitTokens: ['x-ratelimit-limit-tokens'],
  remainingTokens: ['x-ratelimit-remaining-tokens'],
};
const ANTHROPIC: Family = {
  limitRequests: ['anthropic-ratelimit-requests-limit'],
  remainingRequests: ['anthropic-ratelimit-requests-remaining'],
  limitTokens: ['anthropic-ratelimit-tokens-limit', 'anthropic-ratelimit-input-tokens-limit'],
  remainingTokens: ['anthropic-ratelimit-tokens-remaining', 'anthropic-ratelimit-input-tokens-remaining'],
};
const OTHERS: Family = {
  limitRequests: ['x-ratelimit-limit-req-minute', 'x-ratelimit-limit-requests-day', 'x-ratelimit-limit', 'ratelimit-limit'],
  remainingRequests: ['x-ratelimit-remaining-req-minute', 'x-ratelimit-remaining-requests-day', 'x-ratelimit-remaining', 'ratelimit-remaining'],
  limitTokens: ['x-ratelimit-limit-tokens-minute'],
  remainingTokens: ['x-ratelimit-remaining-tokens-minute'],
};

const numberIn = (get: HeaderGet, names: readonly string[]): number | undefined => {
  for (const name of names) {
    const text = get(name);
    const value = text === null || text === undefined || text === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value)) return value;
  }
  return undefined;
};

const read = (get: HeaderGet, family: Family): RateLimitHeadroom | undefined => {
  const found = {
    limitRequests: numberIn(get, family.limitRequests),
    remainingRequests: numberIn(get, family.remainingRequests),
    limitTokens: numberIn(get, family.limitTokens),
    remainingTokens: numberIn(get, family.remainingTokens),
  };
  const headroom = defined<RateLimitHeadroom>(found);
  return Object.keys(headroom).length > 0 ? headroom : undefined;
};

/** Reads what is left of a provider's rate limits; the first family of headers that says anything counts. `undefined` where none does. */
export const headroomOf = (get: HeaderGet, anthropicFirst: boolean): RateLimitHeadroom | undefined =>
  anthropicFirst ? (read(get, ANTHROPIC) ?? read(get, OPENAI)) : (read(get, OPENAI) ?? read(get, OTHERS) ?? read(get, ANTHROPIC));
