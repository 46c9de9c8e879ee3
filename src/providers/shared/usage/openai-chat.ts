import type { Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { obj } from '../json.ts';
import { providerCostOf } from './provider-cost.ts';
import { Tally, within } from './tally.ts';

interface Input {
  readonly prompt: number;
  readonly cacheRead: number;
  readonly write5m: number;
  readonly write1h: number;
}

// Compatible hosts put the cached part in places of their own: Together and Hugging Face `cached_tokens`, DeepSeek
// `prompt_cache_hit_tokens`, Mistral `num_cached_tokens`, Venice and Doubleword `cache_read_input_tokens`.
const readInput = (tally: Tally, usage: Json, details: Json | undefined): Input => {
  const prompt = tally.count(usage['prompt_tokens']);
  const cacheRead = tally.first(
    details?.['cached_tokens'],
    usage['cached_tokens'],
    usage['prompt_cache_hit_tokens'],
    usage['num_cached_tokens'],
    usage['cache_read_input_tokens'],
  );
  const write = tally.first(details?.['cache_write_tokens'], details?.['cache_creation_tokens'], usage['cache_creation_input_tokens']);
  const write1h = within(tally.count(obj(usage['cache_creation'])?.['ephemeral_1h_input_tokens']), write);
  return { prompt, cacheRead, write5m: write - write1h, write1h };
};

// Where reasoning comes beside the output, the total says so: it is the sum of all three. A total that is the sum of two says the opposite.
const reasoningIsBeside = (provider: string, total: unknown, prompt: number, completion: number, reasoning: number): boolean => {
  if (reasoning === 0) return false;
  if (typeof total === 'number' && total !== 0) return total === prompt + completion + reasoning;
  return provider === 'x_ai';
};

// Mistral counts sound beside the prompt, which the total shows as well: more audio than prompt, and a total that is the sum of all.
const soundIsBeside = (total: unknown, prompt: number, completion: number, audio: number): boolean => audio > prompt && total === prompt + completion + audio;

/**
 * Converts `usage` of a chat or text completion in the OpenAI format. Input includes cached and written tokens, output includes reasoning;
 * xAI (also Grok on Azure) leaves reasoning out of the output, which is seen by the total, as is sound that Mistral
 * leaves out of the prompt. Cached tokens beyond the input clamp uncached input at 0.
 * @source openai 7.55 `CompletionUsage`; measured on about 6,000 recorded responses of compatible hosts, 2026-08
 */
export const openaiChatUsage = (usage: Json, provider: string): Usage => {
  const tally = new Tally();
  const inDetails = obj(usage['prompt_tokens_details']);
  const outDetails = obj(usage['completion_tokens_details']);
  const input = readInput(tally, usage, inDetails);
  const uncached = tally.rest(input.prompt, input.cacheRead + input.write5m + input.write1h, 'cached_exceeds_input');
  const completion = tally.count(usage['completion_tokens']);
  const statedAudio = tally.first(inDetails?.['audio_tokens'], usage['audio_prompt_tokens']);
  const audioBeside = soundIsBeside(usage['total_tokens'], input.prompt, completion, statedAudio);
  if (audioBeside) tally.state({ input: input.prompt });
  const audioInput = audioBeside ? statedAudio : within(statedAudio, uncached);
  const text = audioBeside ? uncached : uncached - audioInput;
  const imageInput = within(tally.count(inDetails?.['image_tokens']), text);

  const stated = tally.first(outDetails?.['reasoning_tokens'], usage['reasoning_tokens']);
  const beside = reasoningIsBeside(provider, usage['total_tokens'], input.prompt, completion, stated);
  if (beside) tally.flag('reasoning_added');
  const wholeOutput = beside ? completion + stated : completion;
  const reasoning = within(stated, wholeOutput);
  const audioOutput = within(tally.count(outDetails?.['audio_tokens']), wholeOutput - reasoning);
  const imageOutput = within(tally.count(outDetails?.['image_tokens']), wholeOutput - reasoning - audioOutput);
  tally.inside(stated, wholeOutput);
  tally.total(usage['total_tokens'], input.prompt + (audioBeside ? audioInput : 0) + wholeOutput);

  return tally.whole(
    {
      input: text - imageInput,
      cacheRead: input.cacheRead,
      cacheWrite5m: input.write5m,
      cacheWrite1h: input.write1h,
      audioInput,
      audioCacheRead: 0,
      imageInput,
      imageCacheRead: 0,
      output: wholeOutput - reasoning - audioOutput - imageOutput,
      reasoning,
      audioOutput,
      imageOutput,
    },
    { providerCost: providerCostOf(usage) },
  );
};
