import type { Call } from '../call/call.ts';
import type { PriceContext } from '../call/cost.ts';
import type { ResponseFacts } from '../call/outcome.ts';

/** The region in the host name of a cloud's endpoint, such as `bedrock-runtime.eu-central-1.amazonaws.com` or `us-east5-aiplatform.googleapis.com`. */
const REGION = /^bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.|^([a-z]+-[a-z]+\d+)-aiplatform\./;

const regionOf = (host: string | undefined): string | undefined => {
  const found = host === undefined ? null : REGION.exec(host);
  return found?.[1] ?? found?.[2];
};

/** What moves the price of a call besides its tokens, as far as its request, its response and its endpoint say. */
export const priceContext = ({ request, baseUrl, serverAddress, operation }: Call, response: ResponseFacts): PriceContext => {
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
  const region = regionOf(serverAddress);
  if (region !== undefined) known.region = region;
  if (baseUrl !== undefined) known.baseUrl = baseUrl;
  return known;
};
