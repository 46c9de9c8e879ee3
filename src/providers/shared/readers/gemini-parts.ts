import type { Part } from '../content.ts';
import { reasoningPart, serverToolPart, serverToolResponsePart, textPart, toolCallPart, toolResponsePart, unknownPart } from '../content.ts';
import type { Json } from '../json.ts';
import { list, obj, str } from '../json.ts';
import { blobPart, uriPart } from '../media.ts';

const dataOf = (part: Json): Part | undefined => {
  const inline = obj(part['inlineData']) ?? obj(part['inline_data']);
  if (inline !== undefined) return blobPart(inline['data'], str(inline['mimeType']) ?? str(inline['mime_type']));
  const file = obj(part['fileData']) ?? obj(part['file_data']);
  if (file === undefined) return undefined;
  return uriPart(str(file['fileUri']) ?? str(file['file_uri']) ?? '', str(file['mimeType']) ?? str(file['mime_type']));
};

const callOf = (part: Json): Part | undefined => {
  const call = obj(part['functionCall']) ?? obj(part['function_call']);
  if (call !== undefined) return toolCallPart(call['id'], call['name'], call['args'] ?? {});
  const answer = obj(part['functionResponse']) ?? obj(part['function_response']);
  return answer === undefined ? undefined : toolResponsePart(answer['id'] ?? answer['name'], answer['response']);
};

const codeOf = (part: Json): Part | undefined => {
  const code = obj(part['executableCode']);
  if (code !== undefined) return serverToolPart(code['id'], 'code_execution', 'code_execution', { code: code['code'], language: code['language'] });
  const result = obj(part['codeExecutionResult']);
  return result === undefined ? undefined : serverToolResponsePart(result['id'], 'code_execution', { outcome: result['outcome'], output: result['output'] });
};

/** Gives the parts of one part of a Gemini content. */
const geminiParts = (part: Json): readonly Part[] => {
  if (typeof part['text'] === 'string') return part['thought'] === true ? reasoningPart(part['text']) : textPart(part['text']);
  const known = dataOf(part) ?? callOf(part) ?? codeOf(part);
  return [known ?? unknownPart(part)];
};

const isAnswer = (part: unknown): boolean => obj(part)?.['functionResponse'] !== undefined || obj(part)?.['function_response'] !== undefined;

/** Gives the role of a Gemini content in the convention's words. */
export const geminiRole = (content: Json): string => {
  if (content['role'] === 'model') return 'assistant';
  const parts = list(content['parts']);
  return parts.length > 0 && parts.every(isAnswer) ? 'tool' : (str(content['role']) ?? 'user');
};

/** Gives the parts of a Gemini content, of a lone part or of a text. */
export const geminiContent = (content: unknown): readonly Part[] => {
  if (typeof content === 'string') return textPart(content);
  const from = obj(content);
  const parts = from === undefined ? list(content) : from['parts'] === undefined ? [from] : list(from['parts']);
  return parts.flatMap((part) => (typeof part === 'string' ? textPart(part) : obj(part) === undefined ? [] : geminiParts(part as Json)));
};
