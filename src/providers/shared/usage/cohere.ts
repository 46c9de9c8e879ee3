import type { Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { obj } from '../json.ts';
import { Tally, within } from './tally.ts';

/**
 * Converts Cohere's `usage` (v2) or `meta` (v1). Billed units win over counted tokens, as the convention asks; cached tokens are inside the input.
 * @source docs.cohere.com/reference/chat `usage.billed_units`, `usage.tokens`, `usage.cached_tokens`, 2026
 */
export const cohereUsage = (usage: Json): Usage | undefined => {
  const billed = obj(usage['billed_units']);
  const counted = obj(usage['tokens']);
  if (billed === undefined && counted === undefined) return undefined;
  const tally = new Tally();
  const images = tally.first(billed?.['image_tokens'], counted?.['image_tokens']);
  const input = tally.first(billed?.['input_tokens'], counted?.['input_tokens']);
  const cacheRead = within(tally.count(usage['cached_tokens']), input);
  return tally.usage({ input: input - cacheRead, cacheRead, imageInput: images, output: tally.first(billed?.['output_tokens'], counted?.['output_tokens']) });
};
