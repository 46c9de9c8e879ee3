import type { PerCallFees, Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { list, obj } from '../json.ts';
import { modalitiesOf } from './gemini.ts';
import { feesOf, Tally, within } from './tally.ts';

// What is looked up in files that the app gave, or in a store of its own, is not charged like a search of the web or of the map.
const groundingFees = (tally: Tally, counts: unknown): PerCallFees | undefined => {
  let [grounding, fileSearch] = [0, 0];
  for (const one of list(counts)) {
    const { type, count } = obj(one) ?? {};
    if (type === 'retrieval') fileSearch += tally.count(count);
    else grounding += tally.count(count);
  }
  return feesOf({ grounding, fileSearch });
};

/**
 * Converts `usage` of a Gemini interaction. Input includes cached tokens; output comes without thoughts, input without tool-use tokens.
 * @source ai.google.dev/api/interactions-api `Usage`, 2026; total = input + output + thoughts + tool use in all 12 recorded ones
 */
export const geminiInteractionsUsage = (usage: Json): Usage => {
  const tally = new Tally();
  const stated = tally.count(usage['total_input_tokens']);
  const tool = tally.count(usage['total_tool_use_tokens']);
  const cached = tally.count(usage['total_cached_tokens']);
  const uncached = tally.rest(stated, cached, 'cached_exceeds_input') + tool;
  if (cached > stated) tally.state({ input: stated + tool });
  const asked = modalitiesOf(tally, usage['input_tokens_by_modality'], 'tokens');
  const hit = modalitiesOf(tally, usage['cached_tokens_by_modality'], 'tokens');
  const made = modalitiesOf(tally, usage['output_tokens_by_modality'], 'tokens');
  const audioCacheRead = within(hit.audio, cached);
  const imageCacheRead = within(hit.image, cached - audioCacheRead);
  const audioInput = within(Math.max(0, asked.audio - audioCacheRead), uncached);
  const imageInput = within(Math.max(0, asked.image - imageCacheRead), uncached - audioInput);
  const said = tally.count(usage['total_output_tokens']);
  const reasoning = tally.first(usage['total_thought_tokens'], usage['total_reasoning_tokens']);
  const output = tally.apart(said, reasoning, usage['total_tokens'], stated + tool + said);
  const audioOutput = within(made.audio, output);
  const imageOutput = within(made.image, output - audioOutput);
  tally.total(usage['total_tokens'], stated + tool + output + reasoning);
  return tally.usage(
    {
      input: uncached - audioInput - imageInput,
      cacheRead: cached - audioCacheRead - imageCacheRead,
      audioInput,
      audioCacheRead,
      imageInput,
      imageCacheRead,
      output: output - audioOutput - imageOutput,
      reasoning,
      audioOutput,
      imageOutput,
    },
    { fees: groundingFees(tally, usage['grounding_tool_count']) },
  );
};
