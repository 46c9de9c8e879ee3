import type { Part } from '../content.ts';
import { reasoningPart, serverToolPart, serverToolResponsePart, textPart, toolCallPart, toolResponsePart, unknownPart } from '../content.ts';
import type { Json } from '../json.ts';
import { list, obj, str } from '../json.ts';
import { blobPart, filePart, uriPart } from '../media.ts';

const sourceOf = (block: Json, modality: string): Part => {
  const source = obj(block['source']);
  const mimeType = str(source?.['media_type']);
  switch (source?.['type']) {
    case 'base64':
      return blobPart(source['data'], mimeType, modality);
    case 'url':
      return uriPart(str(source['url']) ?? '', mimeType, modality);
    case 'file':
      return filePart(str(source['file_id']) ?? '', modality);
    case 'text':
      return { type: 'text', content: str(source['data']) ?? '' };
    default:
      return unknownPart(block);
  }
};

const answerOf = (content: unknown): unknown => (Array.isArray(content) ? content.flatMap((one: unknown) => blockParts(obj(one) ?? {})) : content);

/** Gives the parts of one content block of a prompt or an answer. */
export const blockParts = (block: Json): readonly Part[] => {
  const type = str(block['type']) ?? 'unknown';
  switch (type) {
    case 'text':
      return textPart(block['text']);
    case 'thinking':
      return reasoningPart(block['thinking']);
    case 'redacted_thinking':
      return [];
    case 'image':
      return [sourceOf(block, 'image')];
    case 'document':
      return [sourceOf(block, 'document')];
    case 'tool_use':
      return [toolCallPart(block['id'], block['name'], block['input'])];
    case 'tool_result':
      return [toolResponsePart(block['tool_use_id'], answerOf(block['content']))];
    case 'compaction':
      return [{ type: 'compaction', ...(typeof block['content'] === 'string' ? { content: block['content'] } : {}) }];
    default:
      return otherParts(block, type);
  }
};

const otherParts = (block: Json, type: string): readonly Part[] => {
  if (type === 'server_tool_use' || type === 'mcp_tool_use')
    return [serverToolPart(block['id'], str(block['name']) ?? 'unknown', str(block['name']) ?? type, { input: block['input'] })];
  if (type.endsWith('_tool_result')) return [serverToolResponsePart(block['tool_use_id'], type, { content: block['content'] })];
  return [unknownPart(block)];
};

/** Gives the parts of a content that is a text or a list of blocks. */
export const contentParts = (content: unknown): readonly Part[] =>
  typeof content === 'string' ? textPart(content) : list(content).flatMap((block) => (obj(block) === undefined ? [] : blockParts(block as Json)));
