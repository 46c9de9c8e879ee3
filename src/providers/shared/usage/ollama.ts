import type { Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { Tally } from './tally.ts';

/** Why an answer ends that only loaded a model, or let go of it. */
const NOTHING_MADE: ReadonlySet<unknown> = new Set(['load', 'unload']);

/**
 * Converts the counts that stand beside the end of an Ollama answer. Thinking is inside the output, and what was found in the prompt's cache inside the input.
 * @source github.com/ollama/ollama docs/api.md `prompt_eval_count`, `eval_count`, 2026
 */
export const ollamaUsage = (end: Json): Usage | undefined => {
  if (end['prompt_eval_count'] === undefined && end['eval_count'] === undefined && !NOTHING_MADE.has(end['done_reason'])) return undefined;
  const tally = new Tally();
  return tally.usage({ input: tally.count(end['prompt_eval_count']), output: tally.count(end['eval_count']) });
};
