import type { RequestFacts } from '../../../call/call.ts';
import type { Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { bool, defined, num, obj, objects, str, strings } from '../json.ts';
import { promptSize } from '../prompt-size.ts';
import { ResponseReaderBase } from '../response-reader.ts';
import { cohereUsage } from '../usage/cohere.ts';
import { isSet, textLength } from '../wants.ts';
import { Parts } from './text-parts.ts';

/**
 * Reads the facts of a request to Cohere's chat (v1 and v2) and embed endpoints.
 * @source docs.cohere.com/reference/chat and /embed, 2026
 */
export const cohereRequest = (body: unknown): RequestFacts => {
  const from = obj(body) ?? {};
  const size = promptSize([
    from['messages'],
    from['message'],
    from['chat_history'],
    from['preamble'],
    from['documents'],
    from['tools'],
    from['texts'],
    from['inputs'],
  ]);
  const format = obj(from['response_format'])?.['type'];
  return defined<RequestFacts>({
    model: str(from['model']),
    stream: bool(from['stream']),
    maxTokens: num(from['max_tokens']),
    temperature: num(from['temperature']),
    topP: num(from['p']),
    topK: num(from['k']),
    frequencyPenalty: num(from['frequency_penalty']),
    presencePenalty: num(from['presence_penalty']),
    stopSequences: strings(from['stop_sequences']),
    seed: num(from['seed']),
    outputType: format === 'json_object' ? 'json' : format === 'text' ? 'text' : undefined,
    embeddingDimensions: num(from['output_dimension']),
    encodingFormats: strings(from['embedding_types']),
    promptChars: size?.chars,
    promptHasMedia: from['images'] === undefined ? size?.hasMedia : true,
  });
};

/** Reads Cohere's answers: chat v2 and v1, whole and streamed, and embeddings. */
export class CohereResponse extends ResponseReaderBase {
  private counted: Usage | undefined = undefined;
  private readonly parts = new Parts();

  override wants(data: string): boolean {
    // The last event of v1 holds the whole text, which may end with the name of an event.
    if (this.captures || (!data.includes('content-delta"') && !data.includes('text-generation"')) || isSet(data, 'response"')) return true;
    this.outputChars += textLength(data, 'text"') || textLength(data, 'thinking"');
    return false;
  }

  protected override readBody(json: unknown): void {
    const body = obj(json);
    if (body === undefined) return;
    this.id = str(body['id']) ?? str(body['response_id']) ?? str(body['generation_id']);
    this.readUsage(obj(body['usage']) ?? obj(body['meta']));
    this.readMessage(obj(body['message']) ?? body);
    if (body['embeddings'] === undefined && this.id !== undefined) this.finish(0, body['finish_reason']);
    this.ended = true;
  }

  protected override readEvent(json: unknown): void {
    if (typeof json !== 'object' || json === null) return;
    const event = json as Json;
    const type = event['type'] ?? event['event_type'];
    if (type === 'content-delta' || type === 'text-generation') this.readText(event);
    else this.readRareEvent(event, type);
  }

  protected override usage(): Usage | undefined {
    return this.counted;
  }

  protected override outputMessages(): unknown {
    return this.parts.message();
  }

  private readText(event: Json): void {
    const content = obj(obj(obj(event['delta'])?.['message'])?.['content']);
    const text = content?.['text'] ?? event['text'];
    const thinking = content?.['thinking'];
    if (typeof text === 'string') this.outputChars += text.length;
    if (typeof thinking === 'string') this.outputChars += thinking.length;
    if (!this.captures) return;
    this.parts.text(text);
    this.parts.reasoning(thinking);
  }

  private readRareEvent(event: Json, type: unknown): void {
    const delta = obj(event['delta']);
    if (type === 'message-start' || type === 'stream-start') this.begin(event);
    else if (type === 'message-end') this.endV2(delta);
    else if (type === 'stream-end') this.endV1(event);
    else if (event['error'] !== undefined || event['message'] !== undefined) this.readError(event);
    else this.readToolEvent(obj(obj(delta?.['message'])?.['tool_calls']), type);
  }

  private readToolEvent(call: Json | undefined, type: unknown): void {
    if (type === 'tool-call-start') this.readToolCall(call);
    else if (type === 'tool-call-delta') this.readArguments(obj(call?.['function'])?.['arguments']);
  }

  private endV2(delta: Json | undefined): void {
    this.end(delta?.['finish_reason'], obj(delta?.['usage']));
    if (typeof delta?.['error'] === 'string') this.readError(delta);
  }

  private begin(event: Json): void {
    this.id = str(event['id']) ?? str(event['generation_id']);
    this.finish(0, undefined);
  }

  private endV1(event: Json): void {
    const response = obj(event['response']);
    for (const call of objects(response?.['tool_calls'])) this.readToolCall(call);
    this.end(event['finish_reason'], obj(response?.['meta']));
  }

  private end(reason: unknown, usage: Json | undefined): void {
    this.finish(0, reason);
    this.readUsage(usage);
    this.ended = true;
  }

  private readUsage(usage: Json | undefined): void {
    if (usage !== undefined) this.counted = cohereUsage(usage) ?? this.counted;
  }

  private readMessage(message: Json): void {
    for (const part of objects(message['content'])) {
      this.outputChars += str(part['text'])?.length ?? 0;
      if (this.captures) this.parts.text(part['text']);
      if (this.captures) this.parts.reasoning(part['thinking']);
    }
    if (typeof message['text'] === 'string') this.outputChars += message['text'].length;
    if (this.captures) this.parts.text(message['text']);
    for (const call of objects(message['tool_calls'])) this.readToolCall(call);
  }

  private readToolCall(call: Json | undefined): void {
    const made = obj(call?.['function']) ?? call;
    const name = str(made?.['name']);
    if (name === undefined) return;
    this.toolCalls.push({ id: str(call?.['id']), name });
    if (this.captures) this.parts.call(call?.['id'], name, made?.['arguments'] ?? made?.['parameters']);
  }

  private readArguments(written: unknown): void {
    if (typeof written !== 'string') return;
    this.outputChars += written.length;
    if (this.captures) this.parts.written(written);
  }
}
