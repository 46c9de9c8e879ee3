import { expect, test } from 'vitest';
import { conventionFinishReason, NO_REASON } from '../../../src/providers/shared/finish-reasons.ts';

test.each([
  ['stop', ['stop', 'end_turn', 'stop_sequence', 'STOP', 'COMPLETE', 'eos', 'completed']],
  ['length', ['length', 'max_tokens', 'MAX_TOKENS', 'max_output_tokens', 'model_context_window_exceeded', 'incomplete']],
  ['tool_call', ['tool_calls', 'tool_use', 'function_call', 'TOOL_CALL', 'requires_action']],
  ['content_filter', ['content_filter', 'SAFETY', 'refusal', 'guardrail_intervened', 'MODEL_ARMOR', 'RECITATION', 'PROHIBITED_CONTENT']],
  ['compaction', ['compaction']],
  ['error', ['error', 'MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', NO_REASON]],
])('%s is what these words mean', (meaning, words) => {
  expect(words.map(conventionFinishReason)).toEqual(words.map(() => meaning));
});

test('an unknown word stays what it is', () => {
  expect(conventionFinishReason('Something_New')).toBe('something_new');
});
