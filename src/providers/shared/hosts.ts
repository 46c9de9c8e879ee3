import type { Dialect } from '../../call/call.ts';

/** An owner's own naming of a host or proxy. */
export interface HostRule {
  /** A host name, `*.` and a suffix, or either with `:port`. */
  readonly host: string;
  /** The beginning of the path, where one host serves several providers. */
  readonly pathPrefix?: string;
  /** `gen_ai.provider.name` for calls to it. */
  readonly provider: string;
}

/** Where a call goes. */
interface HostPlace {
  readonly hostname: string;
  readonly port: string | number | undefined;
  readonly pathname: string;
}

/**
 * Providers by host; a name stands for itself and everything below it.
 * @source names: semantic-conventions-genai, registry `gen_ai.provider.name`, 2026-11; the rest are ours, stable and short
 */
const HOSTS: ReadonlyMap<string, string> = new Map([
  ['api.openai.com', 'openai'],
  ['openai.com', 'openai'],
  ['chatgpt.com', 'openai'],
  ['openai.azure.com', 'azure.ai.openai'],
  ['openai.azure.us', 'azure.ai.openai'],
  ['cognitiveservices.azure.com', 'azure.ai.openai'],
  ['cognitiveservices.azure.us', 'azure.ai.openai'],
  ['services.ai.azure.com', 'azure.ai.inference'],
  ['models.ai.azure.com', 'azure.ai.inference'],
  ['inference.ml.azure.com', 'azure.ai.inference'],
  ['models.inference.ai.azure.com', 'github'],
  ['models.github.ai', 'github'],
  ['githubcopilot.com', 'github_copilot'],
  ['anthropic.com', 'anthropic'],
  ['claude.ai', 'anthropic'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['groq.com', 'groq'],
  ['openrouter.ai', 'openrouter'],
  ['deepseek.com', 'deepseek'],
  ['mistral.ai', 'mistral_ai'],
  ['x.ai', 'x_ai'],
  ['perplexity.ai', 'perplexity'],
  ['together.xyz', 'together'],
  ['together.ai', 'together'],
  ['fireworks.ai', 'fireworks'],
  ['cerebras.ai', 'cerebras'],
  ['cohere.com', 'cohere'],
  ['cohere.ai', 'cohere'],
  ['moonshot.ai', 'moonshot_ai'],
  ['moonshot.cn', 'moonshot_ai'],
  ['ml.cloud.ibm.com', 'ibm.watsonx.ai'],
  ['ollama.com', 'ollama'],
  ['huggingface.co', 'huggingface'],
  ['huggingface.cloud', 'huggingface'],
  ['z.ai', 'z_ai'],
  ['bigmodel.cn', 'z_ai'],
  ['dashscope.aliyuncs.com', 'alibaba'],
  ['dashscope-intl.aliyuncs.com', 'alibaba'],
  ['dashscope-us.aliyuncs.com', 'alibaba'],
  ['volces.com', 'volcengine'],
  ['minimax.io', 'minimax'],
  ['minimaxi.com', 'minimax'],
  ['venice.ai', 'venice'],
  ['doubleword.ai', 'doubleword'],
  ['snowflakecomputing.com', 'snowflake'],
  ['databricks.com', 'databricks'],
  ['azuredatabricks.net', 'databricks'],
  ['api.nvidia.com', 'nvidia'],
  ['deepinfra.com', 'deepinfra'],
  ['api.novita.ai', 'novita'],
  ['studio.nebius.com', 'nebius'],
  ['studio.nebius.ai', 'nebius'],
  ['tokenfactory.nebius.com', 'nebius'],
  ['hyperbolic.xyz', 'hyperbolic'],
  ['sambanova.ai', 'sambanova'],
  ['baseten.co', 'baseten'],
  ['replicate.com', 'replicate'],
  ['ai21.com', 'ai21'],
  ['writer.com', 'writer'],
  ['voyageai.com', 'voyage'],
  ['jina.ai', 'jina'],
  ['ai-gateway.vercel.sh', 'vercel'],
  ['gateway.ai.cloudflare.com', 'cloudflare'],
  ['api.portkey.ai', 'portkey'],
  ['helicone.ai', 'helicone'],
  ['requesty.ai', 'requesty'],
  ['ovh.net', 'ovhcloud'],
  ['scaleway.ai', 'scaleway'],
  ['upstage.ai', 'upstage'],
  ['reka.ai', 'reka'],
  ['inceptionlabs.ai', 'inception'],
  ['morphllm.com', 'morph'],
]);

const byDomain = (hostname: string): string | undefined => {
  let rest = hostname;
  for (;;) {
    const name = HOSTS.get(rest);
    if (name !== undefined) return name;
    const dot = rest.indexOf('.');
    if (dot < 0) return undefined;
    rest = rest.slice(dot + 1);
  }
};

// Vertex AI puts its region before the name, Bedrock between name and domain.
const byShape = (hostname: string): string | undefined => {
  if (hostname.endsWith('.googleapis.com'))
    return hostname.endsWith('-aiplatform.googleapis.com') || hostname.startsWith('aiplatform.') ? 'gcp.vertex_ai' : undefined;
  const isAws =
    hostname.startsWith('bedrock') && (hostname.endsWith('.amazonaws.com') || hostname.endsWith('.api.aws') || hostname.endsWith('.amazonaws.com.cn'));
  // Claude Platform on AWS, which Anthropic runs and bills at its own prices.
  if (hostname.startsWith('aws-external-anthropic.') && hostname.endsWith('.api.aws')) return 'anthropic';
  if (isAws || (hostname.startsWith('vpce-') && hostname.includes('.bedrock'))) return 'aws.bedrock';
  return undefined;
};

const isLocal = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.startsWith('127.') ||
  hostname === '[::1]' ||
  hostname === '::1' ||
  hostname === '0.0.0.0' ||
  hostname === 'host.docker.internal';

/** Says whether a lower-case host name belongs to a known model provider; under 1 µs, for the wire tap's first look at every request. */
export const isKnownHost = (hostname: string): boolean => byDomain(hostname) !== undefined || byShape(hostname) !== undefined;

const matches = (rule: HostRule, hostname: string, port: string, pathname: string): boolean => {
  const wanted = rule.host.toLowerCase();
  const name = wanted.endsWith(`:${port}`) && port !== '' ? wanted.slice(0, -port.length - 1) : wanted;
  const hit = name.startsWith('*.') ? hostname.endsWith(name.slice(1)) : hostname === name;
  return hit && (rule.pathPrefix === undefined || pathname.startsWith(rule.pathPrefix));
};

const byPort = (hostname: string, port: string): string | undefined => {
  if (port === '11434') return 'ollama';
  const own = isLocal(hostname) || !hostname.includes('.');
  if (!own) return undefined;
  if (port === '1234') return 'lm_studio';
  return port === '8000' ? 'vllm' : undefined;
};

// One Azure resource serves OpenAI's interface under /openai and every other model beside it.
const onAzure = (name: string, pathname: string): string => (name === 'azure.ai.inference' && pathname.includes('/openai/') ? 'azure.ai.openai' : name);

/**
 * Names the provider of a call: the owner's rules first, then the convention's value or a stable short name for a known host, then well-known
 * ports of local servers, else the host's own name. A host is never called `openai` because it speaks that dialect.
 */
export const providerOf = (url: HostPlace, _dialect: Dialect, custom: readonly HostRule[] = []): string => {
  const hostname = url.hostname.toLowerCase();
  const port = url.port === undefined ? '' : String(url.port);
  for (const rule of custom) if (matches(rule, hostname, port, url.pathname)) return rule.provider;
  const known = byDomain(hostname) ?? byShape(hostname);
  if (known !== undefined) return onAzure(known, url.pathname);
  return byPort(hostname, port) ?? (hostname === '' ? 'unknown' : hostname);
};
