import type { Dialect } from '../../call/call.ts';
import { guard } from '../../base/diag.ts';
import type { DialectReader, ReadOptions, ResponseReader } from './dialect.ts';
import type { Json } from './json.ts';
import { list, obj } from './json.ts';
import { OpenaiChatResponse } from './readers/openai-chat.ts';
import { openaiChatInput } from './readers/openai-chat-input.ts';
import { openaiAudioRequest, openaiChatRequest, openaiEmbeddingsRequest, openaiImagesRequest, openaiOtherRequest } from './readers/openai-request.ts';
import type { UsageOf } from './readers/plain.ts';
import { PlainResponse } from './readers/plain.ts';
import { openaiAudioUsage } from './usage/openai-audio.ts';
import { openaiEmbeddingsUsage } from './usage/openai-embeddings.ts';
import { openaiImagesUsage } from './usage/openai-images.ts';

type Parts = Pick<DialectReader, 'request' | 'requestContent'> & { response: (provider: string, options: ReadOptions) => ResponseReader };

const noContent = () => ({});
const plain =
  (usageOf?: UsageOf) =>
  (provider: string, options: ReadOptions): ResponseReader =>
    new PlainResponse(provider, options, usageOf);

const usageIn =
  (read: (usage: Json, provider: string) => ReturnType<UsageOf>): UsageOf =>
  (body, provider) => {
    const usage = obj(body['usage']);
    return usage === undefined ? undefined : read(usage, provider);
  };

const imagesUsage: UsageOf = (body) => {
  const images = list(body['data']).length;
  const usage = obj(body['usage']);
  return usage === undefined && images === 0 ? undefined : openaiImagesUsage(usage, images);
};

const chat: Parts = { request: openaiChatRequest, requestContent: openaiChatInput, response: (provider, options) => new OpenaiChatResponse(provider, options) };
const other: Parts = { request: openaiOtherRequest, requestContent: noContent, response: plain() };

const PARTS: Readonly<Record<Dialect, Parts>> = {
  'openai.chat': chat,
  'mistral.chat': chat,
  'openai.completions': chat,
  'openai.responses': other,
  'openai.embeddings': { request: openaiEmbeddingsRequest, requestContent: noContent, response: plain(usageIn(openaiEmbeddingsUsage)) },
  'openai.images': { request: openaiImagesRequest, requestContent: noContent, response: plain(imagesUsage) },
  'openai.audio': { request: openaiAudioRequest, requestContent: noContent, response: plain(usageIn(openaiAudioUsage)) },
  'openai.moderations': other,
  'openai.batches': other,
  'openai.other': other,
  'anthropic.messages': other,
  'anthropic.count_tokens': other,
  'anthropic.batches': other,
  'anthropic.other': other,
  'google.generate_content': other,
  'google.embed_content': other,
  'google.count_tokens': other,
  'google.predict': other,
  'google.interactions': other,
  'google.batches': other,
  'google.other': other,
  'bedrock.converse': other,
  'bedrock.invoke_model': other,
  'cohere.chat': other,
};

/** Gives the reader of a dialect. Its methods never throw: what goes wrong in them is reported once, and the facts stay unknown. */
export const readerOf = (dialect: Dialect): DialectReader => {
  const parts = PARTS[dialect];
  return {
    dialect,
    request: (body, path) => guard('dialect.request', () => parts.request(body, path)) ?? {},
    requestContent: (body) => guard('dialect.content', () => parts.requestContent(body)) ?? {},
    response: parts.response,
  };
};
