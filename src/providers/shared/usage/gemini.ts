import type { PerCallFees, Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { list, obj } from '../json.ts';
import { Tally, within } from './tally.ts';

/** Tokens of the two modalities that have prices of their own. */
interface Modalities {
  readonly audio: number;
  readonly image: number;
}

// Protobuf JSON writes the enum by name or, from some clients, by number.
const AUDIO: ReadonlySet<unknown> = new Set(['AUDIO', 'audio', 4]);
const IMAGE: ReadonlySet<unknown> = new Set(['IMAGE', 'image', 2]);

const NO_MODALITIES: Modalities = { audio: 0, image: 0 };

/** Sums the audio and image tokens of a list of `{modality, tokenCount}`. */
export const modalitiesOf = (tally: Tally, details: unknown, countKey = 'tokenCount'): Modalities => {
  const all = list(details);
  if (all.length === 0) return NO_MODALITIES;
  let audio = 0;
  let image = 0;
  for (const one of all) {
    const detail = obj(one);
    if (AUDIO.has(detail?.['modality'])) audio += tally.count(detail?.[countKey]);
    else if (IMAGE.has(detail?.['modality'])) image += tally.count(detail?.[countKey]);
  }
  return { audio, image };
};

/**
 * Converts `usageMetadata` of a Gemini response. The prompt includes cached tokens but not those of tool results (`toolUsePromptTokenCount`),
 * and candidates leave thoughts out unless the total says otherwise: both are added here, as the provider bills them.
 * @source ai.google.dev/api/generate-content#UsageMetadata; total = prompt + candidates + thoughts + tool-use prompt in all but 6 of 1,764 recorded responses, 2026-08
 */
export const geminiUsage = (usage: Json, fees?: PerCallFees): Usage => {
  const tally = new Tally();
  const prompt = tally.count(usage['promptTokenCount']);
  const toolPrompt = tally.count(usage['toolUsePromptTokenCount']);
  const cached = tally.count(usage['cachedContentTokenCount']);
  // Embeddings call it `promptTokenDetails`.
  const whole = modalitiesOf(tally, usage['promptTokensDetails'] ?? usage['promptTokenDetails']);
  const hit = modalitiesOf(tally, usage['cacheTokensDetails']);
  const tool = modalitiesOf(tally, usage['toolUsePromptTokensDetails']);
  const audioCacheRead = within(hit.audio, cached);
  const imageCacheRead = within(hit.image, cached - audioCacheRead);
  const uncached = tally.rest(prompt, cached, 'cached_exceeds_input') + toolPrompt;
  if (cached > prompt) tally.state({ input: prompt + toolPrompt });
  const audioInput = within(Math.max(0, whole.audio - audioCacheRead) + tool.audio, uncached);
  const imageInput = within(Math.max(0, whole.image - imageCacheRead) + tool.image, uncached - audioInput);

  const said = tally.first(usage['candidatesTokenCount'], usage['responseTokenCount']);
  const reasoning = tally.count(usage['thoughtsTokenCount']);
  const candidates = tally.apart(said, reasoning, usage['totalTokenCount'], prompt + toolPrompt + said);
  const made = modalitiesOf(tally, usage['candidatesTokensDetails'] ?? usage['responseTokensDetails']);
  const audioOutput = within(made.audio, candidates);
  const imageOutput = within(made.image, candidates - audioOutput);
  tally.total(usage['totalTokenCount'], prompt + toolPrompt + candidates + reasoning);
  return tally.whole(
    {
      input: uncached - audioInput - imageInput,
      cacheRead: cached - audioCacheRead - imageCacheRead,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      audioInput,
      audioCacheRead,
      imageInput,
      imageCacheRead,
      output: candidates - audioOutput - imageOutput,
      reasoning,
      audioOutput,
      imageOutput,
    },
    fees === undefined ? undefined : { fees },
  );
};
