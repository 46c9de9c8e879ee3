import type { Message, PromptContent } from '../content.ts';
import { functionTool, otherTool, promptContent, textPart } from '../content.ts';
import type { Json } from '../json.ts';
import { list, obj } from '../json.ts';
import { itemMessage } from './openai-responses-items.ts';

const toolOf = (value: unknown): readonly Json[] => {
  const tool = obj(value);
  if (tool === undefined) return [];
  return [tool['type'] === 'function' ? functionTool(tool['name']) : otherTool(tool['type'], tool['name'] ?? tool['server_label'])];
};

/** Reads the prompt of a response as messages, instructions and tool definitions of the convention. */
export const openaiResponsesInput = (body: unknown): PromptContent => {
  const from = obj(body) ?? {};
  const input = from['input'];
  const messages: readonly Message[] =
    typeof input === 'string'
      ? [{ role: 'user', parts: textPart(input) }]
      : list(input).flatMap((item) => (obj(item) === undefined ? [] : [itemMessage(item as Json)]));
  const instructions = textPart(from['instructions']);
  const tools = list(from['tools']).flatMap(toolOf);
  return promptContent(messages, instructions, tools);
};
