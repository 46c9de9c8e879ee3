import type { RequestFacts } from '../../../call/call.ts';
import type { Usage } from '../../../call/usage.ts';
import type { Message, Part, PromptContent } from '../content.ts';
import { functionTool, otherTool, partsFrom, promptContent, textPart, toolResponsePart, unknownPart } from '../content.ts';
import type { Json } from '../json.ts';
import { bool, defined, list, num, obj, objects, str, strings } from '../json.ts';
import { promptSize } from '../prompt-size.ts';
import { ResponseReaderBase } from '../response-reader.ts';
import { mistralConversationsUsage } from '../usage/mistral-conversations.ts';
import { textLength } from '../wants.ts';
import { Parts } from './text-parts.ts';

/** `/v1/conversations/{id}` and what is below it. */
const CONVERSATION = /\/conversations\/([^/?#]+)/;

/** Tools that run at the caller's side. */
const isOwn = (tool: Json): boolean => tool['type'] === 'function';

/** Settings of the completion that each turn asks for. */
const settingsOf = (args: Json) => {
  const format = obj(args['response_format'])?.['type'];
  return {
    maxTokens: num(args['max_tokens']),
    temperature: num(args['temperature']),
    topP: num(args['top_p']),
    frequencyPenalty: num(args['frequency_penalty']),
    presencePenalty: num(args['presence_penalty']),
    stopSequences: strings(args['stop']),
    seed: num(args['random_seed']),
    outputType: format === 'json_object' || format === 'json_schema' ? ('json' as const) : undefined,
    reasoningLevel: str(args['reasoning_effort']),
  };
};

/**
 * Reads the facts of a request that begins, goes on with or begins anew a conversation of Mistral's agents. What the conversation and its agent hold, only Mistral knows.
 * @source @mistralai/mistralai 2.7 `ConversationRequest`, `ConversationAppendRequest`, `CompletionArgs`
 */
export const mistralConversationsRequest = (body: unknown, path: string): RequestFacts => {
  const from = obj(body) ?? {};
  const tools = objects(from['tools']);
  const size = promptSize([from['instructions'], from['inputs'], tools]);
  const conversationId = CONVERSATION.exec(path)?.[1];
  return defined<RequestFacts>({
    model: str(from['model']),
    stream: bool(from['stream']),
    ...settingsOf(obj(from['completion_args']) ?? {}),
    conversationId,
    hasHiddenInput: conversationId !== undefined || str(from['agent_id']) !== undefined || tools.some((tool) => !isOwn(tool)) ? true : undefined,
    promptChars: size?.chars,
    promptHasMedia: size?.hasMedia,
  });
};

const textOf = (part: Json): readonly Part[] => (part['type'] === 'text' ? textPart(part['text']) : [unknownPart(part)]);

const messageOf = (entry: Json): Message => {
  if (entry['type'] === 'function.result') return { role: 'tool', parts: [toolResponsePart(entry['tool_call_id'], entry['result'])] };
  return { role: str(entry['role']) ?? 'user', parts: partsFrom(entry['content'], textOf) };
};

/** Reads the inputs of a conversation as messages, instructions and tool definitions of the convention. */
export const mistralConversationsInput = (body: unknown): PromptContent => {
  const from = obj(body) ?? {};
  const { inputs } = from;
  const messages = typeof inputs === 'string' ? [{ role: 'user', parts: textPart(inputs) }] : objects(inputs).map(messageOf);
  const tools = objects(from['tools']).map((tool) => (isOwn(tool) ? functionTool(obj(tool['function'])?.['name']) : otherTool(tool['type'], undefined)));
  return promptContent(messages, textPart(from['instructions']), tools);
};

/** Reads the answers of Mistral's conversations, whole and streamed. */
export class MistralConversationsResponse extends ResponseReaderBase {
  private counted: Usage | undefined = undefined;
  private readonly parts = new Parts();
  private readonly called = new Set<string>();

  override wants(data: string): boolean {
    if (this.captures || this.model === undefined || !data.includes('message.output.delta"')) return true;
    this.outputChars += textLength(data, 'content"') || textLength(data, 'text"');
    return false;
  }

  protected override readBody(json: unknown): void {
    const body = obj(json);
    if (body === undefined) return;
    this.conversationId = str(body['conversation_id']);
    for (const entry of objects(body['outputs'])) this.readEntry(entry);
    this.readUsage(obj(body['usage']));
    this.ended = true;
  }

  protected override readEvent(json: unknown): void {
    const event = obj(json) ?? {};
    switch (event['type']) {
      case 'conversation.response.started':
        this.conversationId = str(event['conversation_id']);
        break;
      case 'conversation.response.done':
        this.readUsage(obj(event['usage']));
        this.ended = true;
        break;
      case 'conversation.response.error':
        this.readError(event);
        break;
      default:
        this.readEntry(event);
    }
  }

  protected override usage(): Usage | undefined {
    return this.counted;
  }

  protected override outputMessages(): unknown {
    return this.parts.message();
  }

  private readUsage(usage: Json | undefined): void {
    if (usage !== undefined) this.counted = mistralConversationsUsage(usage);
  }

  /** An entry of an answer, or a piece of one. */
  private readEntry(entry: Json): void {
    const type = str(entry['type']) ?? 'message.output';
    this.model ??= str(entry['model']);
    if (type.startsWith('message.output')) this.readMessage(entry['content']);
    else if (type.startsWith('function.call')) this.readCall(entry);
  }

  private readMessage(content: unknown): void {
    const pieces = typeof content === 'string' ? [content] : [...list(content), content].map((piece) => obj(piece)?.['text']);
    for (const piece of pieces) {
      this.outputChars += str(piece)?.length ?? 0;
      if (this.captures) this.parts.text(piece);
    }
  }

  /** The name is said again with every piece of the arguments. */
  private readCall(entry: Json): void {
    const id = str(entry['tool_call_id']);
    const name = str(entry['name']);
    const written = entry['arguments'];
    if (typeof written === 'string') this.outputChars += written.length;
    if (id !== undefined && this.called.has(id)) {
      if (this.captures) this.parts.written(written);
      return;
    }
    if (name === undefined) return;
    if (id !== undefined) this.called.add(id);
    this.toolCalls.push({ id, name });
    if (this.captures) this.parts.call(id, name, written);
  }
}
