import type { PriceTable } from '../table/price-table.ts';

/**
 * Names under which calls reach us, by the table's id of the provider.
 * @source semantic-conventions-genai, registry `gen_ai.provider.name`, 2026-11; and the ids of @pydantic/genai-prices 0.1.8
 */
const IDS: Readonly<Record<string, string>> = {
  'aws.bedrock': 'aws',
  bedrock: 'aws',
  'azure.ai.openai': 'azure',
  'azure.ai.inference': 'azure',
  az: 'azure',
  'azure.openai': 'azure',
  gcp: 'google',
  'gcp.gemini': 'google',
  'gcp.vertex_ai': 'google',
  'gcp.gen_ai': 'google',
  gemini: 'google',
  vertex_ai: 'google',
  mistral_ai: 'mistral',
  mistralai: 'mistral',
  x_ai: 'x-ai',
  xai: 'x-ai',
  together_ai: 'together',
  'together-ai': 'together',
  fireworks_ai: 'fireworks',
  moonshot_ai: 'moonshotai',
  moonshot: 'moonshotai',
  github_copilot: 'github-copilot',
  voyage: 'voyageai',
  voyage_ai: 'voyageai',
  z_ai: 'zai',
};

/** Whether an address is on this host or in a private network, where no list price holds for a model of that name. */
export const isPrivateAddress = (baseUrl: string): boolean =>
  /^(?:https?:\/\/)?(?:localhost|127\.|0\.0\.0\.0|\[::1\]|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|host\.docker\.internal|[^/:]+\.(?:local|internal|localhost))(?=[:/.\d]|$)/i.test(
    baseUrl,
  );

/** Gives the table's id of the provider: by its address when that is known, else by its name; `undefined` when neither says. */
export const providerId = (table: PriceTable, name: string, baseUrl: string | undefined): string | undefined => {
  const lower = name.trim().toLowerCase();
  const named = table.providers[lower] === undefined ? IDS[lower] : lower;
  if (baseUrl === undefined) return named;
  const own = named === undefined ? undefined : table.providers[named];
  if (own !== undefined && new RegExp(`^(?:${own.hosts})`).test(baseUrl)) return named;
  const found = Object.entries(table.providers).find(([, provider]) => new RegExp(`^(?:${provider.hosts})`).test(baseUrl));
  return found?.[0] ?? named;
};
