/**
 * Stands in `ResponseFacts.finishReasons` for a choice that was begun and never said why it ended.
 * Readers keep the provider's own words, so a cut stream and a reason that is called `error` stay apart.
 */
export const NO_REASON = '';

/**
 * The providers' words in the convention's vocabulary.
 * @source semantic-conventions-genai, schema `FinishReason`: stop, length, content_filter, tool_call, compaction, error; 2026-11
 * @source openai 7.55, @anthropic-ai/sdk 1.11 `StopReason`, @google/genai 3.1 `FinishReason`, Bedrock `StopReason`, Cohere `finish_reason`
 */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['stop', 'stop'],
  ['eos', 'stop'],
  ['eos_token', 'stop'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['complete', 'stop'],
  ['completed', 'stop'],
  ['finish', 'stop'],
  ['finished', 'stop'],
  ['pause_turn', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['max_output_tokens', 'length'],
  ['model_length', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['incomplete', 'length'],
  ['max_prompt_tokens', 'length'],
  ['tool_calls', 'tool_call'],
  ['tool_call', 'tool_call'],
  ['tool_use', 'tool_call'],
  ['function_call', 'tool_call'],
  ['requires_action', 'tool_call'],
  ['content_filter', 'content_filter'],
  ['content_filtered', 'content_filter'],
  ['guardrail_intervened', 'content_filter'],
  ['refusal', 'content_filter'],
  ['safety', 'content_filter'],
  ['recitation', 'content_filter'],
  ['blocklist', 'content_filter'],
  ['prohibited_content', 'content_filter'],
  ['spii', 'content_filter'],
  ['model_armor', 'content_filter'],
  ['language', 'content_filter'],
  ['image_safety', 'content_filter'],
  ['image_prohibited_content', 'content_filter'],
  ['image_recitation', 'content_filter'],
  ['jailbreak', 'content_filter'],
  ['error_toxic', 'content_filter'],
  ['compaction', 'compaction'],
  ['error', 'error'],
  ['failed', 'error'],
  ['cancelled', 'error'],
  ['malformed_function_call', 'error'],
  ['malformed_response', 'error'],
  ['unexpected_tool_call', 'error'],
  ['too_many_tool_calls', 'error'],
  ['missing_thought_signature', 'error'],
  ['no_image', 'error'],
  ['image_other', 'error'],
  ['error_limit', 'error'],
  ['timeout', 'error'],
]);

/** Gives the convention's word for a provider's finish reason; an unknown word stays as it is, in lower case, and a missing one is `error`. */
export const conventionFinishReason = (reported: string): string => {
  const lower = reported.toLowerCase();
  return lower === NO_REASON ? 'error' : (WORDS.get(lower) ?? lower);
};
