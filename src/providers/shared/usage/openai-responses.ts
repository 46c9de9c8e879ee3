import type { PerCallFees, Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { obj } from '../json.ts';
import { providerCostOf } from './provider-cost.ts';
import { feesOf, Tally, within } from './tally.ts';

// xAI counts its own tools in the usage.
const serverToolFees = (tally: Tally, details: Json): PerCallFees | undefined =>
  feesOf({
    webSearch: tally.count(details['web_search_calls']) + tally.count(details['x_search_calls']),
    codeExecution: tally.count(details['code_interpreter_calls']),
    fileSearch: tally.count(details['file_search_calls']) + tally.count(details['document_search_calls']),
  });

// OpenAI tells writes for twelve hours apart from those for half an hour; no price list says that they cost the same.
const writesOf = (tally: Tally, details: Json | undefined): { readonly cacheWrite5m: number; readonly cacheWrite1h: number } => {
  const written = tally.count(details?.['cache_write_tokens']);
  const cacheWrite1h = within(tally.count(obj(details?.['cache_write_tokens_details'])?.['ttl_12h_tokens']), written);
  return { cacheWrite5m: written - cacheWrite1h, cacheWrite1h };
};

/**
 * Converts `usage` of a response in the OpenAI Responses format. Input includes cached and written tokens, output includes reasoning,
 * also on xAI. `fees` are the tool calls that the output lists, used where the usage does not count them itself.
 * @source openai 7.57 `ResponseUsage`; total = input + output in all 539 recorded reasoning responses, 2026-08
 */
export const openaiResponsesUsage = (usage: Json, _provider: string, fees?: PerCallFees): Usage => {
  const tally = new Tally();
  const inDetails = obj(usage['input_tokens_details']);
  const outDetails = obj(usage['output_tokens_details']);
  const input = tally.count(usage['input_tokens']);
  const cacheRead = tally.first(inDetails?.['cached_tokens'], usage['cached_tokens']);
  const { cacheWrite5m, cacheWrite1h } = writesOf(tally, inDetails);
  const uncached = tally.rest(input, cacheRead + cacheWrite5m + cacheWrite1h, 'cached_exceeds_input');
  const audioInput = within(tally.count(inDetails?.['audio_tokens']), uncached);
  const imageInput = within(tally.count(inDetails?.['image_tokens']), uncached - audioInput);
  const output = tally.count(usage['output_tokens']);
  const stated = tally.count(outDetails?.['reasoning_tokens']);
  const beside = stated > 0 && usage['total_tokens'] === input + output + stated;
  if (beside) tally.flag('reasoning_added');
  const wholeOutput = beside ? output + stated : output;
  const reasoning = within(stated, wholeOutput);
  const audioOutput = within(tally.count(outDetails?.['audio_tokens']), wholeOutput - reasoning);
  const imageOutput = within(tally.count(outDetails?.['image_tokens']), wholeOutput - reasoning - audioOutput);
  tally.inside(stated, wholeOutput);
  tally.total(usage['total_tokens'], input + wholeOutput);
  const counted = obj(usage['server_side_tool_usage_details']);
  return tally.usage(
    {
      input: uncached - audioInput - imageInput,
      cacheRead,
      cacheWrite5m,
      cacheWrite1h,
      audioInput,
      imageInput,
      output: wholeOutput - reasoning - audioOutput - imageOutput,
      reasoning,
      audioOutput,
      imageOutput,
    },
    { fees: counted === undefined ? fees : serverToolFees(tally, counted), providerCost: providerCostOf(usage) },
  );
};
