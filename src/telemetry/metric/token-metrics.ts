import type { Context } from '@opentelemetry/api';
import type { Call } from '../../call/call.ts';
import type { Outcome } from '../../call/outcome.ts';
import { totalCacheWrite, totalInput, totalOutput, type Usage, type UsageBuckets } from '../../call/usage.ts';
import type { SeriesSet } from './series-set.ts';

const INPUT = 'gen_ai.client.inference.usage.input_tokens';
const OUTPUT = 'gen_ai.client.inference.usage.output_tokens';
const CACHE_READ = 'gen_ai.client.inference.usage.cache_read.input_tokens';
const CACHE_WRITE = 'gen_ai.client.inference.usage.cache_write.input_tokens';
const REASONING = 'gen_ai.client.inference.usage.reasoning.output_tokens';
const COUNTERS = [INPUT, OUTPUT, CACHE_READ, CACHE_WRITE, REASONING];
const MODALITY = 'gen_ai.token.modality';

/** A prompt with pictures or sound whose tokens were not told apart is of unknown kind, not text. */
const plainKind = (call: Call, counter: string, others: number): string =>
  call.request.promptHasMedia === true && others === 0 && counter.endsWith('input_tokens') ? 'unknown' : 'text';

/** Counts what one counter says of text, audio and image tokens. */
const countSplit = (set: SeriesSet, call: Call, counter: string, context: Context, text: number, audio: number, image: number): void => {
  // Plain tokens count also when there are none, so that the series is there from the first call on.
  set.with(counter, MODALITY, plainKind(call, counter, audio + image))?.add(text, context);
  if (audio > 0) set.with(counter, MODALITY, 'audio')?.add(audio, context);
  if (image > 0) set.with(counter, MODALITY, 'image')?.add(image, context);
};

const countBuckets = (set: SeriesSet, call: Call, b: UsageBuckets, context: Context): void => {
  const write = totalCacheWrite(b);
  countSplit(set, call, INPUT, context, b.input + b.cacheRead + write, b.audioInput + b.audioCacheRead, b.imageInput + b.imageCacheRead);
  countSplit(set, call, OUTPUT, context, b.output + b.reasoning, b.audioOutput, b.imageOutput);
  countSplit(set, call, CACHE_READ, context, b.cacheRead, b.audioCacheRead, b.imageCacheRead);
  countSplit(set, call, CACHE_WRITE, context, write, 0, 0);
  countSplit(set, call, REASONING, context, b.reasoning, 0, 0);
};

/**
 * Counts the tokens of an inference call. The convention wants the counters for every call, failed ones included:
 * 0 of kind `unknown` where no usage came.
 */
export const countTokens = (set: SeriesSet, call: Call, outcome: Outcome, context: Context): void => {
  const buckets = outcome.usage?.buckets;
  if (buckets !== undefined) countBuckets(set, call, buckets, context);
  else for (const counter of COUNTERS) set.with(counter, MODALITY, 'unknown')?.add(0, context);
  sizes(set, buckets, context);
};

/** Counts the tokens of a batch or an agent's run, which are those of many requests: how large a single one was, nobody tells. */
export const countWholeTokens = (set: SeriesSet, call: Call, { buckets }: Usage, context: Context): void => {
  countBuckets(set, call, buckets, context);
  tokenUsage(set, totalInput(buckets), totalOutput(buckets), context);
};

const tokenUsage = (set: SeriesSet, input: number, output: number, context: Context): void => {
  set.with('gen_ai.client.token.usage', 'gen_ai.token.type', 'input')?.record(input, undefined, context);
  set.with('gen_ai.client.token.usage', 'gen_ai.token.type', 'output')?.record(output, undefined, context);
};

const sizes = (set: SeriesSet, buckets: UsageBuckets | undefined, context: Context): void => {
  const input = buckets === undefined ? 0 : totalInput(buckets);
  const output = buckets === undefined ? 0 : totalOutput(buckets);
  set.of('gen_ai.client.inference.operation.input_tokens')?.record(input, undefined, context);
  set.of('gen_ai.client.inference.operation.output_tokens')?.record(output, undefined, context);
  if (buckets !== undefined) tokenUsage(set, input, output, context);
};
