import type { Call } from './call.ts';
import type { PriceContext } from './cost.ts';
import type { ResponseFacts } from './outcome.ts';
import { regionOfHost } from './region-of-host.ts';

/** What moves the price of a call besides its tokens, as far as its request, its response and its endpoint say. */
export const priceContext = ({ request, baseUrl, serverAddress, operation }: Call, response: ResponseFacts = {}): PriceContext => {
  // Absent, not undefined: a price rule may ask whether a member is there.
  const known: { -readonly [K in keyof PriceContext]: PriceContext[K] } = {};
  const { serviceTier: servedTier } = response;
  if (servedTier !== undefined) known.servedTier = servedTier;
  if (request.serviceTier !== undefined) known.requestedTier = request.serviceTier;
  if (operation === 'batch') known.batch = true;
  const speed = response.speed ?? request.speed;
  if (speed !== undefined) known.speed = speed;
  const geo = response.geo ?? request.geo;
  if (geo !== undefined) known.geo = geo;
  const region = regionOfHost(serverAddress);
  if (region !== undefined) known.region = region;
  if (baseUrl !== undefined) known.baseUrl = baseUrl;
  return known;
};
