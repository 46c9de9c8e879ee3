import type { Part, PromptContent } from '../content.ts';
import { functionTool, promptContent, reasoningPart, textPart, toolCallPart, toolResponsePart, unknownPart } from '../content.ts';
import type { Json } from '../json.ts';
import { obj, objects, str } from '../json.ts';
import { blobPart, uriPart } from '../media.ts';
import { anthropicInput } from './anthropic-input.ts';
import { openaiChatInput } from './openai-chat-input.ts';

const mediaOf = (block: Json): Part | undefined => {
  for (const modality of ['image', 'document', 'video', 'audio']) {
    const held = obj(block[modality]);
    if (held === undefined) continue;
    const source = obj(held['source']);
    const uri = str(obj(source?.['s3Location'])?.['uri']);
    const mimeType = `${modality === 'document' ? 'application' : modality}/${str(held['format']) ?? 'unknown'}`;
    return uri === undefined ? blobPart(source?.['bytes'], mimeType, modality) : uriPart(uri, mimeType, modality);
  }
  return undefined;
};

const blockParts = (block: Json): readonly Part[] => {
  if (typeof block['text'] === 'string') return textPart(block['text']);
  const use = obj(block['toolUse']);
  if (use !== undefined) return [toolCallPart(use['toolUseId'], use['name'], use['input'])];
  const result = obj(block['toolResult']);
  if (result !== undefined) return [toolResponsePart(result['toolUseId'], objects(result['content']).flatMap(blockParts))];
  const reasoning = obj(obj(block['reasoningContent'])?.['reasoningText']);
  if (reasoning !== undefined) return reasoningPart(reasoning['text']);
  if (block['json'] !== undefined) return [{ type: 'json', content: block['json'] }];
  return block['cachePoint'] === undefined ? [mediaOf(block) ?? unknownPart(block)] : [];
};

/** Reads the prompt of a Converse request as messages, instructions and tool definitions of the convention. */
export const bedrockConverseInput = (body: unknown): PromptContent => {
  const from = obj(body) ?? {};
  const messages = objects(from['messages']).map((message) => ({
    role: str(message['role']) ?? 'user',
    parts: objects(message['content']).flatMap(blockParts),
  }));
  const system = objects(from['system']).flatMap(blockParts);
  const tools = objects(obj(from['toolConfig'])?.['tools']).flatMap((tool) =>
    obj(tool['toolSpec']) === undefined ? [] : [functionTool(obj(tool['toolSpec'])?.['name'])],
  );
  return promptContent(messages, system, tools);
};

/** Reads the prompt of an invoked model: Anthropic's and Nova's by their shape, a plain text of the others. */
export const bedrockInvokeInput = (body: unknown): PromptContent => {
  const from = obj(body) ?? {};
  if (from['anthropic_version'] !== undefined) return anthropicInput(from);
  if (from['inferenceConfig'] !== undefined || from['schemaVersion'] !== undefined) return bedrockConverseInput(from);
  const prompt = from['inputText'] ?? from['message'];
  return openaiChatInput(prompt === undefined ? from : { prompt });
};
