/** Who sent a request: the npm name and version of a client, or `wire`. */
export interface Source {
  readonly name: string;
  readonly version: string | undefined;
}

/**
 * Clients by how their user agent begins, the more special ones first.
 * @source user agents sent by openai 7.55, @anthropic-ai/sdk 1.11, @google/genai 3.1, ai 5 to 7 with @ai-sdk providers to 4, groq-sdk, cohere-ai,
 * @mistralai/mistralai, @aws-sdk 3
 */
const CLIENTS: readonly { readonly pattern: RegExp; readonly name: string }[] = [
  { pattern: /^(?:Azure|Bedrock)?OpenAI\/JS (\d[\w.-]*)/, name: 'openai' },
  { pattern: /^Anthropic(?:Bedrock|Vertex|Foundry|BedrockMantle)?\/JS (\d[\w.-]*)/, name: '@anthropic-ai/sdk' },
  { pattern: /^google-genai-sdk\/(\d[\w.-]*)/, name: '@google/genai' },
  { pattern: /^GeminiNextGenAPI(?:Client)?\/JS/, name: '@google/genai' },
  { pattern: /^Groq\/JS (\d[\w.-]*)/, name: 'groq-sdk' },
  { pattern: /^Together\/JS (\d[\w.-]*)/, name: 'together-ai' },
  { pattern: /^Cerebras\/JS (\d[\w.-]*)/, name: '@cerebras/cerebras_cloud_sdk' },
  { pattern: /^mistral-client-typescript\/(\d[\w.-]*)|^speakeasy-sdk\/typescript (\d\S*).*@mistralai\/mistralai/, name: '@mistralai/mistralai' },
  { pattern: /(?:^|\s)ai-sdk[-/]|^ai\/\d/, name: 'ai' },
  { pattern: /^aws-sdk-js\/(\d[\w.-]*)/, name: '@aws-sdk/client-bedrock-runtime' },
  { pattern: /^cohere-ai\/(\d[\w.-]*)/, name: 'cohere-ai' },
  { pattern: /^ollama-js\/(\d[\w.-]*)/, name: 'ollama' },
];

const UNKNOWN: Source = { name: 'wire', version: undefined };

/** Hosts that are asked by the `openai` package where nothing else is known of a client of its kind. */
const OPENAI_HOST = /(?:^|\.)openai\.(?:com|azure\.com)$/;

/**
 * Names an SDK whose user agent begins with the name of its class, which a bundler has made short. Other SDKs are made by the same generator: only what
 * one provider's alone sends, or asks, says which it is.
 */
const minified = (header: (name: string) => string | undefined, agent: string, hostname: string): Source | undefined => {
  const version = /^\S+\/JS (\d[\w.-]*)/.exec(agent)?.[1];
  if (version === undefined || header('x-stainless-lang') !== 'js') return undefined;
  if (header('anthropic-version') !== undefined) return { name: '@anthropic-ai/sdk', version };
  return OPENAI_HOST.test(hostname) ? { name: 'openai', version } : undefined;
};

/** Names the client by what it says of itself; low in cardinality, since only clients of the table are named. */
export const sourceOf = (header: (name: string) => string | undefined, hostname: string): Source => {
  const agent = header('user-agent') ?? '';
  for (const { pattern, name } of CLIENTS) {
    const match = pattern.exec(agent);
    if (match !== null) return { name, version: name === 'ai' ? /(?:^|\s)ai\/(\d[\w.-]*)/.exec(agent)?.[1] : (match[1] ?? match[2]) };
  }
  const google = /^genai-js\/(\d[\w.-]*)/.exec(header('x-goog-api-client') ?? '');
  if (google !== null) return { name: '@google/generative-ai', version: google[1] };
  const cohere = header('x-fern-sdk-name') === 'cohere-ai' ? header('x-fern-sdk-version') : undefined;
  if (cohere !== undefined) return { name: 'cohere-ai', version: cohere };
  return minified(header, agent, hostname) ?? UNKNOWN;
};
