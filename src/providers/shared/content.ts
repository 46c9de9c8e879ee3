import type { Json } from './json.ts';
import { list, obj, str } from './json.ts';

/** A message part of the convention. */
export type Part = Readonly<Record<string, unknown>> & { readonly type: string };

/** A message of the convention. */
export interface Message {
  readonly role: string;
  readonly parts: readonly Part[];
  readonly name?: string;
}

/** Gives a text part, or none for an empty text. */
export const textPart = (text: unknown): readonly Part[] => (typeof text === 'string' && text !== '' ? [{ type: 'text', content: text }] : []);

/** Gives a reasoning part, or none for an empty text. */
export const reasoningPart = (text: unknown): readonly Part[] => (typeof text === 'string' && text !== '' ? [{ type: 'reasoning', content: text }] : []);

/** Parses the arguments of a tool call where they are JSON, copies them where they are an object of the app's, else gives them as they are. */
export const parsedArguments = (written: unknown): unknown => {
  if (typeof written !== 'string') return structuredClone(written);
  if (written === '') return {};
  try {
    return JSON.parse(written) as unknown;
  } catch {
    return written;
  }
};

/** Gives a tool call that the model asked for. */
export const toolCallPart = (id: unknown, name: unknown, args: unknown): Part => ({
  type: 'tool_call',
  ...(str(id) === undefined ? {} : { id: str(id) }),
  name: str(name) ?? 'unknown',
  arguments: parsedArguments(args),
});

/** Gives a tool's answer. */
export const toolResponsePart = (id: unknown, response: unknown): Part => ({
  type: 'tool_call_response',
  ...(str(id) === undefined ? {} : { id: str(id) }),
  response: withoutBytes(response ?? ''),
});

/** Gives a call of a tool that the provider runs itself. `kind` is the provider's own name of the item. */
export const serverToolPart = (id: unknown, name: string, kind: string, details: Json): Part => ({
  type: 'server_tool_call',
  ...(str(id) === undefined ? {} : { id: str(id) }),
  name,
  server_tool_call: { ...withoutBytes(details), type: kind },
});

/** Gives the answer of a tool that the provider ran itself. */
export const serverToolResponsePart = (id: unknown, kind: string, details: Json): Part => ({
  type: 'server_tool_call_response',
  ...(str(id) === undefined ? {} : { id: str(id) }),
  server_tool_call_response: { ...withoutBytes(details), type: kind },
});

// Long enough for any id or signature that a reader wants to see, too short for bytes worth hiding.
const LONGEST_OPAQUE = 512;
const BASE64 = /^[A-Za-z0-9+/_=-]+$/;
const isBytes = (text: string): boolean => text.length > LONGEST_OPAQUE && (text.startsWith('data:') || BASE64.test(text));

/** Copies a value with long base64 texts replaced by their size, so that no picture travels inside a tool's answer. */
const withoutBytes = <T>(value: T, depth = 0): T => {
  if (typeof value === 'string') return (isBytes(value) ? `[${value.length} characters of base64]` : value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 20) return '[nested too deep]' as T;
  if (Array.isArray(value)) return value.map((one: unknown) => withoutBytes(one, depth + 1)) as T;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutBytes(one as unknown, depth + 1)])) as T;
};

/** Gives the definition of a function tool; what the convention does not recommend by default, description and parameters, stays out. */
export const functionTool = (name: unknown): Json => ({ type: 'function', name: str(name) ?? 'unknown' });

/** Gives the definition of any other tool by its type. */
export const otherTool = (type: unknown, name: unknown): Json => ({ type: str(type) ?? 'unknown', name: str(name) ?? str(type) ?? 'unknown' });

/** Gives the parts of a content that is a text or a list of parts, each read by `read`. */
export const partsFrom = (content: unknown, read: (part: Json) => readonly Part[]): readonly Part[] =>
  typeof content === 'string'
    ? textPart(content)
    : list(content).flatMap((one) => {
        const part = obj(one);
        return part === undefined ? textPart(one) : read(part);
      });

/** Gives a part that no reader knows, by its type, without bytes. */
export const unknownPart = (part: Json): Part => ({ ...withoutBytes(part), type: str(part['type']) ?? 'unknown' });

/** A prompt in the convention's schemas. */
export interface PromptContent {
  readonly inputMessages?: readonly Message[];
  readonly systemInstructions?: readonly Part[];
  readonly toolDefinitions?: readonly Json[];
}

/** Gives a prompt as content; what is empty is left out. */
export const promptContent = (messages: readonly Message[], system: readonly Part[], tools: readonly Json[]): PromptContent => ({
  ...(messages.length > 0 ? { inputMessages: messages } : {}),
  ...(system.length > 0 ? { systemInstructions: system } : {}),
  ...(tools.length > 0 ? { toolDefinitions: tools } : {}),
});
