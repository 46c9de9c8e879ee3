import type { Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { obj } from '../json.ts';
import { providerCostOf } from './provider-cost.ts';
import { feesOf, Tally, within } from './tally.ts';

/**
 * Converts `usage` of an image response in the OpenAI format. Output is image tokens unless the details say otherwise.
 * Without token counts the images themselves are charged, so `images` becomes a fee; with them it must not, or each would be paid twice.
 * @source openai 7.55 `ImagesResponse.Usage`
 */
export const openaiImagesUsage = (usage: Json | undefined, images: number): Usage => {
  const tally = new Tally();
  const input = tally.count(usage?.['input_tokens']);
  const output = tally.count(usage?.['output_tokens']);
  const inDetails = obj(usage?.['input_tokens_details']);
  const outDetails = obj(usage?.['output_tokens_details']);
  const cached = within(tally.count(inDetails?.['cached_tokens']), input);
  const imageInput = within(tally.count(inDetails?.['image_tokens']), input - cached);
  const textOutput = within(tally.count(outDetails?.['text_tokens']), output);
  tally.total(usage?.['total_tokens'], input + output);
  return tally.usage(
    { input: input - cached - imageInput, cacheRead: cached, imageInput, output: textOutput, imageOutput: output - textOutput },
    { fees: input + output === 0 ? feesOf({ image: images }) : undefined, providerCost: providerCostOf(usage) },
  );
};
