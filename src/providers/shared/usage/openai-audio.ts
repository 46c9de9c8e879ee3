import type { Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { obj } from '../json.ts';
import { providerCostOf } from './provider-cost.ts';
import { Tally, within } from './tally.ts';

/**
 * Converts `usage` of a transcription or of streamed speech in the OpenAI format.
 * Gives `undefined` where only seconds are reported: they are no tokens, and missing is not zero.
 * @source openai 7.55 `Transcription.Tokens`, `Transcription.Duration`, `SpeechAudioDoneEvent.Usage`
 */
export const openaiAudioUsage = (usage: Json): Usage | undefined => {
  const tally = new Tally();
  const providerCost = providerCostOf(usage);
  if (usage['input_tokens'] === undefined && usage['output_tokens'] === undefined)
    return providerCost === undefined ? undefined : tally.usage({}, { providerCost });
  const input = tally.count(usage['input_tokens']);
  const details = obj(usage['input_token_details']) ?? obj(usage['input_tokens_details']);
  const audioInput = within(tally.count(details?.['audio_tokens']), input);
  const output = tally.count(usage['output_tokens']);
  tally.total(usage['total_tokens'], input + output);
  return tally.usage({ input: input - audioInput, audioInput, output }, { providerCost });
};
