import {
  totalCacheRead,
  totalCacheWrite,
  totalInput,
  type Usage,
  type UsageBuckets,
  reportedInput,
  reportedOutput,
  reportedReasoning,
} from '../../call/usage.ts';
import type { Profile } from '../catalog/profile.ts';
import { put, type Draft } from './draft.ts';

const positive = (count: number): number | undefined => (count > 0 ? count : undefined);

/** Tokens of other kinds than text are told apart only where there are any. */
const putModalities = (draft: Draft, b: UsageBuckets): void => {
  const audio = b.audioInput + b.audioCacheRead;
  const image = b.imageInput + b.imageCacheRead;
  if (audio + image + b.audioOutput + b.imageOutput === 0) return;
  put(draft, 'gen_ai.usage.text.input_tokens', totalInput(b) - audio - image);
  put(draft, 'gen_ai.usage.text.cache_read.input_tokens', positive(b.cacheRead));
  put(draft, 'gen_ai.usage.text.output_tokens', b.output + b.reasoning);
  put(draft, 'gen_ai.usage.audio.input_tokens', positive(audio));
  put(draft, 'gen_ai.usage.audio.cache_read.input_tokens', positive(b.audioCacheRead));
  put(draft, 'gen_ai.usage.audio.output_tokens', positive(b.audioOutput));
  put(draft, 'gen_ai.usage.image.input_tokens', positive(image));
  put(draft, 'gen_ai.usage.image.cache_read.input_tokens', positive(b.imageCacheRead));
  put(draft, 'gen_ai.usage.image.output_tokens', positive(b.imageOutput));
};

/** Puts what the provider reported. Without a report there is nothing to put: missing is not zero. */
export const putUsage = (draft: Draft, usage: Usage, profiles: readonly Profile[], withOutput: boolean): void => {
  const b = usage.buckets;
  const input = reportedInput(usage);
  const output = reportedOutput(usage);
  // What is charged by the piece, such as a picture, says nothing of tokens.
  if (usage.fees === undefined || input + output > 0) {
    put(draft, 'gen_ai.usage.input_tokens', input);
    if (withOutput) put(draft, 'gen_ai.usage.output_tokens', output);
  }
  put(draft, 'gen_ai.usage.cache_read.input_tokens', positive(totalCacheRead(b)));
  const write = positive(totalCacheWrite(b));
  if (profiles.includes('latest')) {
    put(draft, 'gen_ai.usage.cache_write.input_tokens', write);
    putModalities(draft, b);
  }
  if (profiles.includes('v1.41')) put(draft, 'gen_ai.usage.cache_creation.input_tokens', write);
  put(draft, 'gen_ai.usage.reasoning.output_tokens', positive(reportedReasoning(usage)));
  put(draft, 'purser.usage.cache_write_1h.input_tokens', positive(b.cacheWrite1h));
  if (usage.flags.length > 0) put(draft, 'purser.usage.flags', usage.flags);
  if (usage.passes !== undefined && usage.passes.length > 1) put(draft, 'purser.usage.passes', usage.passes.length);
  for (const [fee, count] of Object.entries(usage.fees ?? {})) put(draft, `purser.usage.fees.${fee}`, positive(count));
};
