import type { Dialect } from '../../call/call.ts';
import { guard } from '../../base/diag.ts';
import type { DialectReader, ReadOptions, ResponseReader } from './dialect.ts';
import type { Json } from './json.ts';
import { list, obj } from './json.ts';
import { aiGatewayInput } from './readers/ai-gateway-input.ts';
import { aiGatewayRequest, AiGatewayResponse } from './readers/ai-gateway.ts';
import { anthropicInput } from './readers/anthropic-input.ts';
import { AnthropicMessagesResponse } from './readers/anthropic-messages.ts';
import { anthropicRequest } from './readers/anthropic-request.ts';
import { GeminiBatch, OpenaiBatch } from './readers/batch-objects.ts';
import { anthropicAnswer, type BatchAnswer, BatchResults, geminiAnswer, openaiAnswer } from './readers/batch-results.ts';
import { BedrockConverseResponse } from './readers/bedrock-converse.ts';
import { bedrockConverseInput, bedrockInvokeInput } from './readers/bedrock-input.ts';
import { BedrockInvokeResponse } from './readers/bedrock-invoke.ts';
import { bedrockConverseRequest, bedrockInvokeRequest } from './readers/bedrock-request.ts';
import { CohereResponse, cohereRequest } from './readers/cohere.ts';
import { geminiInput } from './readers/gemini-input.ts';
import { geminiInteractionsInput } from './readers/gemini-interactions-input.ts';
import { GeminiInteractionsResponse } from './readers/gemini-interactions.ts';
import { geminiEmbedRequest, geminiInteractionsRequest, geminiRequest } from './readers/gemini-request.ts';
import { GeminiResponse } from './readers/gemini.ts';
import { mistralConversationsInput, mistralConversationsRequest, MistralConversationsResponse } from './readers/mistral-conversations.ts';
import { OllamaResponse, ollamaRequest } from './readers/ollama.ts';
import { openaiResponsesInput } from './readers/openai-responses-input.ts';
import { OpenaiResponsesResponse } from './readers/openai-responses.ts';
import { OpenaiChatResponse } from './readers/openai-chat.ts';
import { openaiChatInput } from './readers/openai-chat-input.ts';
import {
  openaiAudioRequest,
  openaiChatRequest,
  openaiDecisionsRequest,
  openaiEmbeddingsRequest,
  openaiImagesRequest,
  openaiOtherRequest,
  openaiResponsesRequest,
} from './readers/openai-request.ts';
import type { UsageOf } from './readers/plain.ts';
import { PlainResponse } from './readers/plain.ts';
import { aiGatewayUsage } from './usage/ai-gateway.ts';
import { openaiAudioUsage } from './usage/openai-audio.ts';
import { openaiChatUsage } from './usage/openai-chat.ts';
import { openaiResponsesUsage } from './usage/openai-responses.ts';
import { openaiEmbeddingsUsage } from './usage/openai-embeddings.ts';
import { geminiUsage } from './usage/gemini.ts';
import { predictUsage } from './usage/vertex-predict.ts';
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

// Of what an assistant's stream tells, the run alone has all that was used: its steps repeat their shares of it.
const runUsage: UsageOf = (body, provider) => {
  const usage = body['object'] === 'thread.run' ? obj(body['usage']) : undefined;
  return usage === undefined ? undefined : openaiChatUsage(usage, provider);
};

// What is sent to embed or predict, by Gemini's name or Vertex AI's.
const embedUsage: UsageOf = (body) => {
  const usage = obj(body['usageMetadata']);
  return usage === undefined ? predictUsage(body) : geminiUsage(usage);
};

const chat: Parts = { request: openaiChatRequest, requestContent: openaiChatInput, response: (provider, options) => new OpenaiChatResponse(provider, options) };
const other: Parts = { request: openaiOtherRequest, requestContent: noContent, response: plain() };
const messages: Parts = {
  request: anthropicRequest,
  requestContent: anthropicInput,
  response: (provider, options) => new AnthropicMessagesResponse(provider, options),
};
const agents: Parts = { request: () => ({}), requestContent: noContent, response: plain() };
const anthropicOther: Parts = { request: anthropicRequest, requestContent: noContent, response: plain() };
const gemini: Parts = { request: geminiRequest, requestContent: geminiInput, response: (provider, options) => new GeminiResponse(provider, options) };
const geminiOther: Parts = { request: geminiRequest, requestContent: noContent, response: plain() };

const answers =
  (provider: string) =>
  (dialect: Dialect): ResponseReader =>
    PARTS[dialect].response(provider, { captureContent: false });

const results = (answerOf: (line: Json) => BatchAnswer | undefined): Parts => ({
  request: () => ({}),
  requestContent: noContent,
  response: (provider, options) => new BatchResults(provider, options, answerOf, answers(provider)),
});

const PARTS: Readonly<Record<Dialect, Parts>> = {
  'openai.chat': chat,
  'mistral.chat': chat,
  'mistral.conversations': {
    request: mistralConversationsRequest,
    requestContent: mistralConversationsInput,
    response: (provider, options) => new MistralConversationsResponse(provider, options),
  },
  'openai.completions': chat,
  'openai.responses': {
    request: openaiResponsesRequest,
    requestContent: openaiResponsesInput,
    response: (provider, options) => new OpenaiResponsesResponse(provider, options),
  },
  'openai.embeddings': { request: openaiEmbeddingsRequest, requestContent: noContent, response: plain(usageIn(openaiEmbeddingsUsage)) },
  'openai.images': { request: openaiImagesRequest, requestContent: noContent, response: plain(imagesUsage) },
  'openai.audio': { request: openaiAudioRequest, requestContent: noContent, response: plain(usageIn(openaiAudioUsage)) },
  'openai.videos': other,
  'openai.decisions': { request: openaiDecisionsRequest, requestContent: openaiResponsesInput, response: plain(usageIn(openaiResponsesUsage)) },
  'openai.moderations': other,
  'openai.batches': { ...other, response: (provider, options) => new OpenaiBatch(provider, options) },
  'openai.batch_results': results(openaiAnswer),
  'openai.agents': { ...other, response: plain(runUsage) },
  'openai.other': other,
  'anthropic.messages': messages,
  'anthropic.count_tokens': anthropicOther,
  'anthropic.batches': anthropicOther,
  'anthropic.batch_results': results(anthropicAnswer),
  'anthropic.agents': agents,
  'anthropic.other': messages,
  'google.generate_content': gemini,
  'google.embed_content': { request: geminiEmbedRequest, requestContent: noContent, response: plain(embedUsage) },
  'google.count_tokens': geminiOther,
  'google.predict': { request: geminiEmbedRequest, requestContent: noContent, response: plain(embedUsage) },
  'google.videos': { request: geminiEmbedRequest, requestContent: noContent, response: plain() },
  'google.interactions': {
    request: geminiInteractionsRequest,
    requestContent: geminiInteractionsInput,
    response: (provider, options) => new GeminiInteractionsResponse(provider, options),
  },
  'google.batches': { ...geminiOther, response: (provider, options) => new GeminiBatch(provider, options, answers(provider)) },
  'google.batch_results': results(geminiAnswer),
  'google.other': geminiOther,
  'bedrock.converse': {
    request: bedrockConverseRequest,
    requestContent: bedrockConverseInput,
    response: (provider, options) => new BedrockConverseResponse(provider, options),
  },
  'bedrock.invoke_model': {
    request: bedrockInvokeRequest,
    requestContent: bedrockInvokeInput,
    response: (provider, options) => new BedrockInvokeResponse(provider, options),
  },
  'bedrock.agents': agents,
  'ai_gateway.language_model': {
    request: aiGatewayRequest,
    requestContent: aiGatewayInput,
    response: (provider, options) => new AiGatewayResponse(provider, options),
  },
  'ai_gateway.embedding_model': { request: aiGatewayRequest, requestContent: noContent, response: plain(aiGatewayUsage) },
  'ai_gateway.other': { request: aiGatewayRequest, requestContent: noContent, response: plain(aiGatewayUsage) },
  'ollama.chat': { request: ollamaRequest, requestContent: openaiChatInput, response: (provider, options) => new OllamaResponse(provider, options) },
  'cohere.chat': { request: cohereRequest, requestContent: openaiChatInput, response: (provider, options) => new CohereResponse(provider, options) },
};

const guarded = (dialect: Dialect, parts: Parts): DialectReader => ({
  dialect,
  request: (body, path) => guard('dialect.request', () => parts.request(body, path)) ?? {},
  requestContent: (body) => guard('dialect.content', () => parts.requestContent(body)) ?? {},
  response: parts.response,
});

const READERS: ReadonlyMap<Dialect, DialectReader> = new Map((Object.keys(PARTS) as Dialect[]).map((dialect) => [dialect, guarded(dialect, PARTS[dialect])]));

/** Gives the reader of a dialect. Its methods never throw: what goes wrong in them is reported once, and the facts stay unknown. */
export const readerOf = (dialect: Dialect): DialectReader => READERS.get(dialect) ?? guarded(dialect, other);
