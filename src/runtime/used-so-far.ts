import type { ReadFacts } from '../call/read-facts.ts';
import { NO_TOKENS, type Usage } from '../call/usage.ts';

/** Characters of English text to a token, on the low side so that an estimate is not too small. */
const CHARS_PER_TOKEN = 3;

/** Gives what a stream that runs has used so far: as the provider says it, and from the text that was read where it says nothing of it yet. */
export const usedSoFar = ({ usage, outputChars, outputIsOpen }: ReadFacts): Usage => {
  if (usage !== undefined && outputIsOpen !== true) return usage;
  const { buckets, flags } = usage ?? { buckets: NO_TOKENS, flags: [] };
  return { buckets: { ...buckets, output: Math.max(buckets.output, Math.ceil(outputChars / CHARS_PER_TOKEN)) }, flags };
};
