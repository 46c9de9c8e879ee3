import { epochMs } from '../../call/units.ts';
import type { Pricer } from '../../pricing/pricer.ts';

/** Providers that a name is looked for at, those who made the models first. */
const PROVIDERS = [
  'openai',
  'anthropic',
  'google',
  'deepseek',
  'mistral',
  'x-ai',
  'cohere',
  'perplexity',
  'aws',
  'azure',
  'groq',
  'cerebras',
  'moonshotai',
  'minimax',
  'zai',
  'fireworks',
  'together',
  'openrouter',
  'novita',
  'voyageai',
];

/** Where a model is sold, and under which name. */
interface Sold {
  readonly provider: string;
  readonly model: string;
  /** Other providers that know the name. */
  readonly others: readonly string[];
}

/** Finds who sells a model when the reader did not say; `provider/model` says it in the name. */
export const findProviders = (pricer: Pricer, name: string, provider: string | undefined, atMs: number): Sold => {
  if (provider !== undefined) return { provider, model: name, others: [] };
  const knows = (at: string, model: string): boolean =>
    pricer.explain({ provider: at, requestModel: model, responseModel: undefined, at: epochMs(atMs), context: {} }) !== undefined;
  const [head = '', ...tail] = name.split('/');
  if (tail.length > 0 && knows(head, tail.join('/'))) return { provider: head, model: tail.join('/'), others: [] };
  const [first = '', ...others] = PROVIDERS.filter((candidate) => knows(candidate, name));
  return { provider: first, model: name, others };
};
