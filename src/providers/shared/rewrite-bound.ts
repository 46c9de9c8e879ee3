import type { Dialect } from '../../call/call.ts';
import { isBounded, type BoundedDialect } from '../../call/changeable.ts';
import { num, obj, str, type Json } from './json.ts';

/**
 * Hosts whose newer models take no `max_tokens`.
 * @source platform.openai.com/docs/api-reference/chat/create `max_completion_tokens`; Azure OpenAI "reasoning models", 2026
 */
const OWN_WORD: ReadonlySet<string> = new Set(['openai', 'azure.ai.openai']);

/** OpenAI's reasoning models behind any gateway. */
const REASONING = /^(?:openai\/)?(?:gpt-5|o\d)/;

type Bound = (body: Json, most: number, provider: string) => Json | undefined;

/** Lowers every bound that the body states; where it states none, says it under `otherwise`. */
const bounded = (body: Json, names: readonly string[], otherwise: string | undefined, most: number): Json | undefined => {
  const next: Record<string, unknown> = { ...body };
  const said = names.filter((name) => num(body[name]) !== undefined);
  for (const name of said) next[name] = Math.min(most, num(body[name]) ?? most);
  if (said.length > 0) return next;
  if (otherwise === undefined) return undefined;
  next[otherwise] = most;
  return next;
};

/** The same in a part of the body, which is made where it is missing; the spelling that the app chose stays. */
const boundedIn = (body: Json, parts: readonly string[], part: string, names: readonly string[], most: number): Json | undefined => {
  const key = parts.find((name) => obj(body[name]) !== undefined) ?? part;
  const inner = bounded(obj(body[key]) ?? {}, names, names[0], most);
  return inner === undefined ? undefined : { ...body, [key]: inner };
};

const chat: Bound = (body, most, provider) => {
  const own = OWN_WORD.has(provider) || REASONING.test(str(body['model']) ?? '');
  return bounded(body, ['max_completion_tokens', 'max_tokens'], own ? 'max_completion_tokens' : 'max_tokens', most);
};

const flat =
  (name: string): Bound =>
  (body, most) =>
    bounded(body, [name], name, most);

// Below 0 it says that there is no bound.
const ollama: Bound = (body, most) => {
  const options = obj(body['options']) ?? {};
  const said = num(options['num_predict']) ?? -1;
  return { ...body, options: { ...options, num_predict: said < 0 ? most : Math.min(said, most) } };
};

// Each house has its own body, so only a bound that is there can be lowered.
const invoked: Bound = (body, most) => {
  const outer = bounded(body, ['max_tokens', 'max_completion_tokens', 'max_gen_len'], undefined, most);
  if (outer !== undefined) return outer;
  for (const part of ['inferenceConfig', 'textGenerationConfig', 'inferenceParameters']) {
    const inner = bounded(obj(body[part]) ?? {}, ['maxTokens', 'max_new_tokens', 'maxTokenCount'], undefined, most);
    if (inner !== undefined) return { ...body, [part]: inner };
  }
  return undefined;
};

/**
 * How each dialect bounds the output of a call.
 * @source openai 7.55, @anthropic-ai/sdk 1.11, @google/genai 3.1 request types; Bedrock, Cohere, Mistral and Ollama API references, 2026
 */
const BOUNDS: Readonly<Record<BoundedDialect, Bound>> = {
  'openai.chat': chat,
  'openai.completions': flat('max_tokens'),
  'openai.responses': flat('max_output_tokens'),
  'mistral.chat': flat('max_tokens'),
  'mistral.conversations': (body, most) => boundedIn(body, ['completion_args'], 'completion_args', ['max_tokens'], most),
  'cohere.chat': flat('max_tokens'),
  'ollama.chat': ollama,
  'anthropic.messages': flat('max_tokens'),
  'anthropic.other': flat('max_tokens_to_sample'),
  'google.generate_content': (body, most) =>
    boundedIn(body, ['generationConfig', 'generation_config'], 'generationConfig', ['maxOutputTokens', 'max_output_tokens'], most),
  'google.interactions': (body, most) => boundedIn(body, ['generation_config'], 'generation_config', ['max_output_tokens', 'maxOutputTokens'], most),
  'bedrock.converse': (body, most) => boundedIn(body, ['inferenceConfig'], 'inferenceConfig', ['maxTokens'], most),
  'bedrock.invoke_model': invoked,
};

/** Gives the body with at most `most` tokens of output; `undefined` where its dialect has no word for that. */
export const reboundBody = (dialect: Dialect, provider: string, body: Json, most: number): Json | undefined =>
  isBounded(dialect) ? BOUNDS[dialect](body, most, provider) : undefined;
