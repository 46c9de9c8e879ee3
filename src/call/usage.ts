import type { PicoUsd } from './units.ts';

/**
 * Token counts in buckets that do not overlap: each token of a call is in exactly one of them, so a price is a plain sum.
 * Counts are whole numbers of 0 or more. A bucket that a provider does not report is 0.
 */
export interface UsageBuckets {
  /** Input that was neither read from nor written to a cache, without audio and image tokens. */
  readonly input: number;
  /** Input read from a cache, without audio and image tokens. */
  readonly cacheRead: number;
  /** Input written to a cache with the shortest life that the provider sells, mostly five minutes, or with one that it does not state. */
  readonly cacheWrite5m: number;
  /** Input written to a cache with a longer life: an hour at Anthropic, twelve at OpenAI. */
  readonly cacheWrite1h: number;
  /** Audio input that was not read from a cache. */
  readonly audioInput: number;
  /** Audio input read from a cache. */
  readonly audioCacheRead: number;
  /** Image input that was not read from a cache. */
  readonly imageInput: number;
  /** Image input read from a cache. */
  readonly imageCacheRead: number;
  /** Visible output, without reasoning, audio and image tokens. */
  readonly output: number;
  /** Reasoning (thinking) output. */
  readonly reasoning: number;
  /** Audio output. */
  readonly audioOutput: number;
  /** Image output. */
  readonly imageOutput: number;
}

/** The names of the buckets, in the order in which they are shown. */
export const BUCKETS = [
  'input',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'audioInput',
  'audioCacheRead',
  'imageInput',
  'imageCacheRead',
  'output',
  'reasoning',
  'audioOutput',
  'imageOutput',
] as const satisfies readonly (keyof UsageBuckets)[];

/** No tokens at all. */
export const NO_TOKENS: UsageBuckets = {
  input: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  audioInput: 0,
  audioCacheRead: 0,
  imageInput: 0,
  imageCacheRead: 0,
  output: 0,
  reasoning: 0,
  audioOutput: 0,
  imageOutput: 0,
};

/** Things that a provider charges by the piece inside a call: web searches, code runs, and the like; whole numbers. */
export interface PerCallFees {
  readonly webSearch?: number;
  readonly grounding?: number;
  readonly codeExecution?: number;
  readonly fileSearch?: number;
  readonly image?: number;
}

/** What is odd about the numbers that the provider sent; each one is shown, none is hidden. */
export type UsageFlag =
  /** Cached tokens exceeded the input that should contain them; uncached input was clamped at 0. */
  | 'cached_exceeds_input'
  /** Parts did not add up to the provider's own total. */
  | 'total_mismatch'
  /** The five-minute and one-hour cache writes did not add up to the total of writes. */
  | 'write_split_mismatch'
  /** Cache writes came without a split by life, so five minutes are assumed. */
  | 'write_split_unknown'
  /** Reasoning came beside the output instead of inside it and was added. */
  | 'reasoning_added'
  /** The top level left out passes that are listed as iterations; the buckets hold the sum of all passes. */
  | 'iterations_summed'
  /** A count was negative, fractional or not a number, and was taken as 0. */
  | 'not_a_count'
  /** The stream ended before the provider had told all that it made; the counts are those that were told until then. */
  | 'output_unfinished';

/** One pass of a call that a provider ran in several, possibly on several models. */
export interface UsagePass {
  /** The model that ran the pass, when it differs from the call's or is stated. */
  readonly model: string | undefined;
  readonly buckets: UsageBuckets;
  /** The longest prompt of those whose tokens the buckets add up, where they do: rates of long prompts go by it. */
  readonly longestPrompt?: number;
}

/** What the provider itself says the call cost. */
export interface ProviderCost {
  readonly amount: PicoUsd;
  /** Where in the response it stood, such as `usage.cost`. */
  readonly field: string;
}

/** What a call used, read once from the provider's own numbers. */
export interface Usage {
  readonly buckets: UsageBuckets;
  readonly fees?: PerCallFees;
  readonly flags: readonly UsageFlag[];
  /** The passes behind `buckets`, where the provider lists them; priced one by one by their own model. */
  readonly passes?: readonly UsagePass[];
  readonly providerCost?: ProviderCost;
  /** The provider's own totals where its parts contradict them; they are reported as stated, the buckets are what is priced. */
  readonly stated?: { readonly input?: number; readonly output?: number; readonly reasoning?: number };
}

/** All input tokens, cached ones included: `gen_ai.usage.input_tokens`. */
export const totalInput = (b: UsageBuckets): number =>
  b.input + b.cacheRead + b.cacheWrite5m + b.cacheWrite1h + b.audioInput + b.audioCacheRead + b.imageInput + b.imageCacheRead;

/** All output tokens, reasoning included: `gen_ai.usage.output_tokens`. */
export const totalOutput = (b: UsageBuckets): number => b.output + b.reasoning + b.audioOutput + b.imageOutput;

/** All input tokens read from a cache: `gen_ai.usage.cache_read.input_tokens`. */
export const totalCacheRead = (b: UsageBuckets): number => b.cacheRead + b.audioCacheRead + b.imageCacheRead;

/** All input tokens written to a cache: `gen_ai.usage.cache_write.input_tokens`. */
export const totalCacheWrite = (b: UsageBuckets): number => b.cacheWrite5m + b.cacheWrite1h;

/** Adds two usages bucket by bucket. */
export const addBuckets = (a: UsageBuckets, b: UsageBuckets): UsageBuckets => ({
  input: a.input + b.input,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
  cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
  audioInput: a.audioInput + b.audioInput,
  audioCacheRead: a.audioCacheRead + b.audioCacheRead,
  imageInput: a.imageInput + b.imageInput,
  imageCacheRead: a.imageCacheRead + b.imageCacheRead,
  output: a.output + b.output,
  reasoning: a.reasoning + b.reasoning,
  audioOutput: a.audioOutput + b.audioOutput,
  imageOutput: a.imageOutput + b.imageOutput,
});

/** All input tokens as they are reported: the provider's own total where its parts contradict it. */
export const reportedInput = (usage: Usage): number => usage.stated?.input ?? totalInput(usage.buckets);

/** All output tokens as they are reported. */
export const reportedOutput = (usage: Usage): number => usage.stated?.output ?? totalOutput(usage.buckets);

/** Reasoning tokens as they are reported. */
export const reportedReasoning = (usage: Usage): number => usage.stated?.reasoning ?? usage.buckets.reasoning;
