import type { Message, PromptContent } from '../content.ts';
import { functionTool, otherTool, promptContent } from '../content.ts';
import type { Json } from '../json.ts';
import { list, obj, str } from '../json.ts';
import { contentParts } from './anthropic-blocks.ts';

const isAnswer = (block: unknown): boolean => obj(block)?.['type'] === 'tool_result';

// Tools answer in messages of the user here; a message of nothing else is a tool's.
const roleOf = (message: Json): string => {
  const blocks = list(message['content']);
  return blocks.length > 0 && blocks.every(isAnswer) ? 'tool' : (str(message['role']) ?? 'user');
};

const messageOf = (value: unknown): readonly Message[] => {
  const message = obj(value);
  return message === undefined ? [] : [{ role: roleOf(message), parts: contentParts(message['content']) }];
};

const toolOf = (value: unknown): readonly Json[] => {
  const tool = obj(value);
  if (tool === undefined) return [];
  return [
    tool['type'] === undefined || tool['type'] === null || tool['type'] === 'custom' ? functionTool(tool['name']) : otherTool(tool['type'], tool['name']),
  ];
};

/** Reads the prompt of an Anthropic message as messages, instructions and tool definitions of the convention. */
export const anthropicInput = (body: unknown): PromptContent => {
  const from = obj(body) ?? {};
  const messages = list(from['messages']).flatMap(messageOf);
  const system = contentParts(from['system']);
  const tools = list(from['tools']).flatMap(toolOf);
  return promptContent(messages, system, tools);
};
