import type { Message, Part, PromptContent } from '../content.ts';
import { functionTool, otherTool, partsFrom, promptContent, reasoningPart, textPart, toolCallPart, toolResponsePart, unknownPart } from '../content.ts';
import type { Json } from '../json.ts';
import { list, obj, str } from '../json.ts';
import { blobPart, filePart, uriPart } from '../media.ts';

const fileOf = (part: Json): readonly Part[] => {
  const file = obj(part['file']);
  const id = str(file?.['file_id']);
  if (id !== undefined) return [filePart(id)];
  const data = str(file?.['file_data']);
  return data === undefined ? [unknownPart(part)] : [data.startsWith('data:') ? uriPart(data, undefined) : blobPart(data, undefined, 'document')];
};

const soundOf = (part: Json): Part => {
  const sound = obj(part['input_audio']);
  return blobPart(sound?.['data'], `audio/${str(sound?.['format']) ?? 'unknown'}`);
};

const pictureOf = (part: Json): Part => uriPart(str(obj(part['image_url'])?.['url']) ?? str(part['image_url']) ?? '', undefined, 'image');

const partOf = (part: Json): readonly Part[] => {
  switch (part['type']) {
    case 'text':
      return textPart(part['text']);
    case 'refusal':
      return [{ type: 'refusal', content: str(part['refusal']) ?? '' }];
    case 'image_url':
      return [pictureOf(part)];
    case 'input_audio':
      return [soundOf(part)];
    case 'file':
      return fileOf(part);
    case 'thinking':
      return partsFrom(part['thinking'], (one) => reasoningPart(one['text']));
    default:
      return [unknownPart(part)];
  }
};

const callsOf = (message: Json): readonly Part[] =>
  list(message['tool_calls']).flatMap((one) => {
    const call = obj(one);
    const made = obj(call?.['function']) ?? obj(call?.['custom']);
    return made === undefined ? [] : [toolCallPart(call?.['id'], made['name'], made['arguments'] ?? made['input'])];
  });

const partsOf = (message: Json, role: string): readonly Part[] => {
  if (role === 'tool' || role === 'function') return [toolResponsePart(message['tool_call_id'], message['content'])];
  const legacy = obj(message['function_call']);
  return [
    ...reasoningPart(message['reasoning_content'] ?? message['reasoning']),
    ...partsFrom(message['content'], partOf),
    ...callsOf(message),
    ...(legacy === undefined ? [] : [toolCallPart(undefined, legacy['name'], legacy['arguments'])]),
  ];
};

// In this dialect instructions stand among the messages, and the convention wants them where the provider has them.
const messageOf = (value: unknown): readonly Message[] => {
  const message = obj(value);
  if (message === undefined) return [];
  const said = str(message['role']) ?? 'user';
  const role = said === 'function' ? 'tool' : said === 'developer' ? 'system' : said;
  const name = str(message['name']);
  return [{ role, parts: partsOf(message, said), ...(name === undefined ? {} : { name }) }];
};

const toolOf = (value: unknown): readonly Json[] => {
  const tool = obj(value);
  if (tool === undefined) return [];
  const made = obj(tool['function']) ?? obj(tool['custom']);
  return [tool['type'] === 'function' || tool['type'] === undefined ? functionTool(made?.['name'] ?? tool['name']) : otherTool(tool['type'], made?.['name'])];
};

/** Reads the prompt of a chat or text completion as messages and tool definitions of the convention. */
export const openaiChatInput = (body: unknown): PromptContent => {
  const from = obj(body) ?? {};
  const tools = [...list(from['tools']), ...list(from['functions'])].flatMap(toolOf);
  const prompts = from['messages'] === undefined ? (typeof from['prompt'] === 'string' ? [from['prompt']] : list(from['prompt'])) : [];
  const messages = [...list(from['messages']).flatMap(messageOf), ...prompts.map((prompt) => ({ role: 'user', parts: textPart(prompt) }))];
  return promptContent(messages, [], tools);
};
