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
  const known: Record<string, string | boolean | undefined> = {
    servedTier: response.serviceTier,
    requestedTier: request.serviceTier,
    batch: operation === 'batch' ? true : undefined,
    speed: response.speed ?? request.speed,
    geo: response.geo ?? request.geo,
    region: regionOf(serverAddress),
    baseUrl,
  };
  // Absent, not undefined: a price rule may ask whether a member is there.
  for (const name of Object.keys(known)) if (known[name] === undefined) delete known[name];
  return known;
};
