import type { Dialect } from './call.ts';

/**
 * Dialects whose body names the model, so that another one can be asked for there.
 * @source the providers' API references, 2026
 */
export const MODEL_IN_BODY: ReadonlySet<Dialect> = new Set<Dialect>([
  'openai.chat',
  'openai.responses',
  'openai.completions',
  'openai.embeddings',
  'openai.images',
  'openai.audio',
  'anthropic.messages',
  'anthropic.other',
  'google.interactions',
  'cohere.chat',
  'mistral.chat',
  'ollama.chat',
]);

const BOUNDED = [
  'openai.chat',
  'openai.completions',
  'openai.responses',
  'mistral.chat',
  'mistral.conversations',
  'cohere.chat',
  'ollama.chat',
  'anthropic.messages',
  'anthropic.other',
  'google.generate_content',
  'google.interactions',
  'bedrock.converse',
  'bedrock.invoke_model',
] as const satisfies readonly Dialect[];

/** A dialect that has a word for the most output that a call may have. */
export type BoundedDialect = (typeof BOUNDED)[number];

const bounded: ReadonlySet<Dialect> = new Set<Dialect>(BOUNDED);

/** Tells whether a dialect has such a word. */
export const isBounded = (dialect: Dialect): dialect is BoundedDialect => bounded.has(dialect);
