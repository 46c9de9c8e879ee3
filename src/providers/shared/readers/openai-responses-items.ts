import type { Message, Part } from '../content.ts';
import { partsFrom, reasoningPart, serverToolPart, serverToolResponsePart, textPart, toolCallPart, toolResponsePart, unknownPart } from '../content.ts';
import type { Json } from '../json.ts';
import { list, obj, str } from '../json.ts';
import { blobPart, filePart, uriPart } from '../media.ts';

const pictureOf = (part: Json): Part => {
  const id = str(part['file_id']);
  return id === undefined ? uriPart(str(part['image_url']) ?? '', undefined, 'image') : filePart(id, 'image');
};

const fileOf = (part: Json): Part => {
  const id = str(part['file_id']);
  if (id !== undefined) return filePart(id);
  const data = str(part['file_data']);
  if (data === undefined) return uriPart(str(part['file_url']) ?? '', undefined, 'document');
  return data.startsWith('data:') ? uriPart(data, undefined) : blobPart(data, undefined, 'document');
};

const soundOf = (part: Json): Part => {
  const sound = obj(part['input_audio']);
  return blobPart(sound?.['data'], `audio/${str(sound?.['format']) ?? 'unknown'}`);
};

const contentPart = (part: Json): readonly Part[] => {
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return textPart(part['text']);
    case 'reasoning_text':
    case 'summary_text':
      return reasoningPart(part['text']);
    case 'refusal':
      return [{ type: 'refusal', content: str(part['refusal']) ?? '' }];
    case 'input_image':
      return [pictureOf(part)];
    case 'input_file':
      return [fileOf(part)];
    case 'input_audio':
      return [soundOf(part)];
    default:
      return [unknownPart(part)];
  }
};

const reasoningOf = (item: Json): readonly Part[] => {
  const open = partsFrom(item['content'], contentPart);
  return open.length > 0 ? open : partsFrom(item['summary'], contentPart);
};

const answerOf = (item: Json): Part =>
  toolResponsePart(item['call_id'], typeof item['output'] === 'string' ? item['output'] : list(item['output']).flatMap((one) => contentPart(obj(one) ?? {})));

const imageOf = (item: Json): readonly Part[] => {
  const call = serverToolPart(item['id'], 'image_generation', 'image_generation_call', { status: item['status'] });
  return typeof item['result'] === 'string' ? [call, blobPart(item['result'], `image/${str(item['output_format']) ?? 'png'}`)] : [call];
};

const mcpOf = (item: Json): readonly Part[] => {
  const call = serverToolPart(item['id'], str(item['name']) ?? 'mcp', 'mcp_call', { server_label: item['server_label'], arguments: item['arguments'] });
  const answer = item['output'] ?? item['error'];
  return answer === undefined || answer === null ? [call] : [call, serverToolResponsePart(item['id'], 'mcp_call', { output: answer })];
};

const serverSide = (item: Json, type: string): readonly Part[] => {
  const { id: _id, type: _type, ...details } = item;
  return [serverToolPart(item['id'], type.replace(/_call$/, ''), type, details)];
};

/** Gives the role and the parts of one item of a response's input or output. */
export const itemMessage = (item: Json): Message => {
  const type = str(item['type']) ?? 'message';
  switch (type) {
    case 'message':
      return { role: roleOf(item['role']), parts: partsFrom(item['content'], contentPart) };
    case 'reasoning':
      return { role: 'assistant', parts: reasoningOf(item) };
    case 'function_call':
      return { role: 'assistant', parts: [toolCallPart(item['call_id'], item['name'], item['arguments'])] };
    case 'custom_tool_call':
      return { role: 'assistant', parts: [toolCallPart(item['call_id'], item['name'], item['input'])] };
    case 'image_generation_call':
      return { role: 'assistant', parts: imageOf(item) };
    case 'mcp_call':
      return { role: 'assistant', parts: mcpOf(item) };
    case 'compaction':
      return { role: 'assistant', parts: [{ type: 'compaction', ...(str(item['id']) === undefined ? {} : { id: item['id'] }) }] };
    default:
      return otherMessage(item, type);
  }
};

const roleOf = (role: unknown): string => (role === 'developer' ? 'system' : (str(role) ?? 'user'));

const otherMessage = (item: Json, type: string): Message => {
  if (type.endsWith('_call_output')) return { role: 'tool', parts: [answerOf(item)] };
  if (type === 'computer_call' || type === 'local_shell_call' || type === 'shell_call' || type === 'apply_patch_call')
    return { role: 'assistant', parts: [toolCallPart(item['call_id'], type.replace(/_call$/, ''), item['action'] ?? item['operation'])] };
  if (type.endsWith('_call')) return { role: 'assistant', parts: serverSide(item, type) };
  return { role: 'assistant', parts: [unknownPart(item)] };
};
