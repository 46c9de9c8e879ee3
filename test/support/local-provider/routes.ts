import { anthropicModels, countMessageTokens, messageBatches, messages } from './anthropic.ts';
import type { Handler, Vendor } from './exchange.ts';
import {
  batchGenerateContent,
  cachedContents,
  countContentTokens,
  embedContent,
  generateContent,
  googleModels,
  predict,
  streamGenerateContent,
} from './google.ts';
import { interactions } from './google-interactions.ts';
import { chatCompletions } from './openai-chat.ts';
import { batches, completions, embeddings, files, images, models, moderations, speech, transcriptions } from './openai-other.ts';
import { compactResponse, responseInputTokens, responses, storedResponse } from './openai-responses.ts';

/** Where a request goes. */
export interface Route {
  readonly vendor: Vendor;
  readonly handler: Handler;
  /** The model or deployment that the path names. */
  readonly model: string | undefined;
}

const GOOGLE: Readonly<Record<string, Handler>> = {
  generateContent,
  streamGenerateContent,
  embedContent,
  batchEmbedContents: embedContent,
  countTokens: countContentTokens,
  predict,
  batchGenerateContent,
};

const OPENAI: readonly (readonly [RegExp, Handler])[] = [
  [/\/chat\/completions$/, chatCompletions],
  [/\/responses$/, responses],
  [/\/responses\/input_tokens$/, responseInputTokens],
  [/\/responses\/compact$/, compactResponse],
  [/\/responses\/[^/]+(\/cancel)?$/, storedResponse],
  [/\/embeddings$/, embeddings],
  [/\/images\/(generations|edits|variations)$/, images],
  [/\/audio\/(transcriptions|translations)$/, transcriptions],
  [/\/audio\/speech$/, speech],
  [/\/moderations$/, moderations],
  [/\/completions$/, completions],
  [/\/files(\/|$)/, files],
  [/\/batches(\/|$)/, batches],
  [/\/models(\/[^/]+)?$/, models],
];

const ANTHROPIC: readonly (readonly [RegExp, Handler])[] = [
  [/\/messages\/count_tokens$/, countMessageTokens],
  [/\/messages\/batches(\/|$)/, messageBatches],
  [/\/messages$/, messages],
];

const MODEL_ACTION = /\/(?:models|tunedModels)\/([^/]+):(\w+)$/;

/** Finds who answers a path, under any prefix that hosts put before it; undefined when nobody does. */
export const findRoute = (path: string, client: Vendor | undefined): Route | undefined => {
  const action = MODEL_ACTION.exec(path);
  if (action !== null) {
    const model = action[1];
    const verb = action[2] ?? '';
    if (/rawPredict$/i.test(verb)) return { vendor: 'anthropic', handler: messages, model };
    const handler = GOOGLE[verb];
    return handler === undefined ? undefined : { vendor: 'google', handler, model };
  }
  if (path.endsWith('/interactions')) return { vendor: 'google', handler: interactions, model: undefined };
  if (path.endsWith('/cachedContents')) return { vendor: 'google', handler: cachedContents, model: undefined };
  if (path.endsWith('/v1beta/models') || (client === 'google' && path.endsWith('/models')))
    return { vendor: 'google', handler: googleModels, model: undefined };
  for (const [pattern, handler] of ANTHROPIC) if (pattern.test(path)) return { vendor: 'anthropic', handler, model: undefined };
  if (client === 'anthropic' && /\/models(\/[^/]+)?$/.test(path)) return { vendor: 'anthropic', handler: anthropicModels, model: undefined };
  const bedrock = /\/model\/([^/]+)\/invoke$/.exec(path);
  if (bedrock !== null) return { vendor: 'anthropic', handler: messages, model: decodeURIComponent(bedrock[1] ?? '') };
  const deployment = /\/deployments\/([^/]+)\//.exec(path)?.[1];
  for (const [pattern, handler] of OPENAI) if (pattern.test(path)) return { vendor: 'openai', handler, model: deployment };
  return undefined;
};
