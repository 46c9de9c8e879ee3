import type { ResponseFacts } from '../call/outcome.ts';
import type { ReadFacts } from '../call/read-facts.ts';

/**
 * A choice that never said why it ended is given `error`.
 * @source semantic-conventions-genai, `gen_ai.response.finish_reasons`: one for each choice in order
 */
export const withReasons = ({ response, ended }: ReadFacts): ResponseFacts =>
  ended || response.finishReasons?.includes('') !== true
    ? response
    : { ...response, finishReasons: response.finishReasons.map((reason) => (reason === '' ? 'error' : reason)) };
