import type { Message, Part, PromptContent } from '../content.ts';
import { functionTool, otherTool, partsFrom, promptContent, reasoningPart, textPart, toolCallPart, toolResponsePart } from '../content.ts';
import type { Json } from '../json.ts';
import { obj, objects, str } from '../json.ts';

const partOf = (part: Json): readonly Part[] => {
  const { type } = part;
  if (type === 'text') return textPart(part['text']);
  if (type === 'reasoning') return reasoningPart(part['text']);
  if (type === 'tool-call') return [toolCallPart(part['toolCallId'], part['toolName'], part['input'])];
  if (type === 'tool-result') return [toolResponsePart(part['toolCallId'], obj(part['output'])?.['value'] ?? part['output'])];
  // Bytes and addresses of files are not kept.
  return [{ type: str(type) ?? 'unknown' }];
};

const messageOf = ({ role, content }: Json): Message => ({ role: str(role) ?? 'user', parts: partsFrom(content, partOf) });

const toolOf = ({ type, name, id }: Json): Json => (type === 'function' ? functionTool(name) : otherTool(type, name ?? id));

/** Reads a prompt in the AI SDK's own form as messages, instructions and tool definitions of the convention. */
export const aiGatewayInput = (body: unknown): PromptContent => {
  const from = obj(body) ?? {};
  const prompt = objects(from['prompt']);
  const messages = prompt.filter(({ role }) => role !== 'system').map(messageOf);
  const instructions = prompt.filter(({ role }) => role === 'system').flatMap(({ content }) => textPart(content));
  const tools = objects(from['tools']).map(toolOf);
  return promptContent(messages, instructions, tools);
};
