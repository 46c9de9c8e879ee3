import type { Call } from '../call/call.ts';
import type { PriceContext } from '../call/cost.ts';
import type { ResponseFacts } from '../call/outcome.ts';

/** The region in the host name of a cloud's endpoint, such as `bedrock-runtime.eu-central-1.amazonaws.com` or `us-east5-aiplatform.googleapis.com`. */
const REGION = /^bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.|^([a-z]+-[a-z]+\d+)-aiplatform\./;

/** What moves the price of a call besides its tokens, as far as its request, its response and its endpoint say. */
export const priceContext = (call: Call, response: ResponseFacts): PriceContext => {
  const { request, baseUrl, serverAddress, operation } = call;
  const speed = response.speed ?? request.speed;
  const geo = response.geo ?? request.geo;
  const found = serverAddress === undefined ? null : REGION.exec(serverAddress);
  const region = found?.[1] ?? found?.[2];
  return {
    ...(response.serviceTier === undefined ? {} : { servedTier: response.serviceTier }),
    ...(request.serviceTier === undefined ? {} : { requestedTier: request.serviceTier }),
    ...(operation === 'batch' ? { batch: true } : {}),
    ...(speed === undefined ? {} : { speed }),
    ...(geo === undefined ? {} : { geo }),
    ...(region === undefined ? {} : { region }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
  };
};
