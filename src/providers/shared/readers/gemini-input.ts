import type { Message, PromptContent } from '../content.ts';
import { functionTool, otherTool, promptContent } from '../content.ts';
import type { Json } from '../json.ts';
import { list, obj } from '../json.ts';
import { geminiContent, geminiRole } from './gemini-parts.ts';

const messageOf = (value: unknown): readonly Message[] => {
  if (typeof value === 'string') return [{ role: 'user', parts: geminiContent(value) }];
  const content = obj(value);
  return content === undefined ? [] : [{ role: geminiRole(content), parts: geminiContent(content) }];
};

// One tool holds a list of functions, or is a tool of the provider's under its own name: {googleSearch: {}}.
const toolsOf = (value: unknown): readonly Json[] => {
  const tool = obj(value) ?? {};
  const functions = list(tool['functionDeclarations'] ?? tool['function_declarations']);
  if (functions.length > 0) return functions.map((one) => functionTool(obj(one)?.['name']));
  return Object.keys(tool).map((name) => otherTool(name, name));
};

/** Reads the prompt of a Gemini request as messages, instructions and tool definitions of the convention. */
export const geminiInput = (body: unknown): PromptContent => {
  const from = obj(body) ?? {};
  const contents = from['contents'];
  const messages = (Array.isArray(contents) ? (contents as readonly unknown[]) : contents === undefined ? [] : [contents]).flatMap(messageOf);
  const system = geminiContent(from['systemInstruction'] ?? from['system_instruction'] ?? []);
  const tools = list(from['tools']).flatMap(toolsOf);
  return promptContent(messages, system, tools);
};
