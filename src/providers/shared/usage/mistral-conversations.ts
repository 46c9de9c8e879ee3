import type { Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { obj } from '../json.ts';
import { feesOf, Tally } from './tally.ts';

/**
 * Converts `usage` of a Mistral conversation. What connectors found is read by the model as well, and counted beside the prompt.
 * @source docs.mistral.ai/agents/connectors/websearch `usage`, 2026: the total is the sum of prompt, completion and connector tokens
 */
export const mistralConversationsUsage = (usage: Json): Usage => {
  const tally = new Tally();
  const input = tally.count(usage['prompt_tokens']) + tally.count(usage['connector_tokens']);
  const output = tally.count(usage['completion_tokens']);
  tally.total(usage['total_tokens'], input + output);
  const connectors = obj(usage['connectors']);
  const times = (...names: readonly string[]): number => names.reduce((sum, name) => sum + tally.count(connectors?.[name]), 0);
  const fees = feesOf({
    webSearch: times('web_search', 'web_search_premium'),
    codeExecution: times('code_interpreter'),
    fileSearch: times('document_library'),
    image: times('image_generation'),
  });
  return tally.usage({ input, output }, { fees });
};
