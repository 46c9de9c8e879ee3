/** One stream of like calls in the made-up house: who calls what for whom, how often, how long and how dear. */
export interface Stream {
  readonly attributes: Readonly<Record<string, string>>;
  readonly callsPerSecond: number;
  /** Median seconds of a call and of its first chunk. */
  readonly seconds: number;
  readonly firstChunk: number;
  readonly usd: number;
  readonly input: number;
  readonly output: number;
  readonly cached: number;
}

const stream = (
  [service, team, feature, tenant]: readonly [string, string, string, string],
  [provider, model, served, address]: readonly [string, string, string, string],
  [callsPerSecond, seconds, firstChunk, usd, input, output, cached]: readonly [number, number, number, number, number, number, number],
  more: Readonly<Record<string, string>> = {},
): Stream => ({
  attributes: {
    'purser.environment': 'production',
    'purser.service': service,
    'purser.team': team,
    'purser.feature': feature,
    'purser.tenant': tenant,
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
    'gen_ai.response.model': served,
    'gen_ai.operation.name': 'chat',
    'server.address': address,
    'server.port': '443',
    'purser.stream': 'true',
    'purser.sdk': `${provider}-sdk`,
    'gen_ai.usage.cost.source': 'local',
    'gen_ai.token.modality': 'text',
    ...more,
  },
  callsPerSecond,
  seconds,
  firstChunk,
  usd,
  input,
  output,
  cached,
});

const OPENAI = (model: string, served = model) => ['openai', model, served, 'api.openai.com'] as const;
const ANTHROPIC = (model: string) => ['anthropic', model, model, 'api.anthropic.com'] as const;
const GEMINI = (model: string) => ['gcp.gemini', model, model, 'generativelanguage.googleapis.com'] as const;

export const STREAMS: readonly Stream[] = [
  stream(['support-chat', 'care', 'answer', 'acme'], ANTHROPIC('claude-sonnet-4-5'), [0.9, 6.1, 0.9, 0.011, 3200, 420, 2100]),
  stream(['support-chat', 'care', 'answer', 'globex'], ANTHROPIC('claude-sonnet-4-5'), [0.4, 5.8, 0.9, 0.012, 3400, 400, 2000]),
  stream(['support-chat', 'care', 'triage', 'acme'], ANTHROPIC('claude-haiku-4-5'), [2.1, 1.4, 0.4, 0.0011, 900, 60, 500]),
  stream(['search', 'discovery', 'rewrite', 'acme'], OPENAI('gpt-5-mini', 'gpt-5-mini-2025-08-07'), [3.2, 1.1, 0.35, 0.0006, 600, 90, 0]),
  stream(['search', 'discovery', 'summary', 'initech'], OPENAI('gpt-5', 'gpt-5-2025-08-07'), [0.5, 9.5, 1.6, 0.021, 5200, 900, 1024]),
  stream(['search', 'discovery', 'embed', 'acme'], OPENAI('text-embedding-3-large'), [5, 0.22, 0.2, 0.00005, 380, 0, 0], {
    'gen_ai.operation.name': 'embeddings',
    'purser.stream': 'false',
  }),
  stream(['reports', 'finance', 'extract', 'initech'], GEMINI('gemini-2.5-pro'), [0.25, 14, 2.1, 0.034, 18000, 1400, 9000], { 'purser.stream': 'false' }),
  stream(['reports', 'finance', 'classify', 'globex'], GEMINI('gemini-2.5-flash'), [1.3, 1.9, 0.5, 0.0009, 1500, 110, 600]),
  stream(['sandbox', 'labs', 'experiment', 'internal'], OPENAI('gpt-5', 'gpt-5-2025-08-07'), [0.06, 11, 1.8, 0.03, 6100, 1200, 0], {
    'purser.environment': 'staging',
    'gen_ai.usage.cost.source': 'provider',
  }),
];

/** A day has its hours, and nothing is even: a factor around 1 for a moment in seconds since the epoch. */
export const tide = (seconds: number, seed: number): number =>
  Math.max(
    0.15,
    1 + 0.35 * Math.sin((seconds / 86_400) * 2 * Math.PI - 2) + 0.12 * Math.sin(seconds / (411 + seed * 37)) + 0.07 * Math.sin(seconds / (97 + seed * 13)),
  );
