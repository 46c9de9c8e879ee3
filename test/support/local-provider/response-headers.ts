import type { Exchange, Vendor } from './exchange.ts';
import { idOf } from './exchange.ts';

const REQUEST_LIMIT = 10_000;
const TOKEN_LIMIT = 2_000_000;
const RESET = '2026-11-20T10:01:00Z';

/** The headers with which a vendor states request id and rate limits; what remains falls with every exchange and wraps. */
export const vendorHeaders = (vendor: Vendor, exchange: Exchange): Record<string, string> => {
  const requests = String(REQUEST_LIMIT - (exchange.number % REQUEST_LIMIT));
  const tokens = String(TOKEN_LIMIT - ((exchange.number * 997) % TOKEN_LIMIT));
  switch (vendor) {
    case 'openai':
      return {
        'x-request-id': idOf('req_', exchange.number),
        'openai-version': '2020-10-01',
        'openai-processing-ms': '12',
        'openai-organization': 'local',
        'x-ratelimit-limit-requests': String(REQUEST_LIMIT),
        'x-ratelimit-limit-tokens': String(TOKEN_LIMIT),
        'x-ratelimit-remaining-requests': requests,
        'x-ratelimit-remaining-tokens': tokens,
        'x-ratelimit-reset-requests': '6ms',
        'x-ratelimit-reset-tokens': '12ms',
      };
    case 'anthropic':
      return {
        'request-id': idOf('req_', exchange.number),
        'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
        'anthropic-ratelimit-requests-limit': String(REQUEST_LIMIT),
        'anthropic-ratelimit-requests-remaining': requests,
        'anthropic-ratelimit-requests-reset': RESET,
        'anthropic-ratelimit-tokens-limit': String(TOKEN_LIMIT),
        'anthropic-ratelimit-tokens-remaining': tokens,
        'anthropic-ratelimit-tokens-reset': RESET,
      };
    case 'google':
      return { 'server-timing': 'gfet4t7; dur=12', vary: 'Origin, X-Origin, Referer' };
  }
};

/** What a failure tells the client about trying again. */
export const retryHeaders = ({ script }: Exchange): Record<string, string> => ({
  ...(script.retryAfterMs === undefined
    ? {}
    : { 'retry-after-ms': String(script.retryAfterMs), 'retry-after': String(Math.ceil(script.retryAfterMs / 1_000)) }),
  ...(script.shouldRetry === undefined ? {} : { 'x-should-retry': script.shouldRetry }),
});
