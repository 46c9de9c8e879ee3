import type { Context } from '@opentelemetry/api';
import type { Call } from '../../call/call.ts';
import type { Outcome } from '../../call/outcome.ts';
import { totalCacheWrite, totalInput, totalOutput, type UsageBuckets } from '../../call/usage.ts';
import type { SeriesSet } from './series-set.ts';

const PREFIX = 'gen_ai.client.inference.usage.';
const COUNTERS = ['input_tokens', 'output_tokens', 'cache_read.input_tokens', 'cache_write.input_tokens', 'reasoning.output_tokens'] as const;

/** Text, audio and image tokens of one counter. */
type Split = readonly [text: number, audio: number, image: number];
const MODALITIES = ['text', 'audio', 'image'] as const;

const splits = (b: UsageBuckets): Readonly<Record<(typeof COUNTERS)[number], Split>> => ({
  input_tokens: [b.input + b.cacheRead + totalCacheWrite(b), b.audioInput + b.audioCacheRead, b.imageInput + b.imageCacheRead],
  output_tokens: [b.output + b.reasoning, b.audioOutput, b.imageOutput],
  'cache_read.input_tokens': [b.cacheRead, b.audioCacheRead, b.imageCacheRead],
  'cache_write.input_tokens': [totalCacheWrite(b), 0, 0],
  'reasoning.output_tokens': [b.reasoning, 0, 0],
});

/** A prompt with pictures or sound whose tokens were not told apart is of unknown kind, not text. */
const plainKind = (call: Call, counter: string, [, audio, image]: Split): string =>
  call.request.promptHasMedia === true && counter.endsWith('input_tokens') && audio + image === 0 ? 'unknown' : 'text';

const countSplit = (set: SeriesSet, call: Call, counter: string, split: Split, context: Context): void => {
  for (let at = 0; at < split.length; at += 1) {
    const tokens = split[at] ?? 0;
    const plain = at === 0;
    // Plain tokens count also when there are none, so that the series is there from the first call on.
    if (tokens > 0 || plain)
      set.with(PREFIX + counter, 'gen_ai.token.modality', plain ? plainKind(call, counter, split) : (MODALITIES[at] ?? 'unknown'))?.add(tokens, context);
  }
};

/**
 * Counts the tokens of an inference call. The convention wants the counters for every call, failed ones included:
 * 0 of kind `unknown` where no usage came.
 */
export const countTokens = (set: SeriesSet, call: Call, outcome: Outcome, context: Context): void => {
  const buckets = outcome.usage?.buckets;
  const all = buckets === undefined ? undefined : splits(buckets);
  for (const counter of COUNTERS) {
    if (all === undefined) set.with(PREFIX + counter, 'gen_ai.token.modality', 'unknown')?.add(0, context);
    else countSplit(set, call, counter, all[counter], context);
  }
  sizes(set, buckets, context);
};

const sizes = (set: SeriesSet, buckets: UsageBuckets | undefined, context: Context): void => {
  const input = buckets === undefined ? 0 : totalInput(buckets);
  const output = buckets === undefined ? 0 : totalOutput(buckets);
  set.of('gen_ai.client.inference.operation.input_tokens')?.record(input, undefined, context);
  set.of('gen_ai.client.inference.operation.output_tokens')?.record(output, undefined, context);
  if (buckets === undefined) return;
  set.with('gen_ai.client.token.usage', 'gen_ai.token.type', 'input')?.record(input, undefined, context);
  set.with('gen_ai.client.token.usage', 'gen_ai.token.type', 'output')?.record(output, undefined, context);
};
