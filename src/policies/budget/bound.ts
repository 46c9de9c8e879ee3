import type { Call, RequestFacts } from '../../call/call.ts';
import { traitsOf } from '../../call/operations.ts';
import type { ModelLimits } from './model-limits.ts';

/** The most tokens that a request can use. */
export interface TokenBound {
  readonly input: number;
  readonly output: number;
}

/** Output tokens of a request that states no bound, for a model that is not known. */
const ASSUMED_OUTPUT = 32_768;
/** Input tokens of a request whose prompt could not be measured. */
const ASSUMED_INPUT = 8192;
/** What images, audio, files, a conversation or a prompt kept by the provider, and tools that it runs itself may add to a prompt. */
const ASSUMED_HIDDEN = 32_768;
/** What roles, separators and tool schemas add to the text of a prompt. */
const OVERHEAD = 64;

/** More than any model reads or writes. What an app writes there may be anything, and stores add whole numbers. */
const MOST_TOKENS = 1e9;

const whole = (tokens: number): number => Math.min(MOST_TOKENS, Math.ceil(tokens));

// The reader has counted the text by its scripts, above what a tokenizer makes of it.
const inputBound = (request: RequestFacts, limits: ModelLimits | undefined): number => {
  const text = request.promptChars === undefined ? ASSUMED_INPUT : request.promptChars + OVERHEAD;
  const { promptHasMedia, hasHiddenInput, previousResponseId, conversationId } = request;
  const hidden = promptHasMedia === true || hasHiddenInput === true || previousResponseId !== undefined || conversationId !== undefined;
  const bound = hidden ? text + ASSUMED_HIDDEN : text;
  return whole(limits?.maxInputTokens === undefined ? bound : Math.min(bound, limits.maxInputTokens));
};

const NOTHING: TokenBound = { input: 0, output: 0 };

/** Gives the most tokens that a call can use; nothing for one that generates nothing. `assumed` stands in where the request states no bound of output. */
export const boundOf = (call: Call, maxTokens: number | undefined, limits: ModelLimits | undefined, assumed: number | undefined): TokenBound => {
  const { tokens } = traitsOf(call);
  // What those are billed for all the same is settled.
  if (tokens === 'none') return NOTHING;
  const input = inputBound(call.request, limits);
  if (tokens === 'input') return { input, output: 0 };
  // What a request states is believed even above what the model is known for: a list may be old, a provider refuses what is too much. A bound below 0 is none.
  const stated = maxTokens !== undefined && maxTokens >= 0 ? maxTokens : undefined;
  const each = stated ?? assumed ?? limits?.maxOutputTokens ?? ASSUMED_OUTPUT;
  return { input, output: whole(each * Math.max(1, call.request.answerCount ?? call.request.choiceCount ?? 1)) };
};
