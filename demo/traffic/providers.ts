import type { RecordedEntry } from '../../test/support/replay/entry.ts';

/** What a recording calls its host, and what telemetry calls the provider that answers there. */
const NAMES: Readonly<Record<string, string>> = {
  azure: 'azure.ai.openai',
  xai: 'x_ai',
  mistral: 'mistral_ai',
  zai: 'z_ai',
  'github-copilot': 'github_copilot',
  'google-openai': 'gcp.gemini',
  'ollama-cloud': 'ollama',
  'chatgpt-codex': 'openai',
};

const SAME =
  'openai anthropic gcp.gemini gcp.vertex_ai openrouter groq together deepseek perplexity cerebras huggingface snowflake venice doubleword writer llamacpp mistralrs alibaba openai-compatible open-responses';

const KNOWN = [...new Set([...Object.values(NAMES), ...SAME.split(' ')])];

/** The provider of a recorded exchange, as telemetry names it. */
export const providerOf = (entry: RecordedEntry): string => {
  if (entry.provider === 'vertex') return 'gcp.vertex_ai';
  if (entry.provider === 'google') return 'gcp.gemini';
  return NAMES[entry.vendor] ?? entry.vendor;
};

/** The option `providers.hosts` for a replay server: one path for each provider. */
export const hostNames = (host: string): string => KNOWN.map((name) => `${host}/${name}/=${name}`).join(',');
