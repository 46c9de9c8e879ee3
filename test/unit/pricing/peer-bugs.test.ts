import { describe, expect, test } from 'vitest';
import type { PriceContext } from '../../../src/call/cost.ts';
import { regionOfHost } from '../../../src/call/region-of-host.ts';
import { picoUsd } from '../../../src/call/units.ts';
import { createPricer } from '../../../src/pricing/pricer.ts';
import { readRawUsage } from '../../../src/cli/pricing/raw-usage.ts';
import { ask, at, priced, usageOf, usd } from './ask.ts';

const pricer = createPricer();

/** Prices a provider's raw usage, as it came off the wire. */
const raw = (provider: string, model: string, usage: unknown, context: PriceContext = {}): string => {
  const read = readRawUsage(usage, { provider, model, api: undefined, operation: undefined });
  return usd(pricer.price({ ...ask(provider, model, {}), usage: read.usage, context }));
};

describe('cached tokens are billed once, whether a provider counts them inside its input or beside it', () => {
  test('LiteLLM #9812, #6215, #14849: Anthropic counts cached tokens beside the input; the console showed $0.05439', () => {
    const usage = { input_tokens: 3, cache_creation_input_tokens: 12_304, cache_read_input_tokens: 0, output_tokens: 550 };
    expect(raw('anthropic', 'claude-3-7-sonnet-20250219', usage)).toBe('0.054399');
  });

  test('LiteLLM #19772, langfuse #12306, Aider #5516: OpenAI counts them inside, so they are taken out of the input', () => {
    const usage = { prompt_tokens: 100_000, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 90_000 } };
    expect(raw('openai', 'gpt-5', usage)).toBe('0.02375');
  });

  test('LiteLLM #40016, openllmetry #3949: written tokens are inside the input of OpenAI too', () => {
    const usage = { input_tokens: 20_000, output_tokens: 0, input_tokens_details: { cached_tokens: 0, cache_write_tokens: 15_000 } };
    expect(raw('openai', 'gpt-6-sol', usage)).toBe('0.0475');
  });

  test('codex-observability-plugin #22: cached tokens are not free on a provider that uses another key for them', () => {
    expect(raw('deepseek', 'deepseek-flash', { prompt_tokens: 10_000, completion_tokens: 0, prompt_cache_hit_tokens: 8000 })).toBe('0.000324');
    expect(raw('together', 'openai/gpt-oss-120b', { prompt_tokens: 1_000_000, completion_tokens: 0, cached_tokens: 1_000_000 })).not.toBe('0');
  });

  test('more cached than input tokens never gives a negative cost', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 161 } };
    expect(raw('azure.ai.inference', 'grok-4-fast-reasoning', usage)).toBe('0.00001055');
  });
});

describe('streams are billed by their last word', () => {
  test('envoy ai-gateway #2279, one-api-pro #13, anthropic-sdk-csharp #74: message_delta is cumulative and is not added', () => {
    const events = [
      { type: 'message_start', usage: { input_tokens: 27, output_tokens: 1 } },
      { type: 'message_delta', usage: { input_tokens: 27, output_tokens: 47 } },
    ];
    expect(raw('anthropic', 'claude-sonnet-4-5-20250929', { events })).toBe('0.000786');
  });

  test('bifrost #5355: a host that counts cached tokens in message_start and splits them in message_delta is believed the second time', () => {
    const events = [
      { type: 'message_start', usage: { input_tokens: 10_000, output_tokens: 1 } },
      { type: 'message_delta', usage: { input_tokens: 1000, cache_read_input_tokens: 9000, output_tokens: 100 } },
    ];
    expect(raw('anthropic', 'claude-sonnet-4-5-20250929', { events })).toBe('0.0072');
  });

  test('LiteLLM #37924, #40950: a cost of 0 beside tokens is not believed, and budgets see what was spent', () => {
    const cost = pricer.price({
      ...ask('openrouter', 'anthropic/claude-sonnet-4.5', {}),
      usage: usageOf({ input: 1000, output: 100 }, { providerCost: { amount: picoUsd(0n), field: 'usage.cost' } }),
    });
    expect(cost).toMatchObject({ source: 'local' });
    expect(usd(cost)).toBe('0.0045');
  });

  test('ferro ai-gateway #281, grob #345: a stream without usage is missing, not free', () => {
    expect(pricer.price({ ...ask('openai', 'gpt-5', {}), usage: undefined })).toMatchObject({ kind: 'unpriced', reason: 'usage_missing' });
    expect(pricer.price(ask('openai', 'gpt-5', {}))).toMatchObject({ kind: 'unpriced', reason: 'usage_missing' });
  });
});

describe('thoughts are output', () => {
  test('deepeval #2943, crewAI #5699, braintrust-proxy #920, rill #9888: Gemini leaves thoughts out of its candidates; they are charged', () => {
    const usage = { promptTokenCount: 100, candidatesTokenCount: 50, thoughtsTokenCount: 1500, totalTokenCount: 1650 };
    expect(raw('gcp.gemini', 'gemini-2.5-pro', usage)).toBe('0.015625');
  });

  test('Anthropic and OpenAI count them inside the output; they are not charged twice', () => {
    expect(raw('anthropic', 'claude-opus-5', { input_tokens: 100, output_tokens: 2000, output_tokens_details: { thinking_tokens: 1500 } })).toBe('0.0505');
    expect(raw('openai', 'gpt-5', { prompt_tokens: 0, completion_tokens: 300, completion_tokens_details: { reasoning_tokens: 192 } })).toBe('0.003');
  });
});

describe('the tier that served a call prices it', () => {
  const tokens = { input: 1000, output: 100 };
  const inTier = (context: PriceContext): string => usd(pricer.price(ask('openai', 'gpt-5', tokens, { context })));

  test('LiteLLM #13810: flex is half', () => expect(inTier({ servedTier: 'flex' })).toBe('0.001125'));
  test('LiteLLM #31837: priority asked for and default served is the default price, and the mismatch is told', () => {
    const cost = priced(pricer.price(ask('openai', 'gpt-5', tokens, { context: { requestedTier: 'priority', servedTier: 'default' } })));
    expect(usd(cost)).toBe('0.00225');
    expect(cost.tierMismatch).toEqual({ requested: 'priority', served: 'default' });
  });
  test('OpenAI renamed priority to fast: both are the same tier and no mismatch', () => {
    const cost = priced(pricer.price(ask('openai', 'gpt-5', tokens, { context: { requestedTier: 'fast', servedTier: 'priority' } })));
    expect(usd(cost)).toBe('0.0045');
    expect(cost.tierMismatch).toBeUndefined();
  });
  test('a tier without a price is named and the call is only partly priced', () => {
    const cost = priced(pricer.price(ask('openai', 'gpt-5', tokens, { context: { servedTier: 'scale' } })));
    expect(cost).toMatchObject({ confidence: 'partial', unpriced: ['serviceTier:scale'] });
  });
  test('Helicone #5765, #5766, LiteLLM #15055: beyond the threshold cached reads and writes of both lives are at the long price too', () => {
    const cost = pricer.price(ask('anthropic', 'claude-sonnet-4-5-20250929', { cacheRead: 200_000, cacheWrite5m: 1000, cacheWrite1h: 1000 }));
    expect(usd(cost)).toBe('0.1395');
  });
  test('tokscale #862: the whole request moves, not the part beyond the threshold', () => {
    expect(usd(pricer.price(ask('gcp.gemini', 'gemini-2.5-pro', { input: 200_001 })))).toBe('0.5000025');
    expect(usd(pricer.price(ask('gcp.gemini', 'gemini-2.5-pro', { input: 200_000 })))).toBe('0.25');
  });
  test('tier and threshold and place multiply', () => {
    const cost = pricer.price(ask('openai', 'gpt-5.6-sol', { input: 300_000 }, { context: { servedTier: 'flex', geo: 'eu' } }));
    expect(usd(cost)).toBe('1.32');
  });
});

describe('unknown is never zero', () => {
  const unknowns = [
    ['openai', 'gpt-99-ultra'],
    ['anthropic', 'claude-sonnet-5-9'],
    ['anthropic', 'claude-haiku-6'],
    ['gcp.gemini', 'gemini-4.0-flash'],
    ['aws.bedrock', 'us.anthropic.claude-opus-4-9'],
    ['azure.ai.openai', 'my-prod-deployment'],
    ['mistral_ai', 'mistral-large-2712'],
  ] as const;

  test.each(unknowns)('LiteLLM #35913, claudit 1.9.1, agent-telemetry 1.6.4: %s %s has no price, not the one of a similar name', (provider, model) => {
    expect(pricer.price(ask(provider, model, { input: 1000, output: 1000 }))).toMatchObject({ kind: 'unpriced', reason: 'unknown_model' });
  });

  test('genai-prices 0.1.8: a new model is not priced by the prefix of an old one', () => {
    const before = pricer.price(ask('anthropic', 'claude-sonnet-5-5', { cacheRead: 100_000 }, { at: at('2026-10-06T23:59:59Z') }));
    const after = pricer.price(ask('anthropic', 'claude-sonnet-5-5', { cacheRead: 100_000 }, { at: at('2026-10-07T00:00:00Z') }));
    expect([usd(before), usd(after)]).toEqual(['0.02', '0.01']);
  });

  test('genai-prices 0.1.8: what has no price of its own is left out by name and not charged as something else', () => {
    const cost = priced(pricer.price(ask('openai', 'gpt-4o', { input: 200, audioInput: 800, output: 100 })));
    expect(cost).toMatchObject({ confidence: 'partial', unpriced: ['audioInput'] });
    expect(usd(cost)).toBe('0.0015');
  });

  test('when nothing of it has a price, there is none', () => {
    expect(pricer.price(ask('openai', 'whisper-1', { audioInput: 100 }))).toMatchObject({
      kind: 'unpriced',
      reason: 'unpriced_dimension',
      unpriced: ['audioInput'],
    });
  });

  test('a local model is not priced by its name', () => {
    const local = { context: { baseUrl: 'http://localhost:11434/v1' } };
    expect(pricer.price(ask('unknown', 'gpt-oss:20b', { input: 1000 }, local))).toMatchObject({ reason: 'unknown_provider' });
    expect(pricer.price(ask('openai', 'gpt-oss-20b', { input: 1000 }, local))).toMatchObject({ reason: 'private_host' });
    expect(pricer.price(ask('ollama', 'llama3', { input: 1000 }))).toMatchObject({ reason: 'unknown_provider' });
  });
});

const flash = (iso: string): string => usd(pricer.price(ask('deepseek', 'deepseek-v4-flash', { input: 1_000_000 }, { at: at(iso) })));
const argon = (iso: string): string => usd(pricer.price(ask('gcp.gemini', 'gemini-4-argon', { input: 1_000_000 }, { at: at(iso) })));
const luna = (iso: string): string => usd(pricer.price(ask('azure.ai.openai', 'gpt-5.6-luna', { input: 250_000 }, { at: at(iso) })));

describe('prices hold when they hold', () => {
  test('genai-prices 0.1.8: hours, weekdays and dates must hold together', () => {
    expect(flash('2026-08-01T02:00:00Z')).toBe('0.14');
    expect(flash('2026-08-16T15:59:59Z')).toBe('0.14');
    expect(flash('2026-08-16T16:00:00Z')).toBe('0.22');
    expect(flash('2026-11-20T02:00:00Z')).toBe('0.44');
    expect(flash('2026-11-20T04:00:00Z')).toBe('0.22');
    expect(flash('2026-11-22T02:00:00Z')).toBe('0.22');
  });

  test('LiteLLM #36192: Azure followed the cut of OpenAI nine weeks later', () => {
    expect([luna('2026-08-15T00:00:00Z'), luna('2026-10-04T00:00:00Z')]).toEqual(['0.25', '0.05']);
  });

  test('usage-tab 1.2.0: a cancelled rise of Sonnet 5 does not happen, and a scheduled one of Gemini does', () => {
    expect(usd(pricer.price(ask('anthropic', 'claude-sonnet-5', { input: 1_000_000 }, { at: at('2026-09-02T00:00:00Z') })))).toBe('2');
    expect(usd(pricer.price(ask('gcp.gemini', 'gemini-3.8-flash', { input: 100_000 }, { at: at('2027-01-01T00:00:00Z') })))).toBe('0.15');
  });

  test('a scheduled price of Gemini 4 begins with its day', () => {
    expect([argon('2026-11-30T23:59:59Z'), argon('2026-12-01T00:00:00Z')]).toEqual(['2', '4']);
  });

  test('a long-context price that nobody has read is unknown, and not the one of a short prompt', () => {
    expect(pricer.price(ask('openai', 'gpt-6.2-astra', { input: 272_001 }))).toMatchObject({
      kind: 'unpriced',
      reason: 'unpriced_dimension',
      unpriced: ['input'],
    });
    expect(usd(pricer.price(ask('openai', 'gpt-6.2-astra', { input: 100_000, cacheRead: 100_000 })))).toBe('0.84');
  });

  test('OpenAI: exactly 272,000 tokens are still a short context on GPT-6', () => {
    expect(usd(pricer.price(ask('openai', 'gpt-6-sol', { input: 272_000 })))).toBe('0.544');
    expect(usd(pricer.price(ask('openai', 'gpt-6-sol', { input: 272_001 })))).toBe('1.088004');
  });
});

describe('places and hosts', () => {
  test('models.dev, langfuse: regional Bedrock profiles are dearer than global ones, also for one-hour writes', () => {
    expect(usd(pricer.price(ask('aws.bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', { cacheWrite1h: 1000 })))).toBe('0.0066');
    expect(usd(pricer.price(ask('aws.bedrock', 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', { cacheWrite1h: 1000 })))).toBe('0.006');
  });
  test('inference in the US costs a tenth more at Anthropic, on the models that have it', () => {
    expect(usd(pricer.price(ask('anthropic', 'claude-opus-4-8', { input: 1_000_000 }, { context: { geo: 'us' } })))).toBe('5.5');
    expect(usd(pricer.price(ask('anthropic', 'claude-opus-4-5', { input: 1_000_000 }, { context: { geo: 'us' } })))).toBe('5');
  });
  test('a European address of OpenAI is a place with its price', () => {
    expect(usd(pricer.price(ask('openai', 'gpt-5.4', { input: 100_000 }, { context: { baseUrl: 'https://eu.api.openai.com/v1' } })))).toBe('0.275');
  });
  test('an address tells the provider when the SDK does not', () => {
    const cost = priced(pricer.price(ask('openai', 'anthropic/claude-sonnet-4.5', { input: 1000 }, { context: { baseUrl: 'https://openrouter.ai/api/v1' } })));
    expect(cost.matchedModel).toBe('anthropic/claude-sonnet-4.5');
  });
  test('a regional endpoint of Vertex AI costs a tenth more for Claude', () => {
    expect(usd(pricer.price(ask('gcp.vertex_ai', 'claude-sonnet-4-5@20250929', { input: 1000 }, { context: { region: 'europe-west1' } })))).toBe('0.0033');
    expect(usd(pricer.price(ask('gcp.vertex_ai', 'claude-sonnet-4-5@20250929', { input: 1000 }, { context: { region: 'global' } })))).toBe('0.003');
    const dear = ['claude-haiku-4-5@20251001', 'claude-opus-4-5@20251101', 'claude-sonnet-5', 'claude-sonnet-5-5', 'claude-haiku-5-5'].map((model) =>
      priced(pricer.price(ask('gcp.vertex_ai', model, { input: 1000, output: 1000 }, { context: { region: 'us-east5' } }))),
    );
    expect(dear.map((cost) => [usd(cost), cost.confidence])).toEqual([
      ['0.0066', 'exact'],
      ['0.033', 'exact'],
      ['0.0132', 'exact'],
      ['0.0132', 'exact'],
      ['0.00066', 'exact'],
    ]);
  });

  test('the endpoints of Vertex AI for all of a continent are no global ones', () => {
    const hosts = ['us-east5-aiplatform.googleapis.com', 'aiplatform.eu.rep.googleapis.com', 'aiplatform.us.rep.googleapis.com', 'aiplatform.googleapis.com'];
    expect(hosts.map(regionOfHost)).toEqual(['us-east5', 'eu', 'us', undefined]);
  });
});

describe('passes of one call are priced by the model that ran each', () => {
  test('an advisor of another model has its own price', () => {
    const passes = [
      { model: 'claude-sonnet-5', buckets: usageOf({ input: 1000, output: 100 }).buckets },
      { model: 'claude-opus-5', buckets: usageOf({ input: 1000, output: 100 }).buckets },
    ];
    const cost = priced(pricer.price({ ...ask('anthropic', 'claude-sonnet-5', {}), usage: usageOf({ input: 2000, output: 200 }, { passes }) }));
    expect(usd(cost)).toBe('0.0105');
    expect(cost.lines.map(({ item, quantity }) => [item, quantity])).toEqual([
      ['input', 2000],
      ['output', 200],
    ]);
  });
  test('a pass of an unknown model is named, and the others are priced', () => {
    const passes = [
      { model: 'claude-unheard-of', buckets: usageOf({ input: 1000 }).buckets },
      { model: undefined, buckets: usageOf({ input: 1000 }).buckets },
    ];
    const cost = priced(pricer.price({ ...ask('anthropic', 'claude-sonnet-5', {}), usage: usageOf({ input: 2000 }, { passes }) }));
    expect(cost).toMatchObject({ confidence: 'partial', unpriced: ['model:claude-unheard-of'] });
    expect(usd(cost)).toBe('0.002');
  });

  test('what many short prompts used together is priced as short prompts', () => {
    const passes = [{ model: 'gpt-6-sol', buckets: usageOf({ input: 900_000 }).buckets, longestPrompt: 90_000 }];
    const cost = priced(pricer.price({ ...ask('openai', 'gpt-6-sol', {}), usage: usageOf({ input: 900_000 }, { passes }) }));
    expect(usd(cost)).toBe('1.8');
    expect(cost.longContextHeadroom).toBeUndefined();
  });
});
