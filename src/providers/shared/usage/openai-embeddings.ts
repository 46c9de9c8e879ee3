import type { Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { providerCostOf } from './provider-cost.ts';
import { Tally } from './tally.ts';

/**
 * Converts `usage` of an embeddings response in the OpenAI format: input only.
 * @source openai 7.55 `CreateEmbeddingResponse.Usage`
 */
export const openaiEmbeddingsUsage = (usage: Json, _provider: string): Usage => {
  const tally = new Tally();
  return tally.usage({ input: tally.first(usage['prompt_tokens'], usage['input_tokens'], usage['total_tokens']) }, { providerCost: providerCostOf(usage) });
};
