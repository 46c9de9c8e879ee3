import type { Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { obj } from '../json.ts';
import { gatewayCostOf } from './provider-cost.ts';
import { Tally, within } from './tally.ts';

interface Counts {
  readonly input: unknown;
  readonly cacheRead: unknown;
  readonly cacheWrite: unknown;
  readonly output: unknown;
  readonly reasoning: unknown;
}

// The specification of the AI SDK 5 has plain numbers, those of 6 and 7 objects; embeddings have one number.
const countsIn = (usage: Json): Counts => {
  const [input, output] = [obj(usage['inputTokens']), obj(usage['outputTokens'])];
  if (input === undefined && output === undefined) {
    const { inputTokens, tokens, cachedInputTokens, outputTokens, reasoningTokens } = usage;
    return { input: inputTokens ?? tokens, cacheRead: cachedInputTokens, cacheWrite: undefined, output: outputTokens, reasoning: reasoningTokens };
  }
  const { total, cacheRead, cacheWrite } = input ?? {};
  return { input: total, cacheRead, cacheWrite, output: output?.['total'], reasoning: output?.['reasoning'] };
};

/**
 * Converts the usage that the Vercel AI gateway gives in the AI SDK's own form, with the cost that stands beside it in `holder`. Input includes cached and
 * written tokens, output includes reasoning.
 * @source @ai-sdk/provider 4 `LanguageModelV4Usage`, `LanguageModelV3Usage`, `LanguageModelV2Usage`; @ai-sdk/gateway 4, `providerMetadata.gateway.cost`, 2026-11
 */
export const aiGatewayUsage = (holder: Json): Usage | undefined => {
  const usage = obj(holder['usage']);
  const providerCost = gatewayCostOf(holder);
  if (usage === undefined && providerCost === undefined) return undefined;
  const tally = new Tally();
  const counts = countsIn(usage ?? {});
  const cacheRead = tally.count(counts.cacheRead);
  const cacheWrite5m = tally.count(counts.cacheWrite);
  const input = tally.rest(tally.count(counts.input), cacheRead + cacheWrite5m, 'cached_exceeds_input');
  const output = tally.count(counts.output);
  const stated = tally.count(counts.reasoning);
  const reasoning = within(stated, output);
  tally.inside(stated, output);
  return tally.usage({ input, cacheRead, cacheWrite5m, output: output - reasoning, reasoning }, { providerCost });
};
