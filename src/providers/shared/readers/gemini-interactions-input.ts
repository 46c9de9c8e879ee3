import type { Message, PromptContent } from '../content.ts';
import { functionTool, otherTool, promptContent, textPart } from '../content.ts';
import type { Json } from '../json.ts';
import { obj, objects } from '../json.ts';
import { stepMessage } from './gemini-interactions-output.ts';

const toolOf = (tool: Json): Json => (tool['type'] === 'function' ? functionTool(tool['name']) : otherTool(tool['type'], tool['name']));

// The input is a text, a list of steps, or a list of contents of one turn.
const messagesOf = (input: unknown): readonly Message[] => {
  if (typeof input === 'string') return [{ role: 'user', parts: textPart(input) }];
  const items = Array.isArray(input) ? objects(input) : objects([input]);
  return items.map((item) => {
    const message = stepMessage(item);
    return item['content'] === undefined && (item['type'] === 'text' || item['data'] !== undefined || item['uri'] !== undefined)
      ? { ...message, role: 'user' }
      : message;
  });
};

/** Reads the prompt of an interaction as messages, instructions and tool definitions of the convention. */
export const geminiInteractionsInput = (body: unknown): PromptContent => {
  const from = obj(body) ?? {};
  const messages = messagesOf(from['input']);
  const system = textPart(from['system_instruction']);
  const tools = objects(from['tools']).map(toolOf);
  return promptContent(messages, system, tools);
};
