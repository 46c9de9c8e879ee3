/**
 * The region in the host name of a cloud's endpoint, such as `bedrock-runtime.eu-central-1.amazonaws.com`, `us-east5-aiplatform.googleapis.com` or, for all
 * of a continent, `aiplatform.eu.rep.googleapis.com`.
 */
const REGION = /^bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.|^([a-z]+-[a-z]+\d+)-aiplatform\.|^aiplatform\.([a-z]+)\.rep\./;

/** Gives the cloud region that a host name says; `undefined` for a global endpoint and for hosts of others. */
export const regionOfHost = (host: string | undefined): string | undefined => {
  const found = host === undefined ? null : REGION.exec(host);
  return found?.[1] ?? found?.[2] ?? found?.[3];
};
