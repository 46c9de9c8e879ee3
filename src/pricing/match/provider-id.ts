import type { PriceTable, ProviderData } from '../table/price-table.ts';

/**
 * Names under which calls reach us, by the table's id of the provider.
 * @source semantic-conventions-genai, registry `gen_ai.provider.name`, 2026-11; and the ids of @pydantic/genai-prices 0.1.8
 */
const IDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
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
  }),
);

const PRIVATE =
  /^(?:localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1\]|10(?:\.\d+){3}|192\.168(?:\.\d+){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d+){2}|host\.docker\.internal|.+\.(?:local|internal|localhost))$/;

/** Whether an address is on this host or in a private network, where no list price holds for a model of that name. */
export const isPrivateAddress = (baseUrl: string): boolean => {
  const host = /^(?:[a-z]+:\/\/)?(\[[^\]]*\]|[^/:]+)/i.exec(baseUrl)?.[1];
  return host !== undefined && PRIVATE.test(host.toLowerCase());
};

/** Gives a provider of the table; names come from outside, so that `constructor` must not be one. */
export const providerData = (table: PriceTable, id: string | undefined): ProviderData | undefined =>
  id !== undefined && Object.hasOwn(table.providers, id) ? table.providers[id] : undefined;

const isAt = (provider: ProviderData, baseUrl: string): boolean => new RegExp(`^(?:${provider.hosts})`).test(baseUrl);

/** Gives the table's id of the provider: by its address when that is known, else by its name; `undefined` when neither says. */
export const providerId = (table: PriceTable, name: string, baseUrl: string | undefined): string | undefined => {
  const lower = name.trim().toLowerCase();
  const named = providerData(table, lower) === undefined ? IDS.get(lower) : lower;
  if (baseUrl === undefined) return named;
  const own = providerData(table, named);
  if (own !== undefined && isAt(own, baseUrl)) return named;
  return Object.entries(table.providers).find(([, provider]) => isAt(provider, baseUrl))?.[0] ?? named;
};
