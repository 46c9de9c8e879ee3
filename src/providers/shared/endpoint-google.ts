import type { Dialect, Operation } from '../../call/call.ts';
import { batchFile } from './batch-files.ts';
import type { Endpoint } from './dialect.ts';

interface Action {
  readonly dialect: Dialect;
  readonly operation: Operation;
  readonly stream?: boolean;
}

/**
 * What follows the colon after a model.
 * @source ai.google.dev/api and cloud.google.com/vertex-ai/generative-ai/docs/reference/rest, 2026
 */
const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['generateContent', { dialect: 'google.generate_content', operation: 'generate_content' }],
  ['streamGenerateContent', { dialect: 'google.generate_content', operation: 'generate_content', stream: true }],
  ['embedContent', { dialect: 'google.embed_content', operation: 'embeddings' }],
  ['batchEmbedContents', { dialect: 'google.embed_content', operation: 'embeddings' }],
  ['countTokens', { dialect: 'google.count_tokens', operation: 'count_tokens' }],
  ['computeTokens', { dialect: 'google.count_tokens', operation: 'count_tokens' }],
  ['predict', { dialect: 'google.predict', operation: 'generate_content' }],
  ['predictLongRunning', { dialect: 'google.videos', operation: 'generate_content' }],
  ['batchGenerateContent', { dialect: 'google.batches', operation: 'batch' }],
  ['asyncBatchEmbedContent', { dialect: 'google.batches', operation: 'batch' }],
  ['rawPredict', { dialect: 'google.predict', operation: 'chat' }],
  ['streamRawPredict', { dialect: 'google.predict', operation: 'chat', stream: true }],
]);

const HOLDERS = ['/models/', '/tunedModels/', '/endpoints/', '/dynamic/'];

// Models of other houses keep their own dialect on Vertex AI.
const ofPublisher = (clean: string, model: string, action: Action): Endpoint => {
  const stream = action.stream === true;
  if (!clean.includes('/publishers/')) return { ...action, model, stream };
  if (clean.includes('/publishers/anthropic/'))
    return model === 'count-tokens'
      ? { dialect: 'anthropic.count_tokens', operation: 'count_tokens', model: undefined, stream: false }
      : { dialect: 'anthropic.messages', operation: 'chat', model, stream };
  if (clean.includes('/publishers/mistralai/')) return { dialect: 'mistral.chat', operation: 'chat', model, stream };
  return { dialect: 'openai.chat', operation: 'chat', model, stream };
};

/** Reads a path whose last segment is a model and an action, as Gemini and Vertex AI write them; `undefined` for other services' actions. */
export const googleEndpoint = (method: string, clean: string, last: string): Endpoint | undefined => {
  const colon = last.lastIndexOf(':');
  if (method === 'GET' && last.endsWith(':download'))
    return `/${clean}`.includes('/files/') ? batchFile('google.batch_results', `files/${last.slice(0, colon)}`) : undefined;
  const action = ACTIONS.get(last.slice(colon + 1));
  if (method !== 'POST' || action === undefined || !HOLDERS.some((holder) => `/${clean}`.includes(holder))) return undefined;
  const model = last.slice(0, colon);
  const named = `/${clean}`.includes('/tunedModels/') ? `tunedModels/${model}` : model;
  if (action.operation === 'chat') return ofPublisher(clean, model, action);
  const operation = action.dialect === 'google.predict' && model.includes('embedding') ? 'embeddings' : action.operation;
  return { dialect: action.dialect, operation, model: named, stream: action.stream === true };
};
